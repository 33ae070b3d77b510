//! A write whose answer is lost is settled by reading, or answered with a way to go on that does
//! nothing twice.

use discord_bot::answer::Message;
use discord_bot::rate_limit::RateLimits;

use super::{Room, button, message, modal, refusal, text};
use crate::database::{Database, Mood};

async fn room() -> (Room, Database) {
    let database = Database::start().await;
    let room = Room::on(database.connect().await, RateLimits::none()).await;
    (room, database)
}

/// The answer to a write that may have been carried out: it invites nobody to repeat it blindly.
fn lost(message: &Message, may: &str) -> String {
    let sentence = refusal(message);
    assert!(sentence.contains(may), "{sentence}");
    assert!(!sentence.contains("Please try again"), "{sentence}");
    sentence
}

#[tokio::test]
async fn an_insert_whose_answer_is_lost_is_found_and_answered_as_done() {
    let (room, database) = room().await;
    let ada = room.person(1, 1);
    database.set(Mood::LosesWrites);
    let created = ada.says("createdocument", &[("name", "Teapot")]).await;
    assert!(text(&created).contains("Done: **Teapot**"), "{created:?}");
    let window = modal(ada.command("insert", &[]).await);
    let inserted = ada.submit(window.custom_id(), "Cup", r#"{"n": 1}"#).await;
    assert_eq!(inserted.content(), Some("Inserted:"));
    database.set(Mood::Well);
    assert_eq!(ada.finds(&[]).await, ["Cup", "Teapot"]);
}

#[tokio::test]
async fn trying_an_insert_again_stores_it_once_whether_it_was_carried_out_or_not() {
    for mood in [Mood::LosesEverything, Mood::Broken] {
        for command in ["createdocument", "insert"] {
            let (room, database) = room().await;
            let ada = room.person(1, 1);
            let window = (command == "insert").then_some(ada.command("insert", &[]));
            let window = match window {
                Some(window) => Some(modal(window.await)),
                None => None,
            };
            database.set(mood);
            let (answer, body) = match &window {
                None => (ada.says(command, &[("name", "Tea: pot")]).await, ""),
                Some(window) => {
                    let body = r#"{"litres": 1}"#;
                    let sent = ada.submit(window.custom_id(), "Tea: pot", body).await;
                    assert!(text(&sent).contains("litres"), "{sent:?}");
                    (sent, body)
                }
            };
            let sentence = lost(&answer, "may have been stored");
            let id = sentence.split('`').nth(1).unwrap().replace("/get ", "");
            let retry = button(&answer, "Try again").unwrap();

            database.set(Mood::Well);
            let is_stored = mood == Mood::LosesEverything;
            let shown = ada.says("get", &[("id", &id)]).await;
            assert_eq!(text(&shown).contains("Tea"), is_stored, "{shown:?}");
            for _ in 0..2 {
                let kind = discord_bot::request::Kind::Component {
                    custom_id: retry.clone(),
                };
                let again = modal(ada.ask(room.new_id(), kind).await);
                assert_eq!(again.inputs()[0].value(), Some("Tea: pot"));
                let inserted = ada.submit(again.custom_id(), "Tea: pot", body).await;
                assert_eq!(inserted.content(), Some("Inserted:"), "{inserted:?}");
                assert!(text(&inserted).contains(&id), "{inserted:?}");
            }
            assert_eq!(ada.finds(&[]).await, ["Tea: pot"]);
        }
    }
}

#[tokio::test]
async fn a_command_that_is_given_again_after_a_lost_answer_stores_nothing_twice() {
    let (room, database) = room().await;
    let (ada, eve) = (room.person(1, 1), room.person(1, 2));
    let options = [("name", "Teapot")];
    database.set(Mood::LosesEverything);
    for _ in 0..2 {
        lost(&ada.says("createdocument", &options).await, "may have been");
    }
    database.set(Mood::Well);
    let created = ada.says("createdocument", &options).await;
    assert!(text(&created).contains("Done: **Teapot**"), "{created:?}");
    assert_eq!(ada.finds(&[]).await, ["Teapot"]);
    // From now on it is another document, and so it always was to somebody else.
    ada.says("createdocument", &options).await;
    eve.says("createdocument", &options).await;
    assert_eq!(ada.finds(&[]).await.len(), 3);
}

#[tokio::test]
async fn a_window_that_is_sent_again_stores_nothing_again() {
    let (room, _) = room().await;
    let (ada, eve) = (room.person(1, 1), room.person(1, 2));
    let window = modal(ada.command("insert", &[]).await);
    for _ in 0..2 {
        let inserted = ada.submit(window.custom_id(), "Teapot", "{}").await;
        assert_eq!(inserted.content(), Some("Inserted:"));
    }
    let other = ada.submit(window.custom_id(), "Cup", r#"{"a": 1}"#).await;
    assert!(refusal(&other).contains("not stored"), "{other:?}");
    assert!(text(&other).contains("\"a\": 1"), "{other:?}");
    let stolen = eve.submit(window.custom_id(), "Teapot", "{}").await;
    assert!(refusal(&stolen).contains("not stored"), "{stolen:?}");
    assert_eq!(ada.finds(&[]).await, ["Teapot"]);
    room.pass_hours(25);
    let late = ada.submit(window.custom_id(), "Cup", r#"{"a": 1}"#).await;
    assert!(refusal(&late).contains("too old"), "{late:?}");
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_is_found_or_can_be_made_again() {
    let (room, database) = room().await;
    let ada = room.person(1, 1);
    let id = ada.insert("Teapot", "{}").await;
    let window = modal(ada.command("update", &[("id", &id)]).await);
    database.set(Mood::LosesWrites);
    let changed = ada.submit(window.custom_id(), "Pot", r#"{"n": 1}"#).await;
    assert_eq!(changed.content(), Some("Changed:"));

    database.set(Mood::Well);
    let again = ada.submit(window.custom_id(), "Pot", r#"{"n": 1}"#).await;
    assert_eq!(again.content(), Some("Changed:"));
    assert!(text(&again).contains("Revision 1"), "{again:?}");
    let other = ada.submit(window.custom_id(), "Pot", r#"{"n": 2}"#).await;
    assert!(refusal(&other).contains("meanwhile"), "{other:?}");
}

#[tokio::test]
async fn a_deletion_whose_answer_is_lost_is_found_or_can_be_pressed_again() {
    let (room, database) = room().await;
    let ada = room.person(1, 1);
    let id = ada.insert("Teapot", "{}").await;
    let question = message(ada.command("delete", &[("id", &id)]).await);
    let yes = button(&question, "Delete").unwrap();
    database.set(Mood::Broken);
    lost(&ada.press(&yes).await, "may have been deleted");
    database.set(Mood::LosesWrites);
    assert!(text(&ada.press(&yes).await).contains("is deleted"));
    database.set(Mood::Well);
    assert!(text(&ada.press(&yes).await).contains("does not exist"));
    assert!(ada.finds(&[]).await.is_empty());
}

#[tokio::test]
async fn a_search_whose_answer_is_lost_is_kept_for_its_buttons() {
    let (room, database) = room().await;
    let ada = room.person(1, 1);
    for number in 0..6 {
        ada.insert(&format!("Cup {number}"), "{}").await;
    }
    database.set(Mood::LosesWrites);
    let page = ada.says("find", &[]).await;
    let next = button(&page, "Next").unwrap_or_else(|| panic!("{page:?}"));
    database.set(Mood::Well);
    assert!(text(&ada.press(&next).await).contains("Cup 0"));
}
