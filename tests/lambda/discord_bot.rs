//! The bot's HTTP door, invoked.

use std::time::UNIX_EPOCH;

use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};

use crate::event::{Event, Gateway};
use crate::function::Function;

/// The application's identity at Discord.
struct Discord(SigningKey);

impl Discord {
    fn public_key(&self) -> String {
        hex(self.0.verifying_key().as_bytes())
    }

    fn interaction(&self, gateway: Gateway, body: &Value) -> Event {
        let body = body.to_string();
        let timestamp = UNIX_EPOCH.elapsed().unwrap().as_secs().to_string();
        let signature = self.0.sign(format!("{timestamp}{body}").as_bytes());
        gateway
            .request("POST", "/interactions")
            .uncompressed()
            .header("x-signature-ed25519", &hex(&signature.to_bytes()))
            .header("x-signature-timestamp", &timestamp)
            .body("application/json", &body)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn ping() -> Value {
    let user = json!({"id": "1120000000000000001", "username": "ada", "discriminator": "0", "avatar": null});
    json!({
        "id": "1130000000000000009", "application_id": "1198622483471925248", "type": 1, "version": 1,
        "token": "aW50ZXJhY3Rpb246cGluZw", "user": user, "entitlements": [],
    })
}

/// `/ping`, which asks no database and so cannot be late.
fn ping_command() -> Value {
    let user = json!({
        "id": "1120000000000000001", "username": "ada", "discriminator": "0", "global_name": "Ada", "avatar": null,
    });
    let member = json!({
        "user": user, "nick": null, "avatar": null, "roles": [], "joined_at": "2025-01-05T10:00:00.000000+00:00",
        "deaf": false, "mute": false, "flags": 0, "pending": false, "permissions": "562949953421311",
    });
    let millis = UNIX_EPOCH.elapsed().unwrap().as_millis();
    let id = (millis - 1_420_070_400_000) << 22;
    json!({
        "id": id.to_string(), "application_id": "1198622483471925248", "type": 2, "version": 1,
        "token": "aW50ZXJhY3Rpb246Y29tbWFuZA", "guild_id": "1100000000000000001",
        "guild": {"id": "1100000000000000001", "locale": "en-US", "features": []},
        "channel_id": "1100000000000000002", "member": member, "locale": "en-US", "guild_locale": "en-US",
        "channel": {"id": "1100000000000000002", "type": 0, "name": "general", "permissions": "562949953421311"},
        "data": {"id": "1110000000000000001", "name": "ping", "type": 1, "options": []},
        "entitlements": [], "authorizing_integration_owners": {"0": "1100000000000000001"}, "context": 0,
        "app_permissions": "562949953421311", "attachment_size_limit": 10_485_760,
    })
}

#[tokio::test]
async fn what_discord_signed_is_answered_and_nothing_else() {
    let discord = Discord(SigningKey::from_bytes(&[7; 32]));
    let public_key = discord.public_key();
    let variables = [
        ("DISCORD_APPLICATION_ID", "1198622483471925248"),
        ("DISCORD_PUBLIC_KEY", public_key.as_str()),
    ];
    let Some(bot) = Function::start("discord-bot", &variables).await else {
        return;
    };
    for gateway in Gateway::ALL {
        let pong = bot.invoke(discord.interaction(gateway, &ping())).await;
        assert_eq!(pong.must_be(200).json()["type"], 1);
        let answered = discord.interaction(gateway, &ping_command());
        let answer = bot.invoke(answered).await.must_be(200).json();
        assert_eq!(answer["type"], 4, "{answer}");
        let forged = discord
            .interaction(gateway, &ping())
            .header("x-signature-timestamp", "1700000000");
        bot.invoke(forged).await.must_be(401);
    }
}
