//! Reports the start, the retries and the end of a call: to its listeners, its span and the log.

use std::time::Duration;

use super::Run;
use crate::command::{Envelope, Reply};
use crate::error::{Error, Result};
use crate::event::{CommandFailed, CommandRetried, CommandStarted, CommandSucceeded};

impl Run<'_> {
    pub(super) fn tell_started(&self) {
        for listener in &self.options.listeners {
            listener.started(&CommandStarted {
                command: &self.call.command,
                target: &self.call.target,
                request_id: self.request_id,
                request_bytes: self.call.body.len(),
            });
        }
    }

    pub(super) fn tell_retried(&self, error: &Error, wait: Duration) {
        let executed = error.executed();
        tracing::debug!(attempt = self.attempts, ?executed, ?wait, error = %error, "trying again");
        if self.options.listeners.is_empty() {
            return;
        }
        let call = &self.info();
        for listener in &self.options.listeners {
            listener.retried(&CommandRetried {
                call,
                error,
                executed,
                wait,
            });
        }
    }

    /// A command that succeeds with warnings has succeeded, also where its caller denies them.
    pub(super) fn succeed(self, envelope: Envelope) -> Result<Reply> {
        self.options.login.succeeded();
        self.options.retry_budget.earn(self.attempts);
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
        if self.options.deny_warnings && !reply.warnings.is_empty() {
            return Err(reply.into_denied());
        }
        Ok(reply)
    }

    pub(super) fn fail(mut self, error: Error) -> Error {
        // An insert that finds its own `_id` after a lost answer has probably found itself: to
        // say that somebody else was first would be a guess. And a failure before sending would
        // say that nothing was done. In both cases the lost answer is the truth.
        let taken = error.is_already_exists() && self.call.command == "insertOne";
        let error = match self.unknown.take() {
            Some(unknown) if taken || error.call().is_none() => unknown,
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
