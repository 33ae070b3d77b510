//! The gateway is lost and found again; nothing that was asked meanwhile is.

use std::time::Duration;

use serde_json::json;

use crate::bot::{ADA, Bot, GUILD, Start, register};
use crate::discord::{Cut, Discord, EntryPoint, INTERACTION_TOKEN, Options};

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_is_held_without_intents_and_with_heartbeats() {
    let heartbeat = Duration::from_millis(500);
    let discord = Discord::start_with(Options {
        heartbeat,
        ..Options::default()
    })
    .await;
    let (_bot, _data) = Bot::start(&discord).await;
    let counts = discord
        .gateway()
        .until(|counts| counts.heartbeats >= 3)
        .await;
    assert_eq!(counts.intents, 0);
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_is_resumed_and_what_was_asked_meanwhile_is_answered() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA);
    for (round, cut) in (1..).zip([
        Cut::Reconnect,
        Cut::Close(4000),
        Cut::Drop,
        Cut::Close(1001),
    ]) {
        discord.gateway().cut(cut);
        // Discord keeps the event for the session.
        ada.command("ping", json!({})).await.must_show("Pong!");
        let counts = discord
            .gateway()
            .until(|counts| counts.resumed >= round)
            .await;
        assert_eq!(counts.identified, 1, "{cut:?} ends no session");
    }
    drop(bot);
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_discord_forgot_is_begun_anew() {
    let discord = Discord::start().await;
    let (_bot, _data) = Bot::start(&discord).await;
    let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA);
    discord.gateway().cut(Cut::InvalidSession);
    discord
        .gateway()
        .until(|counts| counts.identified >= 2)
        .await;
    ada.command("ping", json!({})).await.must_show("Pong!");
    // Forgotten while the line was down: the RESUME is refused.
    discord.gateway().forget();
    discord
        .gateway()
        .until(|counts| counts.identified >= 3)
        .await;
    ada.command("ping", json!({})).await.must_show("Pong!");
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_away_for_a_while_is_waited_for() {
    let discord = Discord::start().await;
    let (_bot, _data) = Bot::start(&discord).await;
    discord.gateway().shut();
    discord.gateway().until(|counts| counts.refused >= 4).await;
    discord.gateway().open();
    discord
        .gateway()
        .until(|counts| counts.identified >= 2)
        .await;
    let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA);
    ada.command("ping", json!({})).await.must_show("Pong!");
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_makes_no_sense_stops_nothing_and_is_not_written_down() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    let token = format!("{INTERACTION_TOKEN}secret");
    for data in [
        json!({ "id": "5", "token": token }),
        json!({ "id": "0", "type": 2, "token": token }),
        json!({ "id": "5", "type": 77, "token": token }),
        json!([]),
    ] {
        discord
            .gateway()
            .send_raw(&json!({ "op": 0, "t": "INTERACTION_CREATE", "s": 2, "d": data }));
    }
    discord
        .gateway()
        .send_raw(&json!({ "op": 0, "t": "SOMETHING_NEW", "s": 2, "d": { "token": token } }));
    discord.gateway().send_raw(&json!({ "op": 77, "d": token }));
    discord.gateway().send_raw(&json!(5));
    let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA);
    ada.command("ping", json!({})).await.must_show("Pong!");
    let (_, log) = bot.stop().await;
    assert!(!log.contains(INTERACTION_TOKEN), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_accepted_ends_the_program_with_where_to_find_it() {
    let discord = Discord::start().await;
    let data = tempfile::tempdir().unwrap();
    let output = Start::new(&discord, data.path(), true, true)
        .set("DISCORD_TOKEN", "wrong")
        .output(&[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("Bot → Reset Token"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shard_that_discord_advises_answers_its_guilds() {
    let discord = Discord::start_with(Options {
        shards: 2,
        ..Options::default()
    })
    .await;
    let data = tempfile::tempdir().unwrap();
    let start = Start::new(&discord, data.path(), true, false);
    register(&start);
    let _bot = start.go().await;
    discord.gateway().connected().await;
    for guild in [GUILD, GUILD + (1 << 22)] {
        let ada = discord.member(&EntryPoint::Gateway, guild, ADA);
        ada.command("createdocument", json!({})).await;
        assert_eq!(ada.command("count", json!({})).await.number(), 1);
    }
    discord.assert_content();
}
