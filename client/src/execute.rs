//! Sends one call until it succeeds, may not be repeated, or its time is up. Written once, for
//! every command.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, LOCATION, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderValue, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::time::Instant;
use tracing::Instrument;

use crate::command::{Call, CallInfo, Effect, Envelope, Reply, Target, decode_error};
use crate::error::{BoxError, ConnectionError, Error, HttpError, Result, TimeoutError};
use crate::event::{CommandFailed, CommandRetried, CommandStarted, CommandSucceeded};
use crate::options::Options;
use crate::transport::{
    AttemptLimit, Deadline, RetryPolicy, TOKEN, Transport, TransportError, TransportReply,
    TransportRequest, may_repeat, secret_value,
};
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
            url.full = %self.route.root,
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
                Ok(envelope) => return Ok(self.succeed(envelope)),
                Err(error) => error,
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

    /// A body with `errors` is the Data API's own refusal whatever the HTTP status; any other
    /// answer that is no 2xx comes from something in between.
    fn judge(&self, reply: TransportReply, secrets: &[HeaderValue]) -> Result<Envelope> {
        let TransportReply {
            status,
            headers,
            body,
        } = reply;
        match Envelope::parse(&body) {
            Ok(envelope) if !envelope.errors.is_empty() => {
                Err(envelope.into_errors(self.info(), status.as_u16()))
            }
            Ok(envelope) if status.is_success() => Ok(envelope),
            Err(source) if status.is_success() => {
                Err(decode_error(&self.info(), "the top level".into(), source))
            }
            _ => Err(self.http_error(status, &headers, &body, secrets)),
        }
    }

    fn wait_before_repeating(&self, error: &Error) -> Option<Duration> {
        let effect = match self.options.idempotent {
            Some(true) => Effect::Idempotent,
            Some(false) if self.call.effect == Effect::Idempotent => Effect::ManyWrites,
            _ => self.call.effect,
        };
        if !may_repeat(error, effect) {
            return None;
        }
        let default = RetryPolicy::default();
        let policy = self.options.retry.as_ref().unwrap_or(&default);
        let wait = policy.wait_after(self.attempts, error)?;
        let in_time = self
            .deadline
            .remaining()
            .is_none_or(|remaining| wait < remaining);
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
        }
    }
}

/// Failures of one attempt.
impl Run<'_> {
    fn timed_out(&self, met: AttemptLimit, sent: bool) -> Error {
        let AttemptLimit {
            limit, category, ..
        } = met;
        Error::Timeout(Box::new(TimeoutError {
            call: self.info(),
            category,
            limit,
            sent,
        }))
    }

    fn not_carried(&self, failure: TransportError) -> Error {
        let TransportError {
            sent,
            timed_out,
            source,
        } = failure;
        let error = Box::new(ConnectionError {
            call: self.info(),
            timed_out,
            sent,
            source,
        });
        if sent {
            Error::Transport(error)
        } else {
            Error::Connect(error)
        }
    }

    fn no_credentials(&self, source: BoxError) -> Error {
        Error::Credentials {
            target: self.call.target.to_string(),
            source,
        }
    }

    fn http_error(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &Bytes,
        secrets: &[HeaderValue],
    ) -> Error {
        let text = |name| {
            headers
                .get(name)
                .and_then(|value: &HeaderValue| value.to_str().ok())
        };
        Error::Http(Box::new(HttpError {
            call: self.info(),
            status: status.as_u16(),
            retry_after: text(RETRY_AFTER).and_then(seconds_to_wait),
            location: text(LOCATION)
                .filter(|_| status.is_redirection())
                .map(str::to_owned),
            body: excerpt(body, secrets),
        }))
    }
}

/// The ends, and who is told.
impl Run<'_> {
    fn tell_started(&self) {
        for listener in &self.options.listeners {
            listener.started(&CommandStarted {
                command: &self.call.command,
                target: &self.call.target,
                request_id: self.request_id,
                request_bytes: self.call.body.len(),
            });
        }
    }

    fn tell_retried(&self, error: &Error, wait: Duration) {
        tracing::debug!(attempt = self.attempts, ?wait, error = %error, "trying again");
        if self.options.listeners.is_empty() {
            return;
        }
        let call = &self.info();
        for listener in &self.options.listeners {
            listener.retried(&CommandRetried { call, error, wait });
        }
    }

    fn succeed(self, envelope: Envelope) -> Reply {
        let reply = envelope.into_reply(self.info());
        self.record_end();
        for warning in &reply.warnings {
            tracing::warn!(code = %warning.code, "{}", warning.message);
        }
        for listener in &self.options.listeners {
            listener.succeeded(&CommandSucceeded {
                call: &reply.call,
                warnings: &reply.warnings,
                response_bytes: reply.body().len(),
            });
        }
        reply
    }

    fn fail(mut self, error: Error) -> Error {
        // An insert that finds its own `_id` after a lost answer has probably found itself: to
        // say that somebody else was first would be a guess, so the lost answer is reported.
        let error = match self.unknown.take() {
            Some(unknown) if error.is_already_exists() && self.call.command == "insertOne" => {
                unknown
            }
            _ => error,
        };
        self.record_end();
        let span = tracing::Span::current();
        span.record("error.type", error.kind());
        if let Some(code) = error.code() {
            span.record("db.response.status_code", code.as_str());
        }
        if !self.options.listeners.is_empty() {
            let call = error.call().cloned().unwrap_or_else(|| self.info());
            for listener in &self.options.listeners {
                listener.failed(&CommandFailed {
                    call: &call,
                    error: &error,
                });
            }
        }
        error
    }

    fn record_end(&self) {
        if self.attempts > 1 {
            tracing::Span::current().record("http.request.resend_count", self.attempts - 1);
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

/// Does the work, or tells which limit it met.
async fn within<T>(
    limit: Option<AttemptLimit>,
    work: impl Future<Output = T>,
) -> Result<T, AttemptLimit> {
    match limit {
        Some(limit) => tokio::time::timeout_at(limit.until, work)
            .await
            .map_err(|_| limit),
        None => Ok(work.await),
    }
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

/// `Retry-After` in its form of whole seconds; the other form, a date, is not used by gateways
/// in front of Astra and would trust the clocks of two machines.
fn seconds_to_wait(value: &str) -> Option<Duration> {
    value.trim().parse().ok().map(Duration::from_secs)
}

/// The beginning of a foreign body, without any secret it may echo.
fn excerpt(body: &Bytes, secrets: &[HeaderValue]) -> String {
    let mut text = String::from_utf8_lossy(body).into_owned();
    for secret in secrets.iter().filter_map(|secret| secret.to_str().ok()) {
        if !secret.is_empty() {
            text = text.replace(secret, "[REDACTED]");
        }
    }
    text.chars().take(500).collect()
}
