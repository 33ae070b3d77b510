//! Requests to the DevOps API and their answers.

use std::sync::Arc;
use std::time::Duration;

use http::header::{AUTHORIZATION, LOCATION, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::deadline::Deadline;
use crate::endpoint::Environment;
use crate::error::{DevOpsError, DevOpsProblem, DevOpsRefusal, Error, Result};
use crate::options::Options;
use crate::timeouts::TimeoutCategory;
use crate::transport::{FailedAttempt, HttpSettings, TOKEN, secret_value};

/// How the DevOps API of an environment is reached.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    http: reqwest::Client,
    /// Without a slash at the end.
    root: Arc<str>,
}

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    /// Below the root, with its query.
    pub(super) path: String,
    pub(super) body: Option<String>,
    /// What an error says did not happen, such as "the databases could not be listed".
    pub(super) failed: &'static str,
}

impl Request {
    pub(super) fn get(path: impl Into<String>, failed: &'static str) -> Self {
        Self::new(Method::GET, path, failed)
    }

    pub(super) fn new(method: Method, path: impl Into<String>, failed: &'static str) -> Self {
        Self {
            method,
            path: path.into(),
            body: None,
            failed,
        }
    }

    fn error(&self, refusal: DevOpsRefusal) -> DevOpsError {
        DevOpsError::new(self.failed, refusal)
    }
}

/// A success.
pub(super) struct Answer {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    pub(super) fn json<T: DeserializeOwned>(&self, failed: &'static str) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|source| {
            let error = DevOpsError::new(failed, DevOpsRefusal::Unreadable);
            Error::DevOps(Box::new(error.caused_by(source)))
        })
    }

    /// The last part of `Location`: the id of what was created.
    pub(super) fn id(&self) -> Option<String> {
        let location = self.headers.get(LOCATION)?.to_str().ok()?;
        let id = location.trim_end_matches('/').rsplit('/').next()?;
        (!id.is_empty()).then(|| id.to_owned())
    }
}

impl Connection {
    pub(super) fn new(environment: Environment, options: &Options) -> Result<Self> {
        let root = match (&options.devops_url, environment) {
            (Some(url), _) => url.trim_end_matches('/'),
            (None, Environment::Astra) => "https://api.astra.datastax.com/v2",
            (None, Environment::AstraDev) => "https://api.dev.cloud.datastax.com/v2",
            (None, Environment::AstraTest) => "https://api.test.cloud.datastax.com/v2",
            (None, other) => {
                return Err(Error::config(format!(
                    "databases are administered on Astra alone, but the environment is {other}"
                )));
            }
        };
        // The version is that of the Data API's own server.
        let settings = HttpSettings {
            http2_prior_knowledge: false,
            ..HttpSettings::clone(&options.http)
        };
        Ok(Self {
            http: settings.client()?,
            root: root.into(),
        })
    }

    /// Sends a request until it succeeds, is refused, may not be repeated, or its time is up. What
    /// changes something is repeated only if nothing was done.
    pub(super) async fn send(
        &self,
        request: &Request,
        options: &Options,
        deadline: &Deadline,
    ) -> Result<Answer> {
        let policy = options.retry_policy();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let error = match self.attempt(request, options, deadline).await? {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let is_safe = request.method == Method::GET
                || error.status() == Some(StatusCode::TOO_MANY_REQUESTS.as_u16())
                || !error.is_outcome_unknown() && error.status().is_none();
            let passes = error.is_retryable() && error.status() != Some(409);
            let error = Error::DevOps(Box::new(error));
            let wait = policy.wait(&FailedAttempt {
                error: &error,
                attempts,
                is_idempotent: request.method == Method::GET,
            });
            let in_time = |wait: &Duration| deadline.remaining().is_none_or(|left| *wait < left);
            match wait.filter(in_time) {
                Some(wait) if is_safe && passes => tokio::time::sleep(wait).await,
                _ => return Err(error),
            }
        }
    }

    async fn attempt(
        &self,
        request: &Request,
        options: &Options,
        deadline: &Deadline,
    ) -> Result<Result<Answer, DevOpsError>> {
        let token = token(options).await?;
        let bearer = format!("Bearer {}", token.expose_secret()).into();
        let url = format!("{}{}", self.root, request.path);
        let mut sending = self
            .http
            .request(request.method.clone(), url)
            .header(USER_AGENT, options.user_agent()?)
            .header(AUTHORIZATION, secret_value(&AUTHORIZATION, &bearer)?);
        if let Some(body) = &request.body {
            sending = sending
                .header(http::header::CONTENT_TYPE, "application/json")
                .body(body.clone());
        }
        let of_attempt = options.timeouts.limit(TimeoutCategory::Attempt);
        let limits = [of_attempt, deadline.remaining()];
        if let Some(limit) = limits.into_iter().flatten().min() {
            sending = sending.timeout(limit);
        }
        Ok(self.judge(request, sending, &token).await)
    }

    async fn judge(
        &self,
        request: &Request,
        sending: reqwest::RequestBuilder,
        token: &SecretString,
    ) -> Result<Answer, DevOpsError> {
        let broken = |error: reqwest::Error| {
            let sent = !(error.is_connect() || error.is_builder());
            let refusal = DevOpsRefusal::Connection { sent };
            request.error(refusal).caused_by(error.without_url())
        };
        let mut response = sending.send().await.map_err(broken)?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let body = response.bytes().await.map_err(broken)?.to_vec();
        if status.is_success() {
            return Ok(Answer { headers, body });
        }
        let seconds = headers
            .get(RETRY_AFTER)
            .and_then(|text| text.to_str().ok()?.trim().parse().ok());
        Err(request.error(DevOpsRefusal::Status {
            status: status.as_u16(),
            problems: problems(&body, token),
            retry_after: seconds.map(Duration::from_secs),
        }))
    }
}

async fn token(options: &Options) -> Result<SecretString> {
    let Some(token) = &options.token else {
        return Err(Error::config(
            "the DevOps API needs a token: give the client an application token of Astra",
        ));
    };
    let token = token.current().await;
    let token = token.map_err(|source| Error::Credentials {
        target: "the DevOps API".to_owned(),
        source,
    })?;
    secret_value(&TOKEN, &token)?;
    Ok(token)
}

/// What a refusal says, without the token; nothing where a gateway answered.
fn problems(body: &[u8], token: &SecretString) -> Vec<DevOpsProblem> {
    #[derive(Deserialize)]
    struct Refused {
        errors: Vec<DevOpsProblem>,
    }
    let refused = serde_json::from_slice(body).map(|refused: Refused| refused.errors);
    let mut problems = refused.unwrap_or_default();
    for DevOpsProblem { message, .. } in &mut problems {
        *message = message.replace(token.expose_secret(), "[REDACTED]");
    }
    problems
}
