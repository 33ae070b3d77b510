//! Discord has faults of its own: what can be asked again is, and nothing is done twice.

use serde_json::json;

use crate::bot::{ADA, Bot, GUILD, Start, register};
use crate::discord::{Discord, Door, Options, Trouble};

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_discords_is_tried_again() {
    let discord = Discord::start().await;
    let data = tempfile::tempdir().unwrap();
    let start = Start::new(&discord, data.path(), true, false);
    discord.trouble(Trouble::fault("/commands", 2));
    register(&start);
    discord.trouble(Trouble::fault("/gateway/bot", 6));
    discord.trouble(Trouble::fault("/gateway", 1));
    let _bot = start.go().await;
    discord.trouble(Trouble::fault("/callback", 2));
    let ada = discord.member(&Door::Gateway, GUILD, ADA);
    ada.command("ping", json!({})).await.must_show("Pong!");
    // Troubles that have been met go with the next request of their kind.
    ada.command("ping", json!({})).await.must_show("Pong!");
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_taken_for_lost_is_sent_again_and_carried_out_once() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    discord.trouble(Trouble::lost_answer("/callback"));
    let ada = discord.member(&Door::Gateway, GUILD, ADA);
    let asked = discord.requests().len();
    let made = ada
        .start_command("createdocument", json!({ "name": "teapot" }))
        .await;
    made.settled().await.must_show("teapot");
    // The second attempt is told that there is an answer already, which is as good.
    let path = format!("/interactions/{}/{}/callback", made.id, made.token());
    discord.asked_times(asked, "POST ", &path, 2).await;
    assert_eq!(ada.command("count", json!({})).await.number(), 1);
    let complaints = discord.take_complaints();
    assert!(
        complaints
            .iter()
            .all(|complaint| complaint.contains("40060")),
        "{complaints:#?}"
    );
    let (is_content, log) = bot.stop().await;
    assert!(is_content && !log.contains("not delivered"), "{log}");
}

/// The stand-in itself: what it is there to refuse, it refuses.
#[tokio::test(flavor = "multi_thread")]
async fn the_stand_in_takes_one_answer_in_time_and_nothing_that_is_too_long() {
    let discord = Discord::start().await;
    let late = Discord::start_with(Options {
        deadline: std::time::Duration::ZERO,
        ..Options::default()
    })
    .await;
    let client = reqwest::Client::builder()
        .user_agent("DiscordBot (https://example.com, 1)")
        .build()
        .unwrap();
    let post = async |discord: &Discord, path: String, body: serde_json::Value| {
        let request = client.post(format!("{}/api/v10{path}", discord.url()));
        let request = request
            .header("content-type", "application/json")
            .body(body.to_string());
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let body: serde_json::Value =
            serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default();
        (status, body["code"].as_u64())
    };
    let callback = |discord: &Discord| {
        let ada = discord.member(&Door::Gateway, GUILD, ADA);
        let interaction = ada.interaction(2, json!({ "name": "ping" }), None);
        format!(
            "/interactions/{}/{}/callback",
            interaction["id"].as_str().unwrap(),
            interaction["token"].as_str().unwrap()
        )
    };
    let hello = json!({ "type": 4, "data": { "content": "hello" } });
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
            post(&discord, path.clone(), bad.clone()).await,
            (400, Some(50035)),
            "{bad}"
        );
    }
    assert_eq!(
        post(&discord, path.clone(), hello.clone()).await,
        (204, None)
    );
    assert_eq!(
        post(&discord, path, hello.clone()).await,
        (400, Some(40060))
    );
    assert_eq!(
        post(
            &discord,
            "/interactions/1/a/callback".to_owned(),
            hello.clone()
        )
        .await,
        (404, Some(10062))
    );
    assert_eq!(
        post(&late, callback(&late), hello.clone()).await,
        (404, Some(10062))
    );
    assert_eq!(
        post(&discord, "/users/@me/channels".to_owned(), hello.clone()).await,
        (401, Some(0))
    );
    assert_eq!(
        post(&discord, "/interactions/nothing".to_owned(), hello).await,
        (404, Some(0))
    );
    let pinging = json!({ "type": 4, "data": { "content": "@everyone and <@5>" } });
    assert_eq!(discord.take_complaints().len(), 12);
    post(&discord, callback(&discord), pinging).await;
    assert_eq!(
        discord.take_complaints().len(),
        2,
        "it notices who is pinged"
    );
}
