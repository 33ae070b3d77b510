//! Health checks of a bot that is reached through the gateway alone.

use crate::bot::Start;
use crate::discord::Discord;

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_with_the_gateway_alone_answers_probes_where_a_port_is_set() {
    let discord = Discord::start().await;
    let data = tempfile::tempdir().unwrap();
    let start = Start::new(&discord, data.path(), true, false).set("PORT", "0");
    let bot = start.go().await;
    let address = bot.address().await;
    let (_, port) = address.rsplit_once(':').unwrap();
    let ready = reqwest::get(format!("{address}/health/ready")).await;
    assert_eq!(ready.unwrap().status(), 200);
    // The entry point for Discord stays shut: nothing there could check a signature.
    let interactions = reqwest::Client::new().post(format!("{address}/interactions"));
    assert_eq!(interactions.send().await.unwrap().status(), 404);

    let asked = start.set("PORT", port).output(&["health"]);
    let said = String::from_utf8_lossy(&asked.stderr).into_owned();
    assert!(asked.status.success(), "{said}");
    discord.assert_content();
}

#[test]
fn a_bot_that_is_not_there_is_not_ready() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    drop(taken);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_discord-bot"))
        .arg("health")
        .env_clear()
        .env("PORT", port.to_string())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("nothing answers on http://127.0.0.1:"),
        "{said}"
    );
}
