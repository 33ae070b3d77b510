//! Discord's REST API: the few requests the bot makes, with the waiting that Discord asks for.
//!
//! Paths and models are serenity's. Its HTTP client is not used here: its rate limiter does not go through a proxy, and
//! keeps an entry for every interaction there ever was, as each interaction is a bucket of its own.

use std::fmt;
use std::time::Duration;

use anyhow::Context as _;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serenity::constants::USER_AGENT;
use serenity::http::Route;
use tokio::time::{Instant, sleep_until};

/// Where Discord is.
pub const DISCORD: &str = "https://discord.com";
/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often a request is sent that is not answered, or answered with a fault of Discord's own.
const ATTEMPTS: u32 = 5;

/// A client for Discord's REST API; clones share its connections.
#[derive(Clone)]
pub struct Rest {
    client: reqwest::Client,
    base: String,
}

/// Why a request to Discord failed. Never holds a token: neither the bot's nor an interaction's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestError {
    /// Discord did not answer.
    #[error("Discord was not reached")]
    Unreachable(#[source] reqwest::Error),
    /// Discord said no.
    #[error("Discord answered {status}: {message} (code {code})")]
    Refused {
        /// The HTTP status.
        status: StatusCode,
        /// Discord's own code: <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>.
        code: u32,
        /// Discord's words.
        message: String,
    },
    /// The rate limit lasts longer than the answer is good for.
    #[error("Discord asks to wait for {0:?}, which is too long")]
    RateLimited(Duration),
    /// Discord's answer was not understood.
    #[error("Discord's answer was not understood")]
    Decode(#[source] serde_json::Error),
}

/// What Discord writes into the body of an error.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Refusal {
    code: u32,
    message: String,
    /// Seconds, with a 429; more exact than the header.
    retry_after: Option<f64>,
}

impl Rest {
    /// A client for the API at `base`, which is [`DISCORD`] or a proxy before it. The token is the bot's; answering
    /// interactions takes none.
    pub fn new(base: &str, token: Option<&SecretString>) -> anyhow::Result<Self> {
        let mut headers = HeaderMap::new();
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(&format!("Bot {}", token.expose_secret()))
                .map_err(|_| anyhow::anyhow!("DISCORD_TOKEN has a character that no token has"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let client = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .default_headers(headers)
            .timeout(TIMEOUT)
            .build()
            .context("preparing the connection to Discord")?;
        Ok(Self {
            client,
            base: base.trim_end_matches('/').to_owned(),
        })
    }

    /// Sends a request until it is answered, but no longer than `patience`: waits as long as Discord says, and tries
    /// again where Discord or the network failed.
    pub(crate) async fn send(
        &self,
        method: Method,
        route: Route<'_>,
        body: Option<&(impl Serialize + Sync)>,
        patience: Duration,
    ) -> Result<Vec<u8>, RestError> {
        let url = route.path().replace(DISCORD, &self.base);
        let body = body
            .map(serde_json::to_vec)
            .transpose()
            .map_err(RestError::Decode)?;
        let give_up = Instant::now() + patience;
        let mut attempt = 1;
        loop {
            let mut request = self.client.request(method.clone(), &url);
            if let Some(body) = &body {
                request = request
                    .header(CONTENT_TYPE, "application/json")
                    .body(body.clone());
            }
            let failure = match outcome(request).await {
                Ok(bytes) => return Ok(bytes),
                Err(failure) => failure,
            };
            let pause = match &failure {
                RestError::RateLimited(pause) => *pause,
                failure if failure.is_passing() && attempt < ATTEMPTS => {
                    attempt += 1;
                    Duration::from_millis(100) * 2_u32.pow(attempt)
                }
                _ => return Err(failure),
            };
            let again = Instant::now().checked_add(pause);
            let Some(again) = again.filter(|again| *again <= give_up) else {
                return Err(failure);
            };
            tracing::debug!(?pause, "asking Discord again");
            sleep_until(again).await;
        }
    }

    /// The same, with an answer.
    pub(crate) async fn fetch<T: serde::de::DeserializeOwned>(
        &self,
        method: Method,
        route: Route<'_>,
        body: Option<&(impl Serialize + Sync)>,
        patience: Duration,
    ) -> Result<T, RestError> {
        let bytes = self.send(method, route, body, patience).await?;
        serde_json::from_slice(&bytes).map_err(RestError::Decode)
    }
}

/// Sends once.
async fn outcome(request: reqwest::RequestBuilder) -> Result<Vec<u8>, RestError> {
    // The URL holds the token of the interaction.
    let unreachable = |error: reqwest::Error| RestError::Unreachable(error.without_url());
    let response = request.send().await.map_err(unreachable)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.bytes().await.map_err(unreachable)?;
    if status.is_success() {
        return Ok(bytes.into());
    }
    let refusal: Refusal = serde_json::from_slice(&bytes).unwrap_or_default();
    if status == StatusCode::TOO_MANY_REQUESTS {
        let header = headers
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        let seconds = refusal.retry_after.or(header).unwrap_or(1.0);
        let pause = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        return Err(RestError::RateLimited(pause));
    }
    Err(RestError::Refused {
        status,
        code: refusal.code,
        message: refusal.message,
    })
}

impl RestError {
    /// Whether the same request may well succeed in a moment.
    fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            // 10015, "unknown webhook": what is to be edited was promised in a response that Discord
            // has not read yet.
            Self::Refused { status, code, .. } => status.is_server_error() || *code == 10015,
            Self::RateLimited(_) | Self::Decode(_) => false,
        }
    }

    // cut: gateway
    /// Whether it is worth asking again later.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::RateLimited(_)) || self.is_passing()
    }
    // end: gateway

    /// Whether the interaction has its answer already: 40060, "already been acknowledged".
    pub(crate) fn is_answered_already(&self) -> bool {
        matches!(self, Self::Refused { code: 40060, .. })
    }

    /// Whether the token of the bot is not accepted.
    pub(crate) fn is_unauthorized(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                status: StatusCode::UNAUTHORIZED,
                ..
            }
        )
    }
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}
