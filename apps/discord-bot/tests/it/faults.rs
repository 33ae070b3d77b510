//! Discord has faults of its own: what can be asked again is, and nothing is done twice.

use serde_json::json;

use crate::bot::{ADA, Bot, GUILD, Start, register};
use crate::discord::{Discord, EntryPoint, Trouble};

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
    let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA);
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
    let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA);
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
