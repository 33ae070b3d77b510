//! Opens the entry points that the settings name, and closes them in order.

use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use shared::Startup;
use shared::http::{HttpOptions, health, layers};
use shared::serve::{serve_prepared, stop_requested};
use tokio::sync::oneshot;

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
/// nothing more, and gives what is under way the time of `SHUTDOWN_SECONDS`. Until `app` is made, which takes its
/// database, only the health checks answer.
///
/// # Errors
///
/// When one cannot be opened: the token is not accepted, or the port is taken; and those of `app`.
pub async fn open(
    app: impl Future<Output = anyhow::Result<AppState>>,
    startup: &Startup,
    settings: &Settings,
    discord: &DiscordSettings,
) -> anyhow::Result<()> {
    let base = discord.api_base.as_deref();
    let rest = Rest::new(base.unwrap_or(DISCORD), discord.token.as_ref())?;
    let (started, start) = oneshot::channel();
    let underway = OnceLock::new();
    let http = async {
        let router = async {
            let app = app.await?;
            let application_id = discord.application_id;
            let (responder, all) = Responder::new(app.clone(), rest.clone(), application_id);
            underway.set(all).ok();
            let router = router(&app, responder.clone(), discord)?;
            // Without a token nobody waits for it.
            started.send(responder).ok();
            Ok(router)
        };
        if discord.public_key.is_none() && !discord.answers_probes {
            return router.await.map(drop);
        }
        let starting = shared::http::starting(startup, options());
        serve_prepared(router, starting, &settings.serve, |_| ()).await
    };
    let gateway = async {
        let (Some(token), Ok(responder)) = (&discord.token, start.await) else {
            return Ok(());
        };
        let connected = gateway::run(responder, &rest, base, token);
        let (ended, ()) = tokio::join!(connected, register::first_time(discord, &rest));
        ended
    };
    tokio::try_join!(http, gateway)?;
    let Some(underway) = underway.into_inner() else {
        return Ok(());
    };
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
    let schema = app.store.schema.clone();
    let mut routes = health::routes(move || {
        let schema = schema.clone();
        async move { schema.answers().await }
    });
    if let Some(key) = &discord.public_key {
        let is_frozen = discord.is_frozen_between_requests;
        routes = routes.merge(interactions::routes(responder, key, is_frozen)?);
    }
    Ok(layers(routes, options()))
}

fn options() -> HttpOptions {
    HttpOptions {
        body_limit: BODY_LIMIT,
        timeout: TIMEOUT,
        ..HttpOptions::default()
    }
}
