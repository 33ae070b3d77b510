//! The HTTP entry point opens to Discord alone, and to each interaction once.

use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::bot::{ADA, Bot, GUILD};
use crate::discord::{Discord, EntryPoint};

fn now() -> u64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()
}

/// A signed request, of which a test changes what it likes.
struct Post {
    timestamp: String,
    signature: String,
    content_type: &'static str,
    body: String,
}

impl Post {
    fn new(discord: &Discord, timestamp: u64, body: impl Into<String>) -> Self {
        let (timestamp, body) = (timestamp.to_string(), body.into());
        let signature = discord.sign(&timestamp, &body);
        Self {
            timestamp,
            signature,
            content_type: "application/json",
            body,
        }
    }

    async fn to(&self, bot: &Bot) -> (u16, Value) {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("content-type", self.content_type),
            ("x-signature-ed25519", &self.signature),
            ("x-signature-timestamp", &self.timestamp),
        ] {
            if !value.is_empty() {
                headers.insert(name, value.parse().unwrap());
            }
        }
        let url = format!("{}/interactions", bot.url.as_ref().unwrap());
        let request = reqwest::Client::new()
            .post(url)
            .headers(headers)
            .body(self.body.clone());
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (
            status,
            serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default(),
        )
    }
}

/// Discord's PING, as it comes when the address is entered in the developer portal.
fn ping() -> String {
    let user = json!({ "id": "1120000000000000001", "username": "ada", "discriminator": "0", "avatar": null });
    json!({
        "id": "1130000000000000009", "application_id": "1198622483471925248", "type": 1, "token": "aW50ZXJhY3Rpb246ping",
        "version": 1, "user": user, "entitlements": [],
    })
    .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ping_is_answered() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    for timestamp in [now(), now() - 240, now() + 240] {
        let (status, body) = Post::new(&discord, timestamp, ping()).to(&bot).await;
        assert_eq!((status, &body["type"]), (200, &json!(1)), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_discord_did_not_sign_is_refused() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    let stranger = Discord::start_with_key([8; 32]).await;
    let signed_by = |signature: &str| {
        let signature = signature.to_owned();
        Post {
            signature,
            ..Post::new(&discord, now(), ping())
        }
    };
    let post = || Post::new(&discord, now(), ping());
    let refused = [
        ("no signature", signed_by("")),
        (
            "no timestamp",
            Post {
                timestamp: String::new(),
                ..post()
            },
        ),
        ("no hex", signed_by(&"é".repeat(64))),
        ("too short", signed_by(&"00".repeat(63))),
        ("zeros", signed_by(&"00".repeat(64))),
        (
            "another body",
            Post {
                body: ping().replace("ada", "eve"),
                ..post()
            },
        ),
        (
            "another time",
            Post {
                timestamp: (now() - 1).to_string(),
                ..post()
            },
        ),
        ("another key", Post::new(&stranger, now(), ping())),
    ];
    for (what, post) in refused {
        let (status, body) = post.to(&bot).await;
        assert_eq!(status, 401, "{what}: {body}");
        assert!(body["detail"].is_string(), "{what}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_discord_did_not_sign_just_now_is_refused() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    for timestamp in [now() - 330, now() + 330, 0] {
        let (status, body) = Post::new(&discord, timestamp, ping()).to(&bot).await;
        assert_eq!(status, 401, "{timestamp}: {body}");
    }
    for odd in ["", "-5", "1e9", "99999999999999999999999"] {
        let post = Post {
            timestamp: odd.to_owned(),
            signature: discord.sign(odd, &ping()),
            ..Post::new(&discord, now(), ping())
        };
        let (status, body) = post.to(&bot).await;
        assert_eq!(status, 401, "{odd}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_but_no_interaction_is_told_so() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    let of = |body: &str| Post::new(&discord, now(), body);
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    for (body, status) in [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        ("null", 400),
        (r#"{"type":99,"id":"1","token":"a"}"#, 400),
        (
            r#"{"type":2,"id":"0","application_id":"0","token":"a"}"#,
            400,
        ),
        (r#"{"type":2,"id":"1","token":"a"}"#, 400),
        (&deep, 400),
        (&" ".repeat(600 * 1024), 413),
    ] {
        let answer = of(body).to(&bot).await;
        assert_eq!(answer.0, status, "{:.80}: {}", body, answer.1);
    }
    let (status, _) = Post {
        content_type: "text/plain",
        ..of(&ping())
    }
    .to(&bot)
    .await;
    assert_eq!(status, 415);
    let (status, _) = Post {
        content_type: "application/json; charset=utf-8",
        ..of(&ping())
    }
    .to(&bot)
    .await;
    assert_eq!(status, 200);
    let url = bot.url.clone().unwrap();
    for (path, status) in [
        ("/interactions", 405),
        ("/nothing", 404),
        ("/health/live", 200),
        ("/health/ready", 200),
    ] {
        assert_eq!(
            reqwest::get(format!("{url}{path}")).await.unwrap().status(),
            status,
            "{path}"
        );
    }
    // After all of that it still answers.
    discord
        .member(&bot.http(), GUILD, ADA)
        .command("ping", json!({}))
        .await
        .must_show("Pong!");
    discord.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_that_is_sent_again_is_carried_out_once() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    let ada = discord.member(&bot.http(), GUILD, ADA);
    let data = ada.command_data("createdocument", &json!({ "name": "teapot" }), None);
    let interaction = ada.interaction(2, &data, None);
    ada.deliver(&interaction)
        .await
        .settled()
        .await
        .must_show("teapot");
    let again = Post::new(&discord, now(), interaction.to_string());
    for _ in 0..2 {
        let (status, body) = again.to(&bot).await;
        assert_eq!(status, 409, "{body}");
    }
    // The gateway may say the same thing twice, too.
    let eve = discord.member(&EntryPoint::Gateway, GUILD, ADA);
    eve.deliver(&interaction).await;
    eve.command("ping", json!({})).await.must_show("Pong!");
    assert_eq!(ada.command("count", json!({})).await.number(), 1);
    let complaints = discord.take_complaints();
    assert!(
        complaints
            .iter()
            .all(|complaint| complaint.contains("40060")),
        "{complaints:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_with_one_id_are_carried_out_once() {
    let discord = Discord::start().await;
    let (bot, _data) = Bot::start(&discord).await;
    let ada = discord.member(&bot.http(), GUILD, ADA);
    let data = ada.command_data("createdocument", &json!({ "name": "teapot" }), None);
    let post = Post::new(&discord, now(), ada.interaction(2, &data, None).to_string());
    let answers = futures_util::future::join_all((0..20).map(|_| post.to(&bot))).await;
    let count = |status| answers.iter().filter(|answer| answer.0 == status).count();
    assert_eq!((count(200), count(409)), (1, 19));
    assert_eq!(ada.command("count", json!({})).await.number(), 1);
    discord.assert_content();
}
