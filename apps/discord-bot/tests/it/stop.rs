//! SIGTERM: what is under way is finished, then the entry points close.

use serde_json::json;

use crate::bot::{ADA, GUILD, Start, register};
use crate::database::{Database, Mood};
use crate::discord::{Discord, EntryPoint, Trouble};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_finished_before_the_program_ends() {
    let discord = Discord::start().await;
    let database = Database::start().await;
    // Longer than any machine is busy: what is under way must not be cut off here.
    let start = database
        .behind(Start::new(&discord, "/nowhere".as_ref(), true, true))
        .set("SHUTDOWN_SECONDS", "60");
    register(&start);
    let bot = start.go().await;
    let (ada, bob) = (
        discord.member(&EntryPoint::Gateway, GUILD, ADA),
        discord.member(&bot.http(), GUILD, ADA + 1),
    );
    database.set(Mood::Slow);
    // Each entry point has one that is promised and one that has just been asked.
    let first = ada
        .start_command("createdocument", json!({ "name": "one" }))
        .await;
    let second = bob
        .start_command("createdocument", json!({ "name": "two" }))
        .await;
    assert_eq!(
        (first.first().await.kind, second.first().await.kind),
        (5, 5)
    );
    let third = ada
        .start_command("createdocument", json!({ "name": "three" }))
        .await;
    let fourth = tokio::spawn(async move {
        bob.command("createdocument", json!({ "name": "four" }))
            .await
    });
    database.waiting(4).await;
    bot.ask_to_stop();
    // The bot has left the gateway, and still owes four answers.
    discord
        .gateway()
        .until(|counts| counts.closed == [1000])
        .await;
    database.set(Mood::Well);
    first.settled().await.must_show("one");
    second.settled().await.must_show("two");
    third.settled().await.must_show("three");
    fourth.await.unwrap().must_show("four");
    let (is_content, log) = bot.ended().await;
    assert!(is_content, "{log}");
    assert!(!log.contains("cut off"), "{log}");
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_longer_than_allowed_is_cut_off() {
    let discord = Discord::start().await;
    let database = Database::start().await;
    let start = database
        .behind(Start::new(&discord, "/nowhere".as_ref(), true, false))
        .set("SHUTDOWN_SECONDS", "1");
    register(&start);
    let bot = start.go().await;
    database.set(Mood::Slow);
    let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA);
    ada.start_command("count", json!({})).await.first().await;
    let (is_content, log) = bot.stop().await;
    assert!(is_content && log.contains("cut off"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_while_discord_is_away_ends_the_program() {
    let discord = Discord::start().await;
    let data = tempfile::tempdir().unwrap();
    let start = Start::new(&discord, data.path(), true, false);
    register(&start);
    let bot = start.go().await;
    discord.gateway().shut();
    discord.gateway().until(|counts| counts.refused >= 1).await;
    let (is_content, log) = bot.stop().await;
    assert!(is_content, "{log}");

    // Nor does it have to be reached first.
    discord.trouble(Trouble::fault("/gateway/bot", u32::MAX));
    let bot = start.spawn();
    discord
        .asked(discord.requests().len(), "GET ", "/gateway/bot")
        .await;
    let (is_content, log) = bot.stop().await;
    assert!(is_content, "{log}");
}
