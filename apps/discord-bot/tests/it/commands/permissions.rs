//! Who may do what is asked again whenever a button is pressed or a window is sent.

use super::{Room, button, modal, refusal, text};

#[tokio::test]
async fn a_member_who_no_longer_moderates_deletes_nothing_by_an_old_button() {
    let room = Room::open().await;
    let (ada, mod_) = (room.person(1, 1), room.person(1, 2).moderating());
    let retired = room.person(1, 2);
    for author in [ada, retired] {
        let id = author.insert("Teapot", "{}").await;
        let question = mod_.says("delete", &[("id", &id)]).await;
        let yes = button(&question, "Delete").unwrap();
        let refused = retired.press(&yes).await;
        assert!(refusal(&refused).contains("no longer"), "{refused:?}");
        assert_eq!(ada.finds(&[]).await, ["Teapot"]);
        assert!(text(&mod_.press(&yes).await).contains("is deleted"));
    }
}

#[tokio::test]
async fn a_member_whom_the_server_lets_delete_needs_no_other_permission() {
    let room = Room::open().await;
    let (ada, helper) = (room.person(1, 1), room.person(1, 2));
    let id = ada.insert("Teapot", "{}").await;
    let question = helper.says("delete", &[("id", &id)]).await;
    let yes = button(&question, "Delete").unwrap();
    assert!(refusal(&ada.press(&yes).await).contains("whoever"));
    assert!(text(&helper.press(&yes).await).contains("is deleted"));
}

#[tokio::test]
async fn a_button_from_before_this_version_takes_a_moderator() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    let id = ada.insert("Teapot", "{}").await;
    let question = ada.says("delete", &[("id", &id)]).await;
    let yes = button(&question, "Delete").unwrap();
    let old = yes.strip_suffix(":allowed").unwrap();
    assert!(refusal(&ada.press(old).await).contains("no longer"));
    assert!(text(&ada.moderating().press(old).await).contains("is deleted"));
}

#[tokio::test]
async fn a_member_who_no_longer_moderates_changes_nothing_by_an_old_window() {
    let room = Room::open().await;
    let (ada, mod_) = (room.person(1, 1), room.person(1, 2).moderating());
    let id = ada.insert("Teapot", "{}").await;
    let window = modal(mod_.command("update", &[("id", &id)]).await);
    let refused = room
        .person(1, 2)
        .submit(window.custom_id(), "Mine", r#"{"a": 1}"#)
        .await;
    assert!(refusal(&refused).contains("somebody else's"), "{refused:?}");
    assert_eq!(ada.finds(&[]).await, ["Teapot"]);
}

#[tokio::test]
async fn a_button_for_a_document_that_does_not_exist_says_so() {
    let room = Room::open().await;
    let (ada, mod_) = (room.person(1, 1), room.person(1, 2).moderating());
    let id = ada.insert("Teapot", "{}").await;
    let question = mod_.says("delete", &[("id", &id)]).await;
    let (yes, no) = (
        button(&question, "Delete").unwrap(),
        button(&question, "Keep").unwrap(),
    );
    assert!(text(&mod_.press(&no).await).contains("stays"));
    assert!(text(&mod_.press(&yes).await).contains("is deleted"));
    for choice in [&yes, &no] {
        let answer = text(&mod_.press(choice).await);
        assert!(answer.contains("does not exist"), "{answer}");
    }
    let never = yes.replace(&id, "1300000000000000000");
    assert!(text(&mod_.press(&never).await).contains("does not exist"));
}
