//! Tokens are in no log, whatever goes wrong and however much is logged.

use serde_json::json;

use crate::bot::{ADA, GUILD, Start, register};
use crate::database::{Database, Mood};
use crate::discord::{Cut, Discord, EntryPoint, INTERACTION_TOKEN, TOKEN};

#[tokio::test(flavor = "multi_thread")]
async fn no_token_is_ever_written_down() {
    let discord = Discord::start().await;
    let database = Database::start().await;
    let start = database
        .behind(Start::new(&discord, "/nowhere".as_ref(), true, true))
        .set("RUST_LOG", "debug,serenity=trace");
    register(&start);
    let bot = start.go().await;
    let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA);
    ada.command("createdocument", json!({ "name": "teapot" }))
        .await
        .must_show("teapot");
    // An answer that Discord refuses: the token in its address is not known.
    let mut stale = ada.interaction(2, &ada.command_data("ping", &json!({}), None), None);
    stale["token"] = json!(format!("{INTERACTION_TOKEN}stale"));
    ada.deliver(&stale).await;
    discord.gateway().cut(Cut::Drop);
    database.set(Mood::Broken);
    for entry_point in [EntryPoint::Gateway, bot.http()] {
        let reply = discord
            .member(&entry_point, GUILD, ADA)
            .command("count", json!({}))
            .await;
        assert!(reply.is_ephemeral(), "{reply:#?}");
    }
    let (is_content, log) = bot.stop().await;
    assert!(is_content, "{log}");
    assert!(log.contains("an answer was not delivered"), "{log}");
    let secret = TOKEN.rsplit('.').next().unwrap();
    for hidden in [secret, INTERACTION_TOKEN, "Y2Fzc2FuZHJh"] {
        assert!(!log.contains(hidden), "`{hidden}` is in {log}");
    }
}
