//! The gateway: a WebSocket that the bot keeps open to Discord, for a laptop or a container.
//!
//! serenity keeps it: heartbeats, RESUME after a lost connection, and as many shards as Discord
//! advises. No intents are asked for: interactions come without.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serenity::all::{
    BotGateway, Context, EventHandler, GatewayError, GatewayIntents, Interaction, Ready,
};
use serenity::async_trait;
use serenity::client::{Client, ClientBuilder};
use serenity::http::{HttpBuilder, Route};
use shared::serve::stop_requested;
use tokio::time::{sleep, timeout};
use tracing::Instrument as _;

use crate::discord::{DISCORD, Rest, interaction};
use crate::responder::Responder;

/// How long one question to Discord may take, rate limits included.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait before asking again whether Discord can be reached.
const AGAIN: Duration = Duration::from_secs(5);
/// How long closing the connection may take.
const LEAVE: Duration = Duration::from_secs(5);

/// Stays connected and answers until the process is asked to stop, then closes the connection;
/// what is under way then is the responder's affair.
///
/// # Errors
///
/// When Discord does not accept the token. A network that is away is waited for.
pub async fn run(
    responder: Responder,
    rest: &Rest,
    base: Option<&str>,
    token: &SecretString,
) -> anyhow::Result<()> {
    let mut stop = pin!(stop_requested());
    let connected = async {
        let advice = advice(rest).await?;
        let client = client(responder, &advice, base.unwrap_or(DISCORD), token).await?;
        anyhow::Ok((client, advice.shards))
    };
    let (mut client, shards) = tokio::select! {
        // First, so that a signal is heard from the first request on.
        biased;
        () = &mut stop => return Ok(()),
        connected = connected => connected?,
    };
    let manager = Arc::clone(&client.shard_manager);
    tokio::select! {
        ended = client.start_shards(shards) => ended.map_err(explain),
        () = &mut stop => {
            tracing::info!("leaving the gateway");
            // A shard that looks for Discord does not listen; the process ends all the same.
            timeout(LEAVE, manager.shutdown_all()).await.unwrap_or(());
            Ok(())
        }
    }
}

/// Where the gateway is, and how many shards it takes; waits for Discord to be reached.
async fn advice(rest: &Rest) -> anyhow::Result<BotGateway> {
    loop {
        let nothing = None::<&()>;
        match rest
            .fetch(Method::GET, Route::GatewayBot, nothing, PATIENCE)
            .await
        {
            Ok(advice) => return Ok(advice),
            Err(error) if error.may_pass() => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "Discord cannot be reached; trying again soon"
                );
                sleep(AGAIN).await;
            }
            Err(error) if error.is_unauthorized() => return Err(wrong_token()),
            Err(error) => return Err(error).context("asking Discord for its gateway"),
        }
    }
}

async fn client(
    responder: Responder,
    advice: &BotGateway,
    base: &str,
    token: &SecretString,
) -> anyhow::Result<Client> {
    // serenity's rate limiter would not go through a proxy. It has nothing to do here: answers go
    // through `Rest`.
    let http = HttpBuilder::new(token.expose_secret())
        .proxy(base)
        .ratelimiter_disabled(true)
        .build();
    let client = ClientBuilder::new_with_http(http, GatewayIntents::empty())
        .event_handler(Handler { responder })
        .await
        .context("preparing the gateway")?;
    advice.url.clone_into(&mut *client.ws_url.lock().await);
    Ok(client)
}

/// serenity runs every event in a task of its own.
struct Handler {
    responder: Responder,
}

#[async_trait]
impl EventHandler for Handler {
    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        let incoming = interaction::read(interaction);
        let span = tracing::info_span!("gateway", interaction.id = %incoming.id.0);
        self.responder.answer(incoming).instrument(span).await;
    }

    async fn ready(&self, _: Context, ready: Ready) {
        let shard = ready.shard.map_or(0, |shard| shard.id.0);
        tracing::info!(bot = ready.user.name, shard, "connected to Discord");
    }
}

fn explain(error: serenity::Error) -> anyhow::Error {
    match error {
        serenity::Error::Gateway(GatewayError::InvalidAuthentication) => wrong_token(),
        error => anyhow::Error::new(error).context("staying on Discord's gateway"),
    }
}

fn wrong_token() -> anyhow::Error {
    anyhow::anyhow!(
        "Discord does not accept DISCORD_TOKEN: it is on https://discord.com/developers/applications → your application → \
         Bot → Reset Token"
    )
}
