//! Sends one call until it succeeds, may not be repeated, or its time is up. Written once, for
//! every command.

mod answer;
mod events;

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::time::{Instant, timeout, timeout_at};
use tracing::Instrument;

use crate::call_info::{CallInfo, Target};
use crate::command::{Call, Envelope, Reply};
use crate::deadline::{AttemptLimit, Deadline};
use crate::error::{Error, Result};
use crate::options::Options;
use crate::retry_class::Effect;
use crate::transport::{FailedAttempt, TOKEN, Transport, TransportRequest, secret_value};
use crate::value::Uuid;

/// Where calls of one database go.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) transport: Arc<dyn Transport>,
    /// The API root, without a slash at the end.
    pub(crate) root: Arc<str>,
}

impl Route {
    /// Sends one call and brings its answer; an answer with `errors` is an error.
    pub(crate) async fn execute(
        &self,
        call: Call,
        options: &Options,
        deadline: &Deadline,
    ) -> Result<Reply> {
        let run = Run::new(self, call, options, deadline);
        let span = run.span();
        run.finish().instrument(span).await
    }
}

/// One call on its way.
struct Run<'a> {
    route: &'a Route,
    call: Call,
    options: &'a Options,
    deadline: &'a Deadline,
    started: Instant,
    request_id: Uuid,
    attempts: u32,
    /// The first failure that leaves open whether the command was carried out.
    unknown: Option<Error>,
}

impl<'a> Run<'a> {
    fn new(route: &'a Route, call: Call, options: &'a Options, deadline: &'a Deadline) -> Self {
        Self {
            route,
            call,
            options,
            deadline,
            started: Instant::now(),
            request_id: new_request_id(),
            attempts: 0,
            unknown: None,
        }
    }

    /// Field names of the OpenTelemetry conventions for databases, 1.30.
    fn span(&self) -> tracing::Span {
        let Target { keyspace, name } = &self.call.target;
        tracing::info_span!(
            "data_api",
            otel.name = %format_args!("{} {}", self.call.command, self.call.target),
            otel.kind = "client",
            db.system.name = "data_api",
            db.operation.name = %self.call.command,
            db.namespace = keyspace.as_deref(),
            db.collection.name = name.as_deref(),
            server.address = host_of(&self.route.root),
            request.id = %self.request_id,
            http.request.resend_count = tracing::field::Empty,
            db.response.status_code = tracing::field::Empty,
            error.r#type = tracing::field::Empty,
        )
    }

    async fn finish(mut self) -> Result<Reply> {
        self.tell_started();
        loop {
            self.attempts += 1;
            let error = match self.attempt().await {
                Ok(envelope) => return self.succeed(envelope),
                Err(error) => self.judge_login(error),
            };
            let Some(wait) = self.wait_before_repeating(&error) else {
                return Err(self.fail(error));
            };
            self.tell_retried(&error, wait);
            if error.is_outcome_unknown() {
                self.unknown.get_or_insert(error);
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Notes of a refusal of the credentials whether it is taken for an outage.
    fn judge_login(&self, mut error: Error) -> Error {
        if let Some(call) = error.refused_login() {
            call.credentials_worked = self.options.login.refused();
        }
        error
    }

    /// One request and its answer.
    async fn attempt(&self) -> Result<Envelope> {
        let now = Instant::now();
        let limit = self.deadline.next_attempt(now);
        if let Some(limit) = limit.filter(|limit| limit.until <= now) {
            return Err(self.timed_out(limit, false));
        }
        let headers = within(limit, self.headers()).await;
        let headers = headers.map_err(|limit| self.timed_out(limit, false))??;
        let secrets: Vec<_> = headers
            .values()
            .filter(|value| value.is_sensitive())
            .cloned()
            .collect();
        let request = TransportRequest {
            root: Arc::clone(&self.route.root),
            path: path_of(&self.call.target),
            headers,
            body: self.call.body.clone(),
            deadline: limit.map(|limit| limit.until.into_std()),
        };
        let sent = within(limit, self.route.transport.send(request)).await;
        match sent.map_err(|limit| self.timed_out(limit, true))? {
            Ok(reply) => self.judge(reply, &secrets),
            Err(failure) => Err(self.not_carried(failure)),
        }
    }

    fn wait_before_repeating(&self, error: &Error) -> Option<Duration> {
        let by_command = self.call.effect == Effect::Idempotent;
        let failed = FailedAttempt {
            error,
            attempts: self.attempts,
            is_idempotent: self.options.idempotent.unwrap_or(by_command),
        };
        let policy = self.options.retry_policy();
        if !policy.allows(&failed) {
            return None;
        }
        let wait = policy.wait(&failed)?;
        let in_time = self
            .deadline
            .remaining()
            .is_none_or(|remaining| wait < remaining);
        if in_time && !self.options.retry_budget.spend() {
            tracing::debug!(error = %error, "not trying again: the retry budget is spent");
            return None;
        }
        in_time.then_some(wait)
    }

    async fn headers(&self) -> Result<HeaderMap> {
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, self.options.user_agent()?);
        if let Some(token) = &self.options.token {
            let token = token
                .current()
                .await
                .map_err(|source| self.no_credentials(source))?;
            headers.insert(TOKEN, secret_value(&TOKEN, &token)?);
        }
        for provider in [&self.options.embedding, &self.options.reranking]
            .into_iter()
            .flatten()
        {
            let provided = provider
                .headers()
                .await
                .map_err(|source| self.no_credentials(source))?;
            for (name, secret) in provided {
                let value = secret_value(&name, &secret)?;
                headers.insert(name, value);
            }
        }
        for (name, value) in &self.options.headers {
            match value {
                Some(value) => headers.insert(name.clone(), value.clone()),
                None => headers.remove(name),
            };
        }
        Ok(headers)
    }

    fn info(&self) -> CallInfo {
        CallInfo {
            command: self.call.command.clone(),
            target: self.call.target.clone(),
            request_id: self.request_id,
            attempts: self.attempts,
            elapsed: self.started.elapsed(),
            earlier_attempt_unknown: self.unknown.is_some(),
            credentials_worked: false,
        }
    }
}

/// A UUID of version 7 whose random part is not from the system: it names a call in logs, and
/// asking the system for randomness is dearer than all the rest of a call's bookkeeping.
fn new_request_id() -> Uuid {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let millis = u64::try_from(now.as_millis()).unwrap_or_default();
    let mut random = [0; 10];
    fastrand::fill(&mut random);
    uuid::Builder::from_unix_timestamp_millis(millis, &random)
        .into_uuid()
        .into()
}

/// The host and port of an API root; the whole of it where a transport has its own names.
fn host_of(root: &str) -> &str {
    let rest = root.split_once("://").map_or(root, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// How much later than the limit says that nobody has looked in between, as a thread was busy or a
/// future was not polled; and how long the answer, which may be here already, is then waited for.
const LATE: Duration = Duration::from_millis(200);

/// Does the work, or says which limit it met.
async fn within<T>(
    limit: Option<AttemptLimit>,
    work: impl Future<Output = T>,
) -> Result<T, AttemptLimit> {
    let Some(limit) = limit else {
        return Ok(work.await);
    };
    let mut work = pin!(work);
    if let Ok(done) = timeout_at(limit.until, &mut work).await {
        return Ok(done);
    }
    if limit.until.elapsed() < LATE {
        return Err(limit);
    }
    timeout(LATE, work).await.map_err(|_| limit)
}

/// What may stand in a path segment as it is (RFC 3986, unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

fn path_of(target: &Target) -> String {
    let segment = |text| utf8_percent_encode(text, SEGMENT);
    match (&target.keyspace, &target.name) {
        (Some(keyspace), Some(name)) => format!("{}/{}", segment(keyspace), segment(name)),
        (Some(keyspace), None) => segment(keyspace).to_string(),
        _ => String::new(),
    }
}
