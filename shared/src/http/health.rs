//! Whether the process is up, and whether it can do its work: the routes that say so, and the question.

use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::time::timeout;

use crate::http::Problem;
use crate::http::problem::RELOAD;
use crate::startup::Startup;
use crate::unavailable::Unavailable;

/// How long the database may take to answer before the application counts as not ready.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long whoever asks waits: longer than that, so that it hears what is the matter.
const PROBE_PATIENCE: Duration = Duration::from_secs(4);

/// Two routes for those who run the application: `/health/live` answers as long as the process does, `/health/ready`
/// only while the database answers too (else 503, and why). `ask` reads one document or row by its key: lists of schemas may
/// never answer on a cluster whose data commands do.
///
/// A supervisor restarts what is not live and sends no visitors to what is not ready: a database that is away for a
/// minute is no reason to restart.
pub fn routes<S, F>(ask: impl Fn() -> F + Clone + Send + Sync + 'static) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    F: Future<Output = Result<(), astra_db::Error>> + Send,
{
    let ready = move || {
        let answer = ask();
        async move { ready(answer).await }
    };
    live().route("/health/ready", get(ready))
}

/// The same two routes of an application that is starting: it is live, and not ready.
pub(crate) fn starting(startup: Startup) -> Router {
    let ready = move || std::future::ready(problem(&startup));
    live().route("/health/ready", get(ready))
}

/// What an application answers while it starts.
pub(crate) fn problem(startup: &Startup) -> Problem {
    let problem = match startup.reason() {
        Some(reason) => Problem::unavailable(reason),
        None => Problem::new(StatusCode::SERVICE_UNAVAILABLE)
            .detail("This is starting and will be ready in a moment.")
            .reload_after(RELOAD),
    };
    problem.already_logged()
}

fn live<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/health/live", get(|| async { "live" }))
}

async fn ready(
    answer: impl Future<Output = Result<(), astra_db::Error>>,
) -> Result<&'static str, Problem> {
    match timeout(PATIENCE, answer).await {
        Ok(Ok(())) => Ok("ready"),
        Ok(Err(error)) => Err(Problem::unavailable(Unavailable::of(&error)).source(error)),
        Err(late) => Err(Problem::unavailable(Unavailable::Away).source(late)),
    }
}

/// Asks a server on this machine whether it is ready, for health checks that have no shell and no curl, as in a container:
/// `Ok` where `url` answers with success.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let error = shared::http::health::ask("http://127.0.0.1:1/health/ready").await.unwrap_err();
/// assert!(error.to_string().starts_with("nothing answers on http://127.0.0.1:1/health/ready"));
/// # })
/// ```
///
/// # Errors
///
/// One sentence: nothing answers there, or what does answer is not ready.
pub async fn ask(url: &str) -> anyhow::Result<()> {
    let client = reqwest::Client::builder()
        // A proxy for the way out is none for the way to oneself.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PROBE_PATIENCE)
        .build()
        .context("preparing the question")?;
    let answer = match client.get(url).send().await {
        Ok(answer) => answer,
        Err(error) if error.is_timeout() => {
            bail!("no answer from {url} within {} s", PROBE_PATIENCE.as_secs())
        }
        Err(_) => bail!("nothing answers on {url}"),
    };
    if !answer.status().is_success() {
        bail!("not ready: {url} answers {}", answer.status());
    }
    Ok(())
}
