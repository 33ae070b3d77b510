//! A guild sees its own documents and no others, whatever is asked and however many ask.

use std::collections::BTreeSet;

use discord_bot::domain::document::Document;
use futures_util::future::join_all;
use proptest::prelude::*;
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

/// Fields as they lie in the database, and as strangers may guess them.
fn any_filter() -> impl Strategy<Value = serde_json::Value> {
    let field = prop::sample::select(vec![
        "guild",
        "_id",
        "name",
        "key",
        "author",
        "author.id",
        "body",
        "body.guild",
        "body.n",
        "n",
        "created_at",
        "revision.number",
        "*",
        "$or",
        "guild.$ne",
        "",
    ]);
    let value = prop_oneof![
        Just(json!(null)),
        Just(json!("")),
        Just(json!(0)),
        any::<bool>().prop_map(Into::into),
        Just(json!([1, "x", null])),
        "[a-z]{1,3}".prop_map(Into::into),
    ];
    let operator = prop::sample::select(vec![
        "eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "exists", "$ne", "or",
    ]);
    let compared =
        (operator, value.clone()).prop_map(|(operator, value)| json!({ operator: value }));
    prop::collection::btree_map(field, prop_oneof![value, compared], 0..4)
        .prop_map(|fields| json!(fields))
}

#[test]
fn no_filter_that_can_be_thought_of_reaches_into_another_guild() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let room = runtime.block_on(Room::open());
    let (ada, eve) = (room.person(1, 1), room.person(2, 1));
    runtime.block_on(ada.insert(SECRET, r#"{"n": 1, "guild": "x", "name": "", "_id": 0}"#));
    runtime.block_on(eve.insert("Mine", r#"{"n": 1, "guild": "x", "name": "", "_id": 0}"#));
    let config = ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let found = std::cell::Cell::new(0);
    proptest!(config, |(filter in any_filter())| {
        let filter = filter.to_string();
        let answer = runtime.block_on(eve.says("find", &[("filter", &filter)]));
        let shown = text(&answer);
        prop_assert!(!shown.contains("secret"), "{}: {}", filter, shown);
        prop_assert!(!shown.contains("database could"), "{}: {}", filter, shown);
        found.set(found.get() + i32::from(shown.contains("Mine")));
        let counted = text(&runtime.block_on(eve.says("count", &[("filter", &filter)])));
        prop_assert!(!counted.contains("2 documents"), "{}: {}", filter, counted);
    });
    assert!(
        found.get() > 0,
        "no filter found anything, so nothing was tried"
    );
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
        .find(json!({ "guild": { "$exists": true } }))
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
