//! `discord-bot register`, and what the first start does by itself.

use serde_json::{Value, json};

use crate::bot::{GUILD, Start, register};
use crate::discord::{Discord, TOKEN, Trouble};

fn names(commands: &[Value]) -> Vec<&str> {
    commands
        .iter()
        .map(|command| command["name"].as_str().unwrap())
        .collect()
}

fn publishing(discord: &Discord) -> usize {
    discord
        .requests()
        .iter()
        .filter(|request| request.starts_with("PUT "))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_says_what_changed_and_asks_for_nothing_where_nothing_did() {
    for guild in [None, Some(GUILD)] {
        let discord = Discord::start().await;
        let data = tempfile::tempdir().unwrap();
        let mut start = Start::new(&discord, data.path(), true, false);
        if let Some(guild) = guild {
            start = start.set("DISCORD_GUILD_ID", guild.to_string());
        }
        let said = register(&start);
        assert!(
            said.contains("added     /ping\n") && said.contains("added     /createdocument\n"),
            "{said}"
        );
        let published = discord.commands(guild);
        assert!(
            names(&published).starts_with(&["ping", "count", "createdocument"]),
            "{published:#?}"
        );
        assert_eq!(
            said.lines()
                .filter(|line| line.starts_with("added"))
                .count(),
            published.len()
        );

        let said = register(&start);
        assert!(
            said.contains("unchanged /ping\n") && !said.contains("added"),
            "{said}"
        );
        assert_eq!(
            publishing(&discord),
            1,
            "nothing changed, so nothing is published"
        );

        let mut edited = published.clone();
        edited[1]["description"] = json!("Something else");
        edited[0]["name"] = json!("pong");
        discord.set_commands(guild, edited);
        let said = register(&start);
        for line in [
            "added     /ping\n",
            "changed   /count\n",
            "unchanged /createdocument\n",
            "removed   /pong\n",
        ] {
            assert!(said.contains(line), "{line}{said}");
        }
        assert_eq!(names(&discord.commands(guild)), names(&published));
        discord.assert_content();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_program_had_published_is_removed() {
    let discord = Discord::start().await;
    let data = tempfile::tempdir().unwrap();
    let start = Start::new(&discord, data.path(), true, false);
    let choice = json!({ "name": "one", "value": 1 });
    let roll = json!({ "type": 4, "name": "sides", "description": "x", "choices": [choice] });
    let add = json!({ "type": 1, "name": "add", "description": "x", "options": [roll] });
    discord.set_commands(
        None,
        vec![
            json!({ "id": "1", "type": 2, "name": "Report", "description": "", "default_member_permissions": "8" }),
            json!({ "id": "2", "type": 1, "name": "roll", "description": "x", "options": [roll], "nsfw": true }),
            json!({ "id": "3", "type": 1, "name": "set", "description": "x", "options": [add], "contexts": null }),
            json!({ "id": "4", "type": 2, "name": "ping", "description": "" }),
        ],
    );
    let said = register(&start);
    for line in [
        "changed   /ping\n",
        "removed   /Report\n",
        "removed   /roll\n",
        "removed   /set\n",
    ] {
        assert!(said.contains(line), "{line}{said}");
    }
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_on_registering_is_waited_out() {
    let discord = Discord::start().await;
    let data = tempfile::tempdir().unwrap();
    discord.trouble(Trouble::rate_limit(
        "/commands",
        2,
        std::time::Duration::from_millis(700),
    ));
    register(&Start::new(&discord, data.path(), true, false));
    assert_eq!(discord.troubles_left(), 0);
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_wrong_is_said() {
    let discord = Discord::start().await;
    let data = tempfile::tempdir().unwrap();
    let cases = [
        (
            Start::new(&discord, data.path(), true, false).set("DISCORD_TOKEN", "wrong"),
            "Discord does not accept DISCORD_TOKEN",
        ),
        (
            Start::new(&discord, data.path(), false, true),
            "DISCORD_TOKEN is needed",
        ),
        (
            Start::new(&discord, data.path(), true, false).without("DISCORD_APPLICATION_ID"),
            "General Information",
        ),
        (
            Start::new(&discord, data.path(), true, false).set("DISCORD_APPLICATION_ID", "5"),
            "DISCORD_APPLICATION_ID",
        ),
        (
            Start::new(&discord, data.path(), true, false).set("DISCORD_APPLICATION_ID", "0"),
            "DISCORD_APPLICATION_ID",
        ),
        (
            Start::new(&discord, data.path(), true, false).set("DISCORD_GUILD_ID", "0"),
            "DISCORD_GUILD_ID",
        ),
    ];
    for (start, sentence) in cases {
        let output = start.output(&["register"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            !output.status.success() && said.contains(sentence),
            "{sentence}: {said}"
        );
        assert!(
            !said.contains("panicked") && !said.contains(TOKEN),
            "{said}"
        );
    }
    assert_eq!(publishing(&discord), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_registers_and_a_later_one_overwrites_nothing() {
    let discord = Discord::start().await;
    let data = tempfile::tempdir().unwrap();
    let start = Start::new(&discord, data.path(), true, false);
    let bot = start.go().await;
    discord.published(None).await;
    bot.stop().await;
    let published = discord.commands(None);

    bot_says(&start, "nothing", &discord).await;
    let mut foreign = published.clone();
    foreign[0]["description"] = json!("From another version");
    discord.set_commands(None, foreign.clone());
    bot_says(&start, "run `discord-bot register`", &discord).await;
    assert_eq!(discord.commands(None), foreign);
    assert_eq!(publishing(&discord), 1);
    discord.assert_content();
}

async fn bot_says(start: &Start<'_>, sentence: &str, discord: &Discord) {
    let asked = discord.requests().len();
    let bot = start.go().await;
    discord.asked(asked, "GET ", "/commands").await;
    let (_, log) = bot.stop().await;
    assert_eq!(
        log.contains("run `discord-bot register`"),
        sentence != "nothing",
        "{log}"
    );
}
