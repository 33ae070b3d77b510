//! A server that keeps as much as it may.

use discord_bot::Settings;

use super::{Room, refusal, text};

/// A bot whose servers may keep this many documents.
async fn room(most: &str) -> Room {
    let pairs = [("DOCUMENTS_PER_SERVER", most)];
    let settings = Settings::from_env(shared::env::of(&pairs)).unwrap();
    let mut room = Room::open().await;
    room.app.quota = settings.quota;
    room
}

#[tokio::test]
async fn a_full_server_is_told_and_nothing_typed_is_lost() {
    let room = room("3").await;
    let (ada, eve) = (room.person(1, 1), room.person(2, 2));
    for n in 0..3 {
        ada.insert(&format!("Game {n}"), "{}").await;
    }
    let refused = ada.submit("insert", "Chess", r#"{"pieces": 32}"#).await;
    assert!(
        refusal(&refused).contains("keeps 3 documents, and may keep no more"),
        "{refused:?}"
    );
    assert!(text(&refused).contains("\"pieces\": 32"), "{refused:?}");
    let refused = ada.says("createdocument", &[("name", "Chess")]).await;
    assert!(refusal(&refused).contains("Please delete one first"));
    assert_eq!(ada.finds(&[]).await.len(), 3);
    // Another server has its own.
    eve.insert("Chess", "{}").await;
}

#[tokio::test]
async fn room_is_made_by_deleting_and_an_interaction_sent_again_is_no_new_document() {
    let room = room("1").await;
    let ada = room.person(1, 1);
    let id = room.new_id();
    for _ in 0..2 {
        let answer = ada.submit_as(id, "insert", "Chess", "{}").await;
        assert_eq!(answer.content(), Some("Inserted:"));
    }
    ada.submit("insert", "Go", "{}").await;
    assert_eq!(ada.finds(&[]).await, ["Chess"]);
    let documents = &room.app.store.documents;
    documents.delete(ada.guild, id.into()).await.unwrap();
    ada.insert("Go", "{}").await;
}

#[test]
fn a_quota_that_cannot_be_counted_is_refused_at_the_start() {
    for wrong in ["0", "1001", "-1", "many"] {
        let pairs = [("DOCUMENTS_PER_SERVER", wrong)];
        let errors = Settings::from_env(shared::env::of(&pairs)).unwrap_err();
        let said = errors.to_string();
        assert!(said.contains("expected a number from 1 to 1000"), "{said}");
    }
}
