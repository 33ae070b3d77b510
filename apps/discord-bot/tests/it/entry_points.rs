//! Every command, button and form, through the gateway and the same through signed HTTP.

use serde_json::json;

use crate::bot::{ADA, Bot, GUILD};
use crate::discord::{Discord, EntryPoint, Member, Reply};

const ELSEWHERE: u64 = GUILD + 77;

/// Somebody before each of the entry points, in a guild of their own.
fn members(discord: &Discord, bot: &Bot) -> [Member; 2] {
    [
        discord.member(&EntryPoint::Gateway, GUILD, ADA),
        discord.member(&bot.http(), GUILD + 1000, ADA + 1000),
    ]
}

/// Inserts a document through the form, and answers its id.
async fn insert(member: &Member, name: &str, body: &str) -> String {
    let form = member.command("insert", json!({})).await;
    let inserted = member
        .submit(&form, &[("name", name), ("body", body)])
        .await;
    assert_eq!(inserted.kind, 4, "{inserted:#?}");
    form.interaction_id.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn ping_answers() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    for ada in members(&discord, &bot) {
        let pong = ada.command("ping", json!({})).await;
        assert!(!pong.is_ephemeral());
        pong.must_show("Pong!");
    }
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_created_inserted_counted_and_got() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    for ada in members(&discord, &bot) {
        ada.command("createdocument", json!({}))
            .await
            .must_show("I am a document");
        ada.command("createdocument", json!({ "name": "kettle" }))
            .await
            .must_show("kettle");
        let form = ada.command("insert", json!({ "name": "teapot" })).await;
        let inserted = ada
            .submit(&form, &[("body", r#"{ "colour": "red", "price": 12.50 }"#)])
            .await;
        let id = form.interaction_id.to_string();
        // What was typed with the command is in the form already.
        inserted.must_show("teapot").must_show("red").must_show(&id);
        assert_eq!(ada.command("count", json!({})).await.number(), 3);
        assert_eq!(
            ada.command("count", json!({ "filter": r#"{"colour": "red"}"# }))
                .await
                .number(),
            1
        );
        let dear = json!({ "field": "price", "operator": "gt", "value": "20" });
        assert_eq!(ada.command("count", dear).await.number(), 0);
        ada.command("get", json!({ "id": id }))
            .await
            .must_show("teapot")
            .must_show("12.5")
            .must_show("Ada");
        ada.command("get", json!({ "id": "kettle" }))
            .await
            .must_show("kettle");
    }
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_paged_by_its_buttons() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    for ada in members(&discord, &bot) {
        for number in 0..12 {
            let someone = ada.neighbour(100 + number);
            insert(
                &someone,
                &format!("cup{number:02}"),
                &format!(r#"{{"size": {number}}}"#),
            )
            .await;
        }
        let shows = |page: &Reply, shown: std::ops::Range<u64>| {
            let text = page.text();
            for number in 0..12 {
                assert_eq!(
                    text.contains(&format!("cup{number:02}")),
                    shown.contains(&number),
                    "{number}: {text}"
                );
            }
        };
        let options = json!({ "field": "size", "operator": "lt", "value": "11", "sort": "size" });
        let first = ada.command("find", options).await.must_show("11 documents");
        shows(&first, 0..5);
        assert!(first.button("Previous").is_none());
        let second = ada.press(&first, "Next").await;
        assert_eq!(second.kind, 7, "in place of the first page");
        shows(&second, 5..10);
        let third = ada.press(&second, "Next").await;
        shows(&third, 10..11);
        assert!(third.button("Next").is_none());
        let second = ada.press(&third, "Previous").await;
        shows(&second, 5..10);
        shows(&ada.press(&second, "Previous").await, 0..5);

        // The buttons are for whoever searched, where the search was.
        let next = first.button("Next").unwrap();
        let bob = ada.neighbour(1);
        let refused = bob.press_id(&first, &next).await;
        assert!(refused.is_new_and_ephemeral(), "{refused:#?}");
        let abroad = ada.in_guild(ELSEWHERE);
        let refused = abroad.press_id(&first, &next).await;
        assert!(refused.is_new_and_ephemeral(), "{refused:#?}");
        refused.must_not_show("cup");
    }
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_updated_through_a_form() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    for ada in members(&discord, &bot) {
        let id = insert(&ada, "teapot", r#"{"colour": "red"}"#).await;
        let form = ada.command("update", json!({ "id": id })).await;
        assert_eq!(form.input("name"), "teapot");
        assert!(form.input("body").contains("red"), "{form:#?}");
        let late = form.clone();
        ada.submit(&form, &[("body", r#"{"colour": "blue"}"#)])
            .await
            .must_show("blue")
            .must_not_show("red");
        ada.command("get", json!({ "id": id }))
            .await
            .must_show("blue")
            .must_show("teapot");
        // Whoever had the older one open loses nobody's change, and keeps what was typed.
        let refused = ada
            .submit(&late, &[("body", r#"{"colour": "green"}"#)])
            .await;
        assert!(refused.is_ephemeral());
        refused.must_show("green");
        ada.command("get", json!({ "id": id }))
            .await
            .must_show("blue");
        let abroad = ada.in_guild(ELSEWHERE);
        let refused = abroad.submit(&late, &[("body", "{}")]).await;
        assert!(refused.is_ephemeral(), "{refused:#?}");
    }
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_deleted_after_a_second_thought() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    for ada in members(&discord, &bot) {
        let id = insert(&ada, "teapot", r#"{"colour": "red"}"#).await;
        let asked = ada.command("delete", json!({ "id": id })).await;
        assert!(asked.is_ephemeral());
        let kept = ada.press(&asked, "Keep").await;
        assert_eq!(
            (kept.kind, kept.button("Delete")),
            (7, None),
            "the buttons are gone"
        );
        ada.command("get", json!({ "id": id }))
            .await
            .must_show("teapot");

        let yes = asked.button("Delete").unwrap();
        let abroad = ada.in_guild(ELSEWHERE);
        abroad.press_id(&asked, &yes).await;
        let bob = ada.neighbour(1);
        assert!(bob.press_id(&asked, &yes).await.is_new_and_ephemeral());
        ada.command("get", json!({ "id": id }))
            .await
            .must_show("teapot");

        let deleted = ada.press(&asked, "Delete").await.must_show("deleted");
        assert!(deleted.button("Delete").is_none());
        let gone = ada.command("get", json!({ "id": id })).await;
        assert!(gone.is_ephemeral());
        assert_eq!(ada.command("count", json!({})).await.number(), 0);
    }
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn completions_are_offered_while_typing() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    for ada in members(&discord, &bot) {
        let teapot = insert(&ada, "Teapot", r#"{"colour": "red"}"#).await;
        let kettle = insert(&ada, "Kettle", r#"{"price": 5}"#).await;
        for command in ["get", "update", "delete"] {
            assert_eq!(
                ada.complete(command, "id", "tea").await,
                [teapot.as_str()],
                "/{command}"
            );
        }
        assert_eq!(
            ada.complete("get", "id", "").await,
            [kettle.as_str(), teapot.as_str()]
        );
        assert_eq!(ada.complete("find", "field", "col").await, ["colour"]);
        assert_eq!(
            ada.complete("find", "sort", "price").await,
            ["price", "-price"]
        );
        assert_eq!(ada.complete("count", "field", "pri").await, ["price"]);
        let abroad = ada.in_guild(ELSEWHERE);
        assert!(abroad.complete("get", "id", "tea").await.is_empty());
    }
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_never_sees_what_another_has() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    for ada in members(&discord, &bot) {
        let abroad = ada.in_guild(ELSEWHERE);
        let id = insert(&ada, "teapot", r#"{"colour": "red"}"#).await;
        for (command, options) in [
            ("get", json!({ "id": id })),
            ("update", json!({ "id": id })),
            ("delete", json!({ "id": id })),
            ("get", json!({ "id": "teapot" })),
        ] {
            let refused = abroad.command(command, options).await;
            assert!(refused.is_ephemeral(), "/{command}: {refused:#?}");
            refused.must_not_show("red");
        }
        assert_eq!(abroad.command("count", json!({})).await.number(), 0);
        abroad
            .command("find", json!({}))
            .await
            .must_not_show("teapot");
    }
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_of_a_guild_the_bot_says_where_it_works() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    for ada in members(&discord, &bot) {
        let mut interaction =
            ada.interaction(2, &ada.command_data("count", &json!({}), None), None);
        let parts = interaction.as_object_mut().unwrap();
        let member = parts.remove("member").unwrap();
        parts.insert("user".to_owned(), member["user"].clone());
        for guilds in ["guild_id", "guild", "guild_locale"] {
            parts.remove(guilds);
        }
        let reply = ada.deliver(&interaction).await.settled().await;
        assert!(reply.is_ephemeral());
        reply.must_show("server");
    }
    discord.assert_content();
}
