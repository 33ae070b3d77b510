//! What strangers type is data: it pings nobody, breaks nothing and reaches no other guild.

use serde_json::json;

use crate::bot::{ADA, Bot, GUILD};
use crate::discord::{Discord, EntryPoint};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_pinged_and_nothing_is_drawn_by_what_somebody_typed() {
    let discord = Discord::start().await;
    let (_bot, _data) = Bot::start(&discord).await;
    let typed =
        "@everyone @here <@1120000000000000001> <@&5> **loud** [link](https://x.example) ```";
    for (number, command) in (0..).zip(["createdocument", "insert"]) {
        let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA + number);
        let mut made = ada.command(command, json!({ "name": typed })).await;
        let id = made.interaction_id.to_string();
        if made.kind == 9 {
            let body = json!({ typed: typed, "inner": { "list": [typed] } }).to_string();
            made = ada.submit(&made, &[("body", &body)]).await;
        }
        for reply in [
            made,
            ada.command("get", json!({ "id": id })).await,
            ada.command("find", json!({})).await,
            ada.command("get", json!({ "id": typed })).await,
            ada.command("find", json!({ "filter": typed })).await,
            ada.command("find", json!({ "sort": typed })).await,
        ] {
            assert_eq!(
                reply.data["allowed_mentions"]["parse"],
                json!([]),
                "{reply:#?}"
            );
            let markdown = reply.markdown();
            for drawn in [
                "@everyone",
                "@here",
                "<@1",
                "<@&",
                "**loud**",
                "[link](",
                "https://x",
            ] {
                assert!(!markdown.contains(drawn), "{drawn} in {markdown}");
            }
        }
        ada.complete("get", "id", "@every").await;
    }
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_filters_and_bodies_are_refused_in_words_for_who_typed_them() {
    let discord = Discord::start().await;
    let (_bot, _data) = Bot::start(&discord).await;
    let foreign = discord.member(&EntryPoint::Gateway, GUILD + 9, ADA);
    foreign
        .command("createdocument", json!({ "name": "foreign" }))
        .await;
    let deep = format!("{}1{}", r#"{"a":"#.repeat(200), "}".repeat(200));
    let filters = [
        r#"{"$or": [{}, {"guild": {"$exists": true}}]}"#,
        r#"{"name": {"$exists": true}}"#,
        r#"{"guild": "1130000000000000009"}"#,
        r#"{"a": {"$where": "1"}}"#,
        r#"{"$vector": [1]}"#,
        r#"{"_id": {"$exists": true}}"#,
        r#"{"a": {"in": 5}}"#,
        r#"{"": 1}"#,
        "[]",
        r#"{"a": 1e999999}"#,
        r#"{"a": 1, "a": 2}"#,
        "{",
        &deep[..1000],
    ];
    for (number, filter) in (1..).zip(filters) {
        let eve = discord.member(&EntryPoint::Gateway, GUILD, ADA + number);
        for command in ["find", "count"] {
            let reply = eve
                .command(command, json!({ "filter": filter }))
                .await
                .must_not_show("foreign");
            // A field may be called anything, but then there is none.
            let found_nothing =
                reply.text().contains("0 documents") || reply.text().contains("Nothing matches");
            assert!(
                reply.is_ephemeral() || found_nothing,
                "{filter}: {reply:#?}"
            );
        }
    }
    let keys =
        serde_json::Value::Object((0..700).map(|key| (format!("k{key}"), json!(1))).collect())
            .to_string();
    for (number, body) in (100..).zip([
        r#"{"$set": {"guild": 5}}"#,
        r#"{"a": {"$date": 5}}"#,
        "[1]",
        "nothing",
        &keys[..4000],
        &deep,
    ]) {
        let eve = discord.member(&EntryPoint::Gateway, GUILD, ADA + number);
        let form = eve.command("insert", json!({ "name": "x" })).await;
        let refused = eve.submit(&form, &[("body", body)]).await;
        assert!(refused.is_ephemeral(), "{body:.60}: {refused:#?}");
    }
    let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA);
    assert_eq!(ada.command("count", json!({})).await.number(), 0);
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_values_are_shown_cut_with_a_notice_and_kept_whole() {
    let discord = Discord::start().await;
    let (_bot, _data) = Bot::start(&discord).await;
    for (number, letter) in (0..).zip(["a", "🫖", "*", "`", "\\\\"]) {
        let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA + number);
        let fit = 3900 / letter.encode_utf16().count();
        let body = format!(r#"{{"text": "{}"}}"#, letter.repeat(fit));
        let form = ada
            .command("insert", json!({ "name": letter.repeat(40) }))
            .await;
        let inserted = ada.submit(&form, &[("body", &body)]).await;
        let id = form.interaction_id.to_string();
        inserted.must_show("more characters");
        ada.command("find", json!({}))
            .await
            .must_show("more characters");
        ada.command("get", json!({ "id": id }))
            .await
            .must_show("more characters");
    }
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_in_a_hurry_is_slowed_down_and_nobody_else_is() {
    let discord = Discord::start().await;
    let (_bot, _data) = Bot::start(&discord).await;
    let eve = discord.member(&EntryPoint::Gateway, GUILD, ADA);
    let replies =
        futures_util::future::join_all((0..40).map(|_| eve.command("createdocument", json!({}))))
            .await;
    let refused = replies.iter().filter(|reply| reply.is_ephemeral()).count();
    assert!(refused > 0, "nobody gives forty commands at once");
    let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA + 1);
    assert_eq!(
        ada.command("count", json!({})).await.number(),
        40 - refused as u64
    );
    discord.assert_content();
}
