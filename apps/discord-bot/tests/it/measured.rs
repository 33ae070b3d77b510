//! The figures of README.md. Not a test: `BOT_BINARY` names the release build to measure.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::bot::{ADA, Bot, GUILD, Start, register};
use crate::discord::{Discord, EntryPoint};

const ROUNDS: usize = 7;

/// From the start of the process to the first answered command through the HTTP entry point.
async fn cold_start(discord: &Discord, data: &Path) -> (Duration, Bot) {
    let start = Start::new(discord, data, false, true);
    let begin = Instant::now();
    let mut bot = start.spawn();
    bot.url = Some(bot.address().await);
    let ada = discord.member(&bot.http(), GUILD, ADA);
    ada.command("count", json!({})).await.must_show("documents");
    (begin.elapsed(), bot)
}

fn show(what: &str, mut figures: Vec<Duration>) {
    figures.sort();
    let (least, median, most) = (
        figures[0],
        figures[figures.len() / 2],
        figures[figures.len() - 1],
    );
    println!(
        "{what}: {median:.1?} ({least:.1?} to {most:.1?}), {} times",
        figures.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures, see README.md"]
async fn measured() {
    let discord = Discord::start().await;
    let data = tempfile::tempdir().unwrap();
    register(&Start::new(&discord, data.path(), false, true));
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let data = tempfile::tempdir().unwrap();
        let (elapsed, bot) = cold_start(&discord, data.path()).await;
        first.push(elapsed);
        bot.stop().await;
        let (elapsed, bot) = cold_start(&discord, data.path()).await;
        again.push(elapsed);
        bot.stop().await;
    }
    show(
        "HTTP entry point, process start to the first answered command, empty folder",
        first,
    );
    show("the same, folder already there", again);
    for (name, gateway, http) in [
        ("HTTP entry point", false, true),
        ("gateway", true, false),
        ("both", true, true),
    ] {
        let data = tempfile::tempdir().unwrap();
        let bot = Start::new(&discord, data.path(), gateway, http).go().await;
        let entry_point = if gateway {
            EntryPoint::Gateway
        } else {
            bot.http()
        };
        discord
            .member(&entry_point, GUILD, ADA)
            .command("ping", json!({}))
            .await;
        // What a start has allocated for the moment is given back meanwhile.
        tokio::time::sleep(Duration::from_secs(2)).await;
        println!("memory at rest, {name}: {:?} MiB", bot.memory_mib());
        bot.stop().await;
    }
    discord.assert_content();
}
