//! Creating, reading, changing and deleting.

use discord_bot::answer::{ButtonStyle, Placement, Visibility};

use super::{Room, button, message, modal, refusal, text};

#[tokio::test]
async fn a_ping_is_answered() {
    let room = Room::open().await;
    let pong = room.person(1, 1).says("ping", &[]).await;
    assert_eq!(pong.content(), Some("Pong!"));
    assert_eq!(pong.visibility(), Visibility::Public);
}

#[tokio::test]
async fn a_document_is_created_with_a_name_or_with_none() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    ada.says("createdocument", &[]).await;
    ada.says("createdocument", &[("name", "Teapot")]).await;
    assert_eq!(ada.finds(&[]).await, ["Teapot", "I am a document"]);
    assert_eq!(
        ada.says("count", &[]).await.content(),
        Some("This server has **2 documents**.")
    );
}

#[tokio::test]
async fn what_is_typed_into_the_window_of_insert_is_kept_with_author_and_time() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    let window = modal(ada.command("insert", &[("name", "Teapot")]).await);
    assert_eq!(window.inputs()[0].value(), Some("Teapot"));
    let id = ada
        .insert("Teapot", r#"{"litres": 1.25000000000000000001}"#)
        .await;
    let shown = text(&room.person(1, 2).says("get", &[("id", &id)]).await);
    for part in [
        "Teapot",
        &id,
        "1.25000000000000000001",
        "by person",
        "<t:1790031450:f>",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[tokio::test]
async fn an_interaction_that_arrives_again_inserts_nothing_again() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    let id = room.new_id();
    let asked = tokio::join!(
        ada.submit_as(id, "insert", "Teapot", "{}"),
        ada.submit_as(id, "insert", "Teapot", "{}"),
    );
    assert_eq!(asked.0, asked.1);
    assert_eq!(ada.submit_as(id, "insert", "Teapot", "{}").await, asked.0);
    assert_eq!(ada.finds(&[]).await, ["Teapot"]);
}

#[tokio::test]
async fn a_document_is_meant_by_its_id_or_by_a_name_that_no_other_has() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    ada.insert("Teapot", "{}").await;
    ada.insert("Cup", r#"{"which": "first"}"#).await;
    ada.insert("cup", r#"{"which": "second"}"#).await;
    ada.insert("12", "{}").await;
    assert!(text(&ada.says("get", &[("id", "teaPOT")]).await).contains("Teapot"));
    assert!(text(&ada.says("get", &[("id", "12")]).await).contains("12"));
    assert!(refusal(&ada.says("get", &[("id", "Cup")]).await).contains("Several"));
    for missing in ["Saucer", "1", "1300000000000000000", &"x".repeat(101)] {
        assert!(refusal(&ada.says("get", &[("id", missing)]).await).contains("no such document"));
    }
    assert!(refusal(&ada.says("get", &[]).await).contains("Which document"));
}

#[tokio::test]
async fn completions_are_names_and_ids_that_begin_as_typed_and_the_newest_where_nothing_is() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    let teapot = ada.insert("Teapot", "{}").await;
    let tea = ada.insert("tea", "{}").await;
    let cup = ada.insert("Cup", "{}").await;
    assert_eq!(ada.complete("get", "id", "TEA").await, [&*tea, &*teapot]);
    assert_eq!(
        ada.complete("update", "id", "").await,
        [&*cup, &*tea, &*teapot]
    );
    assert_eq!(ada.complete("delete", "id", &cup[..10]).await.len(), 3);
    assert_eq!(ada.complete("delete", "id", &cup).await, [&*cup]);
    assert!(ada.complete("get", "id", "saucer").await.is_empty());
    assert!(ada.complete("ping", "id", "").await.is_empty());
}

#[tokio::test]
async fn an_update_opens_with_what_there_is_and_keeps_what_is_sent() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    let id = ada.insert("Teapot", r#"{"litres": 1}"#).await;
    let window = modal(ada.command("update", &[("id", &id)]).await);
    assert_eq!(window.inputs()[0].value(), Some("Teapot"));
    assert_eq!(window.inputs()[1].value(), Some("{\n  \"litres\": 1\n}"));
    let changed = ada
        .submit(window.custom_id(), "Kettle", r#"{"watts": 2000}"#)
        .await;
    assert_eq!(changed.content(), Some("Changed:"));
    let shown = text(&ada.says("get", &[("id", "kettle")]).await);
    assert!(
        shown.contains("2000") && !shown.contains("litres"),
        "{shown}"
    );
    assert!(shown.contains("Revision 1"), "{shown}");
    assert!(
        ada.finds(&[("field", "litres"), ("operator", "exists")])
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn numbers_keep_every_digit_when_inserted_and_when_changed() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    let id = ada
        .insert("Pi", r#"{"n": 3.14159265358979323846264338327950288}"#)
        .await;
    let window = modal(ada.command("update", &[("id", &id)]).await);
    let shown = window.inputs()[1].value().unwrap();
    assert!(
        shown.contains("3.14159265358979323846264338327950288"),
        "{shown}"
    );
    let body = r#"{"n": 2.71828182845904523536028747135266249, "many": 1E+999}"#;
    ada.submit(window.custom_id(), "E", body).await;
    let shown = text(&ada.says("get", &[("id", &id)]).await);
    for digits in ["2.71828182845904523536028747135266249", "1E+999"] {
        assert!(shown.contains(digits), "{shown}");
    }
    let exactly = [
        ("field", "n"),
        ("value", "2.71828182845904523536028747135266249"),
    ];
    assert_eq!(ada.finds(&exactly).await, ["E"]);
}

#[tokio::test]
async fn of_two_changes_to_one_revision_the_second_is_told_and_gets_its_text_back() {
    let room = Room::open().await;
    let (ada, mod_) = (room.person(1, 1), room.person(1, 2).moderating());
    let id = ada.insert("Teapot", "{}").await;
    let first = modal(ada.command("update", &[("id", &id)]).await);
    let second = modal(mod_.command("update", &[("id", &id)]).await);
    ada.submit(first.custom_id(), "Teapot", r#"{"by": "ada"}"#)
        .await;
    let late = mod_
        .submit(second.custom_id(), "Teapot", r#"{"by": "moderator"}"#)
        .await;
    assert!(refusal(&late).contains("meanwhile"));
    assert!(text(&late).contains("moderator"), "{late:?}");
    assert!(text(&ada.says("get", &[("id", &id)]).await).contains("ada"));
}

#[tokio::test]
async fn of_many_changes_at_once_exactly_one_is_kept() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    let id = ada.insert("Teapot", "{}").await;
    let window = modal(ada.command("update", &[("id", &id)]).await);
    let bodies: Vec<String> = (0..20).map(|n| format!("{{\"n\": {n}}}")).collect();
    let sent = bodies
        .iter()
        .map(|body| ada.submit(window.custom_id(), "Teapot", body));
    let answers = futures_util::future::join_all(sent).await;
    let kept = answers
        .iter()
        .filter(|answer| answer.content() == Some("Changed:"));
    assert_eq!(kept.count(), 1);
}

#[tokio::test]
async fn a_change_that_arrives_again_is_answered_as_done() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    let id = ada.insert("Teapot", "{}").await;
    let window = modal(ada.command("update", &[("id", &id)]).await);
    let interaction = room.new_id();
    for _ in 0..2 {
        let answer = ada
            .submit_as(interaction, window.custom_id(), "Pot", "{}")
            .await;
        assert_eq!(answer.content(), Some("Changed:"));
        assert!(text(&answer).contains("Revision 1"));
    }
}

#[tokio::test]
async fn a_document_is_changed_by_its_author_and_by_moderators_alone() {
    let room = Room::open().await;
    let (ada, grace) = (room.person(1, 1), room.person(1, 2));
    let id = ada.insert("Teapot", "{}").await;
    assert!(refusal(&grace.says("update", &[("id", &id)]).await).contains("somebody else's"));
    let forged = format!("update:{id}:0");
    assert!(refusal(&grace.submit(&forged, "Mine", "{}").await).contains("somebody else's"));
    let window = modal(grace.moderating().command("update", &[("id", &id)]).await);
    let changed = grace
        .moderating()
        .submit(window.custom_id(), "Ours", "{}")
        .await;
    assert_eq!(changed.content(), Some("Changed:"));
}

#[tokio::test]
async fn a_document_is_deleted_after_a_second_thought_of_the_same_person() {
    let room = Room::open().await;
    let (ada, grace) = (room.person(1, 1), room.person(1, 2));
    let id = ada.insert("Teapot", "{}").await;
    let question = ada.says("delete", &[("id", &id)]).await;
    assert_eq!(question.visibility(), Visibility::Ephemeral);
    assert_eq!(question.buttons()[0].style, ButtonStyle::Danger);
    let (yes, no) = (
        button(&question, "Delete").unwrap(),
        button(&question, "Keep").unwrap(),
    );
    assert!(text(&ada.press(&no).await).contains("stays"));
    assert!(refusal(&grace.press(&yes).await).contains("whoever"));
    assert_eq!(ada.finds(&[]).await, ["Teapot"]);
    for outcome in ["is deleted", "does not exist"] {
        let deleted = ada.press(&yes).await;
        assert!(text(&deleted).contains(outcome), "{deleted:?}");
        assert_eq!(deleted.placement(), Placement::Update);
        assert!(deleted.buttons().is_empty());
    }
    assert!(ada.finds(&[]).await.is_empty());
    let late = ada
        .submit(&format!("update:{id}:0"), "Teapot", "{\"a\": 1}")
        .await;
    assert!(refusal(&late).contains("deleted meanwhile"));
}

#[tokio::test]
async fn who_asks_too_much_at_once_is_told_how_long_to_wait() {
    let room = Room::with(discord_bot::rate_limit::RateLimits::default()).await;
    let (ada, grace) = (room.person(1, 1), room.person(1, 2));
    for _ in 0..10 {
        assert_eq!(ada.says("ping", &[]).await.content(), Some("Pong!"));
    }
    let refused = message(ada.command("ping", &[]).await);
    assert!(refusal(&refused).contains("wait"), "{refused:?}");
    assert_eq!(grace.says("ping", &[]).await.content(), Some("Pong!"));
}
