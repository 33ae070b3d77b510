//! A database that takes its time: people are told that the bot is thinking, and get their answer.

use serde_json::json;

use crate::bot::{ADA, Bot, GUILD, Start, register};
use crate::database::{Database, Mood};
use crate::discord::{Discord, EntryPoint, Trouble};

/// Both entry points, with a database that can be slow.
async fn start(discord: &Discord) -> (Bot, Database) {
    let database = Database::start().await;
    let start = database.behind(Start::new(discord, "/nowhere".as_ref(), true, true));
    register(&start);
    (start.go().await, database)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_long_is_deferred_and_then_delivered_through_both_doors() {
    let discord = Discord::start().await;
    let (bot, database) = start(&discord).await;
    for (round, entry_point) in (1..).zip([EntryPoint::Gateway, bot.http()]) {
        let ada = discord.member(&entry_point, GUILD, ADA);
        ada.command("createdocument", json!({ "name": "teapot" }))
            .await
            .must_show("teapot");
        database.set(Mood::Slow);
        let sent = ada.start_command("count", json!({})).await;
        let promise = sent.first().await;
        assert_eq!(promise.kind, 5, "{promise:#?}");
        println!("{entry_point:?}: deferred after {:?}", promise.elapsed);
        database.set(Mood::Well);
        let answer = sent.settled().await;
        assert_eq!(answer.number(), round);
        assert!(answer.followups.is_empty());
    }
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deferred_answer_that_is_an_error_is_seen_by_who_asked_alone() {
    let discord = Discord::start().await;
    let (bot, database) = start(&discord).await;
    for entry_point in [EntryPoint::Gateway, bot.http()] {
        let ada = discord.member(&entry_point, GUILD, ADA);
        database.set(Mood::Slow);
        let sent = ada.start_command("count", json!({})).await;
        assert_eq!(sent.first().await.kind, 5);
        database.set(Mood::Broken);
        let answer = sent.followed_up().await;
        assert!(
            answer.message.is_none(),
            "the promise made to everybody is taken back: {answer:#?}"
        );
        assert!(answer.is_ephemeral());
        let id = answer.interaction_id.to_string();
        assert!(answer.text().contains(&id), "{answer:#?}");
        assert!(bot.log().contains(&id), "the id is in the log");
        database.set(Mood::Well);
    }
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn rate_limits_are_waited_out() {
    let discord = Discord::start().await;
    let (bot, database) = start(&discord).await;
    let moment = std::time::Duration::from_millis(600);
    let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA);
    discord.trouble(Trouble::rate_limit("/callback", 2, moment));
    ada.command("ping", json!({})).await.must_show("Pong!");
    assert_eq!(discord.troubles_left(), 0);
    for entry_point in [EntryPoint::Gateway, bot.http()] {
        let ada = discord.member(&entry_point, GUILD, ADA);
        discord.trouble(Trouble::rate_limit("/@original", 3, moment));
        database.set(Mood::Slow);
        let sent = ada.start_command("count", json!({})).await;
        sent.first().await;
        database.set(Mood::Well);
        assert_eq!(sent.settled().await.number(), 0);
        assert_eq!(discord.troubles_left(), 0);
    }
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_that_outlasts_the_interaction_costs_that_answer_only() {
    let discord = Discord::start().await;
    let (bot, _database) = start(&discord).await;
    let ada = discord.member(&EntryPoint::Gateway, GUILD, ADA);
    let mut all_lost = Vec::new();
    for limit in [std::time::Duration::from_hours(1), std::time::Duration::MAX] {
        discord.trouble(Trouble::rate_limit("/callback", 1, limit));
        let lost = ada.start_command("ping", json!({})).await;
        let path = format!("/interactions/{}/{}/callback", lost.id, lost.token());
        discord.asked(0, "POST ", &path).await;
        discord.end_troubles();
        all_lost.push(lost.id);
    }
    ada.command("ping", json!({})).await.must_show("Pong!");
    let (_, log) = bot.stop().await;
    assert_eq!(
        log.matches("an answer was not delivered").count(),
        2,
        "{log}"
    );
    for id in all_lost {
        assert!(log.contains(&id.to_string()), "{log}");
    }
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_faster_than_its_own_promise_is_sent_again() {
    let discord = Discord::start().await;
    let (bot, database) = start(&discord).await;
    let ada = discord.member(&bot.http(), GUILD, ADA);
    database.set(Mood::Slow);
    let interaction = ada.interaction(2, &ada.command_data("count", &json!({}), None), None);
    let (status, promise) = ada.post(bot.url.as_ref().unwrap(), &interaction).await;
    assert_eq!(status, 200, "{promise}");
    database.set(Mood::Well);
    // Discord has not read the promise yet when the answer comes.
    discord.asked(0, "PATCH ", "/@original").await;
    let sent = ada.sent(&interaction);
    discord.accept(sent.id, &promise);
    assert_eq!(sent.settled().await.number(), 0);
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_runs_between_requests_the_request_ends_with_the_answer() {
    for platform in ["AWS_LAMBDA_FUNCTION_NAME", "K_SERVICE"] {
        let discord = Discord::start().await;
        let database = Database::start().await;
        let start = database
            .behind(Start::new(&discord, "/nowhere".as_ref(), false, true))
            .set(platform, "documents");
        register(&start);
        let bot = start.go().await;
        let ada = discord.member(&bot.http(), GUILD, ADA);
        ada.command("ping", json!({})).await.must_show("Pong!");
        database.set(Mood::Slow);
        let interaction = ada.interaction(2, &ada.command_data("count", &json!({}), None), None);
        let sent = ada.sent(&interaction);
        let url = bot.url.clone().unwrap();
        let request = tokio::spawn(async move { ada.post(&url, &interaction).await });
        assert_eq!(sent.first().await.kind, 5, "promised by REST");
        assert!(!request.is_finished());
        database.set(Mood::Well);
        assert_eq!(request.await.unwrap(), (202, String::new()));
        assert_eq!(sent.settled().await.number(), 0);
        discord.assert_content();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_forms_and_completions_stand_a_slow_database() {
    let discord = Discord::start().await;
    let (bot, database) = start(&discord).await;
    for (ada, bob) in
        [(EntryPoint::Gateway, ADA), (bot.http(), ADA + 100)].map(|(entry_point, user)| {
            (
                discord.member(&entry_point, GUILD, user),
                discord.member(&entry_point, GUILD, user + 1),
            )
        })
    {
        for number in 0..6 {
            let name = json!({ "name": format!("cup{number}") });
            bob.neighbour(number).command("createdocument", name).await;
        }
        let found = ada.command("find", json!({})).await;
        let form = ada.command("insert", json!({ "name": "teapot" })).await;

        database.set(Mood::Slow);
        let pressed = ada.start_press(&found, "Next").await;
        assert_eq!(pressed.first().await.kind, 6, "the page stays for now");
        let submitted = ada.start_submit(&form, &[]).await;
        assert_eq!(submitted.first().await.kind, 5);
        // A window opens at once or not at all, and nobody waits for completions.
        let update = ada.command("update", json!({ "id": "teapot" })).await;
        assert!(update.is_new_and_ephemeral(), "{update:#?}");
        assert!(ada.complete("get", "id", "tea").await.is_empty());
        // Somebody else presses, and is told so alone although the page is everybody's.
        let refused = bob.start_press(&found, "Next").await;
        assert_eq!(refused.first().await.kind, 6);

        database.set(Mood::Well);
        pressed.settled().await.must_show("Page 2");
        submitted.settled().await.must_show("teapot");
        let refused = refused.followed_up().await;
        assert!(refused.is_ephemeral(), "{refused:#?}");
        assert!(
            !refused.is_loading,
            "the page is left as it was: {refused:#?}"
        );
    }
    discord.assert_content();
}
