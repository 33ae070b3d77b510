//! Every command, button and form through both doors.

use serde_json::json;

use crate::bot::{ADA, Bot, GUILD};
use crate::discord::{Discord, Door};

#[tokio::test(flavor = "multi_thread")]
async fn ping_is_answered_through_both_doors() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    for door in [Door::Gateway, bot.http()] {
        let ada = discord.member(&door, GUILD, ADA);
        ada.command("ping", json!({})).await.must_show("Pong!");
    }
    discord.assert_content();
}
