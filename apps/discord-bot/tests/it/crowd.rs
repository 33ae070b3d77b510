//! Many guilds at once: everybody is answered once, nobody sees another guild's documents, and
//! memory does not grow with what has been answered.

use std::collections::HashSet;

use serde_json::json;
use tokio::task::JoinSet;

use crate::bot::{ADA, Bot, GUILD};
use crate::discord::{Discord, EntryPoint};

const GUILDS: u64 = 20;
const INTERACTIONS: u64 = 500;
const WAVES: u64 = 3;

fn guild(number: u64) -> u64 {
    GUILD + (number % GUILDS) * 1000
}

/// Everybody at once makes a document that says where and by whom.
async fn wave(discord: &Discord, entry_points: &[EntryPoint], wave: u64) {
    let mut crowd = JoinSet::new();
    for number in 0..INTERACTIONS {
        let entry_point = &entry_points[usize::try_from(number).unwrap() % entry_points.len()];
        let member = discord.member(
            entry_point,
            guild(number),
            ADA + wave * INTERACTIONS + number,
        );
        let name = format!("g{}w{wave}n{number}", number % GUILDS);
        crowd.spawn(async move {
            let reply = member
                .command("createdocument", json!({ "name": name }))
                .await;
            reply.must_show(&name)
        });
    }
    let replies = crowd.join_all().await;
    let slowest = replies.iter().map(|reply| reply.elapsed).max().unwrap();
    let deferred = replies.iter().filter(|reply| reply.kind == 5).count();
    let answered: HashSet<u64> = replies.iter().map(|reply| reply.interaction_id).collect();
    assert_eq!(answered.len() as u64, INTERACTIONS);
    println!(
        "wave {wave}: {INTERACTIONS} answered, the slowest first answer after {slowest:?}, {deferred} deferred"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_at_once_are_answered_once_each_in_their_own_guild() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    let entry_points = [EntryPoint::Gateway, bot.http()];
    let mut memory = Vec::new();
    for number in 0..WAVES {
        wave(&discord, &entry_points, number).await;
        memory.extend(bot.memory_mib());
    }
    let expected = WAVES * INTERACTIONS / GUILDS;
    for number in 0..GUILDS {
        let ada = discord.member(
            &EntryPoint::Gateway,
            guild(number),
            ADA + 1_000_000 + number,
        );
        let counted = ada.command("count", json!({})).await;
        assert_eq!(counted.number(), expected, "guild {number}");
    }
    // Nobody was answered twice: Discord would have complained.
    discord.assert_content();
    println!("memory after each wave of {INTERACTIONS}, MiB: {memory:?}");
    if let [_, second, .., last] = memory[..] {
        assert!(last < second + 48, "memory grows: {memory:?}");
    }
}
