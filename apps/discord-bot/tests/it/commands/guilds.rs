//! A guild sees its own documents and no others, whatever is asked and however many ask.

use std::collections::BTreeSet;

use discord_bot::domain::document::Document;
use futures_util::future::join_all;
use serde_json::json;

use super::{Room, button, modal, names, refusal, text};

const SECRET: &str = "the other guild's secret";

#[tokio::test]
async fn no_command_and_no_button_reaches_into_another_guild() {
    let room = Room::open().await;
    let (ada, eve) = (room.person(1, 1), room.person(2, 1).moderating());
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(ada.insert(&format!("{SECRET} {n}"), r#"{"n": 1}"#).await);
    }
    let id = &*ids[0];
    let page = ada.says("find", &[]).await;
    let question = ada.says("delete", &[("id", id)]).await;
    let window = modal(ada.command("update", &[("id", id)]).await);

    for command in ["get", "update", "delete"] {
        for wanted in [id, &format!("{SECRET} 0")] {
            let answer = eve.says(command, &[("id", wanted)]).await;
            assert!(
                refusal(&answer).contains("no such document"),
                "{command} {wanted}"
            );
        }
        assert!(eve.complete(command, "id", "").await.is_empty());
        assert!(eve.complete(command, "id", &SECRET[..3]).await.is_empty());
        assert!(eve.complete(command, "id", &id[..3]).await.is_empty());
    }
    assert_eq!(eve.complete("find", "field", "").await, ["name", "author"]);
    // The same account in both guilds: what is missing is the guild.
    let stolen = eve.press(&button(&page, "Next").unwrap()).await;
    assert!(refusal(&stolen).contains("is over"));
    eve.press(&button(&question, "Delete").unwrap()).await;
    let changed = eve.submit(window.custom_id(), "Mine", "{}").await;
    assert!(refusal(&changed).contains("deleted"));
    assert_eq!(ada.finds(&[]).await.len(), 6);
}

#[tokio::test]
async fn no_filter_reaches_into_another_guild() {
    let room = Room::open().await;
    let (ada, eve) = (room.person(1, 1), room.person(2, 1));
    ada.insert(SECRET, r#"{"n": 1, "guild": "x"}"#).await;
    eve.insert("Mine", r#"{"n": 1}"#).await;
    let guild = ada.guild().0.to_string();
    let exists = json!({"guild": {"exists": true}}).to_string();
    for filter in [
        json!({"guild": guild}).to_string(),
        json!({"guild": {"in": [guild]}}).to_string(),
        json!({"guild": {"ne": "x"}}).to_string(),
        json!({"body.guild": "x", "body.body.guild": "x"}).to_string(),
        json!({"n": 1, "name": {"gte": ""}, "author": {"exists": true}}).to_string(),
        exists.replace("guild", "_id"),
        exists.replace("guild", "name"),
    ] {
        let answer = eve.says("find", &[("filter", &filter)]).await;
        assert!(!text(&answer).contains("secret"), "{filter}: {answer:?}");
        let counted = text(&eve.says("count", &[("filter", &filter)]).await);
        assert!(!counted.contains('2'), "{filter}: {counted}");
    }
    for sort in ["guild", "_id", "-name"] {
        let answer = eve.says("find", &[("sort", sort)]).await;
        assert_eq!(names(&answer), ["Mine"], "{sort}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_at_once_over_twenty_guilds_are_all_answered_and_none_in_the_wrong_place() {
    let room = Room::open().await;
    let asked = (0..500_u64).map(|n| {
        let (guild, user) = (1 + n % 20, n);
        let person = room.person(guild, user);
        let body = format!("{{\"guild_number\": {guild}}}");
        let name = format!("document {n}");
        async move {
            match n / 20 % 5 {
                0 => text(&person.says("count", &[]).await),
                1 => text(&person.says("find", &[]).await),
                _ => person.insert(&name, &body).await,
            }
        }
    });
    let answers = join_all(asked).await;
    assert_eq!(answers.len(), 500);
    assert!(answers.iter().all(|answer| !answer.is_empty()));

    let documents = room.database.collection::<Document>("documents");
    let stored = documents
        .find(json!({}))
        .await
        .unwrap()
        .all()
        .await
        .unwrap();
    let ids: BTreeSet<_> = stored.iter().map(|document| document.id).collect();
    assert_eq!((stored.len(), ids.len()), (300, 300));
    for document in &stored {
        let number = document
            .body
            .fields()
            .get("guild_number")
            .unwrap()
            .as_i64()
            .unwrap();
        let guild = room.person(u64::try_from(number).unwrap(), 0).guild();
        assert_eq!(document.guild, guild);
    }
    for guild in 1..=20 {
        let person = room.person(guild, 0);
        assert_eq!(person.finds(&[]).await.len(), 15);
    }
}
