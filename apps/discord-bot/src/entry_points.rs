//! Opens the entry points that the settings name, and closes them in order.

use std::time::Duration;

use axum::Router;
use shared::http::{HttpOptions, health, layers};
use shared::serve::stop_requested;

use crate::discord::{DISCORD, Rest};
use crate::responder::Responder;
use crate::settings::{DiscordSettings, Settings};
use crate::state::AppState;
use crate::{gateway, interactions, register};

/// Five inputs of 4,000 characters, each written as `\uXXXX\uXXXX`, and as much again around them.
const BODY_LIMIT: usize = 512 * 1024;

/// Longer than the database may take: a request that is kept open ends with its answer.
const TIMEOUT: Duration = Duration::from_mins(2);

/// Answers through the gateway, over HTTP, or both, until the process is asked to stop; then takes
/// nothing more, and gives what is under way the time of `SHUTDOWN_SECONDS`.
///
/// # Errors
///
/// When one cannot be opened: the token is not accepted, or the port is taken.
pub async fn open(
    app: AppState,
    settings: &Settings,
    discord: &DiscordSettings,
) -> anyhow::Result<()> {
    let base = discord.api_base.as_deref();
    let rest = Rest::new(base.unwrap_or(DISCORD), discord.token.as_ref())?;
    let (responder, underway) = Responder::new(app.clone(), rest.clone(), discord.application_id);
    let http = {
        let responder = responder.clone();
        async move {
            if discord.public_key.is_none() && !discord.answers_probes {
                return Ok(());
            }
            let router = router(&app, responder, discord)?;
            shared::serve(router, &settings.serve).await
        }
    };
    let gateway = async move {
        let Some(token) = &discord.token else {
            return Ok(());
        };
        let connected = gateway::run(responder, &rest, base, token);
        let (ended, ()) = tokio::join!(connected, register::first_time(discord, &rest));
        ended
    };
    tokio::try_join!(http, gateway)?;
    tokio::select! {
        () = underway.finish(settings.serve.drain) => {}
        // Whoever asks a second time does not want to wait for anyone.
        () = stop_requested() => {}
    }
    Ok(())
}

/// The HTTP entry point and the health checks; without a public key only these.
fn router(
    app: &AppState,
    responder: Responder,
    discord: &DiscordSettings,
) -> anyhow::Result<Router> {
    let mut routes = health::routes(app.store.database().clone());
    if let Some(key) = &discord.public_key {
        let is_frozen = discord.is_frozen_between_requests;
        routes = routes.merge(interactions::routes(responder, key, is_frozen)?);
    }
    let options = HttpOptions {
        body_limit: BODY_LIMIT,
        timeout: TIMEOUT,
        ..HttpOptions::default()
    };
    Ok(layers(routes, options))
}
