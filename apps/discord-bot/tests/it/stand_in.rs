//! The stand-in for Discord itself: what it is there to refuse, it refuses.

use std::time::Duration;

use serde_json::{Value, json};

use crate::bot::{ADA, GUILD};
use crate::discord::{Discord, EntryPoint, Options};

/// Posts a body and answers the status with Discord's code.
async fn post(discord: &Discord, path: &str, body: &Value) -> (u16, Option<u64>) {
    let agent = "DiscordBot (https://example.com, 1)";
    let client = reqwest::Client::builder()
        .user_agent(agent)
        .build()
        .unwrap();
    let request = client.post(format!("{}/api/v10{path}", discord.url()));
    let request = request
        .header("content-type", "application/json")
        .body(body.to_string());
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default();
    (status, body["code"].as_u64())
}

/// The address to answer a new interaction at.
fn callback(discord: &Discord) -> String {
    let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA);
    let interaction = ada.interaction(2, &json!({ "name": "ping" }), None);
    let part = |name: &str| interaction[name].as_str().unwrap().to_owned();
    format!("/interactions/{}/{}/callback", part("id"), part("token"))
}

fn hello() -> Value {
    json!({ "type": 4, "data": { "content": "hello" } })
}

#[tokio::test]
async fn one_answer_is_taken_and_it_has_to_come_in_time() {
    let discord = Discord::start().await;
    let path = callback(&discord);
    assert_eq!(post(&discord, &path, &hello()).await, (204, None));
    assert_eq!(post(&discord, &path, &hello()).await, (400, Some(40060)));
    let unknown = "/interactions/1/a/callback";
    assert_eq!(post(&discord, unknown, &hello()).await, (404, Some(10062)));
    assert_eq!(discord.take_complaints().len(), 2);
    let deadline = Duration::ZERO;
    let strict = Discord::start_with(Options {
        deadline,
        ..Options::default()
    })
    .await;
    assert_eq!(
        post(&strict, &callback(&strict), &hello()).await,
        (404, Some(10062))
    );
    assert_eq!(strict.take_complaints().len(), 1);
}

#[tokio::test]
async fn what_is_too_long_too_many_or_of_the_wrong_kind_is_refused() {
    let discord = Discord::start().await;
    let path = callback(&discord);
    let embed = json!({ "title": "a".repeat(250), "description": "b".repeat(3000) });
    let row = |id: &str| json!({ "type": 1, "components": [{ "type": 2, "style": 1, "label": "x", "custom_id": id }] });
    for bad in [
        json!({}),
        json!({ "type": 4, "data": {} }),
        json!({ "type": 7, "data": { "content": "nothing to update" } }),
        json!({ "type": 4, "data": { "content": "a".repeat(2001) } }),
        json!({ "type": 4, "data": { "embeds": [embed, embed] } }),
        json!({ "type": 4, "data": { "content": "a", "components": [row(&"i".repeat(101))] } }),
        json!({ "type": 4, "data": { "content": "a", "components": [row("i"), row("i")] } }),
        json!({ "type": 9, "data": { "custom_id": "m", "title": "t".repeat(46), "components": [] } }),
    ] {
        assert_eq!(
            post(&discord, &path, &bad).await,
            (400, Some(50035)),
            "{bad}"
        );
        assert_eq!(discord.take_complaints().len(), 1, "{bad}");
    }
    assert_eq!(post(&discord, &path, &hello()).await, (204, None));
}

#[tokio::test]
async fn strangers_and_unknown_addresses_are_turned_away() {
    let discord = Discord::start().await;
    assert_eq!(
        post(&discord, "/users/@me/channels", &hello()).await,
        (401, Some(0))
    );
    assert_eq!(
        post(&discord, "/interactions/nothing", &hello()).await,
        (404, Some(0))
    );
    assert_eq!(discord.take_complaints().len(), 2);
}

#[tokio::test]
async fn it_notices_who_is_pinged() {
    let discord = Discord::start().await;
    let content = "@everyone and <@5>";
    let silent =
        json!({ "type": 4, "data": { "content": content, "allowed_mentions": { "parse": [] } } });
    assert_eq!(post(&discord, &callback(&discord), &silent).await.0, 204);
    discord.assert_content();
    let loud = json!({ "type": 4, "data": { "content": content } });
    assert_eq!(post(&discord, &callback(&discord), &loud).await.0, 204);
    assert_eq!(discord.take_complaints().len(), 2);
}
