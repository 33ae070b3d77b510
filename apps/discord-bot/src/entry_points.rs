//! Opens the entry points that the settings name, and closes them in order.

use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use shared::Startup;
use shared::http::{HttpOptions, health, layers};
use shared::serve::{serve_prepared, stop_requested};
use tokio::sync::oneshot; // cut: gateway

use crate::discord::{DISCORD, Rest};
use crate::gateway; // cut: gateway
use crate::interactions; // cut: HTTP entry point
use crate::register; // cut: gateway
use crate::responder::Responder;
use crate::settings::{DiscordSettings, Settings};
use crate::state::AppState;

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
    let (started, start) = oneshot::channel(); // cut: gateway
    let underway = OnceLock::new();
    let http = async {
        let router = async {
            let app = app.await?;
            let application_id = discord.application_id;
            let (responder, all) = Responder::new(app.clone(), rest.clone(), application_id);
            underway.set(all).ok();
            let routes = health_checks(&app);
            // cut: HTTP entry point
            let routes = if let Some(key) = &discord.public_key {
                let is_frozen = discord.is_frozen_between_requests;
                routes.merge(interactions::routes(responder.clone(), key, is_frozen)?)
            } else {
                routes
            };
            // end: HTTP entry point
            // cut: gateway
            // Without a token nobody waits for it.
            started.send(responder).ok();
            // end: gateway
            Ok(layers(routes, options()))
        };
        if discord.public_key.is_none() && !discord.answers_probes {
            return router.await.map(drop);
        }
        let starting = shared::http::starting(startup, options());
        serve_prepared(router, starting, &settings.serve, |_| ()).await
    };
    // cut: gateway
    let gateway = async {
        let (Some(token), Ok(responder)) = (&discord.token, start.await) else {
            return Ok(());
        };
        let connected = gateway::run(responder, &rest, base, token);
        let (ended, ()) = tokio::join!(connected, register::first_time(discord, &rest));
        ended
    };
    let http = async { tokio::try_join!(http, gateway).map(drop) };
    // end: gateway
    http.await?;
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

/// `/health/live` and `/health/ready`.
fn health_checks(app: &AppState) -> Router {
    let schema = app.store.schema.clone();
    health::routes(move || {
        let schema = schema.clone();
        async move { schema.answers().await }
    })
}

fn options() -> HttpOptions {
    HttpOptions {
        body_limit: BODY_LIMIT,
        timeout: TIMEOUT,
        ..HttpOptions::default()
    }
}
