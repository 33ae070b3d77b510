//! What an answer of a service means: its JSON, or the error it stands for.

use super::call::{Failure, Reply};
use crate::error::{ApiError, Kind, embedding_provider, reranking_provider, schema};
use crate::json::{self, Value};

/// The kinds of errors of calls, and what the services are called in messages.
#[derive(Debug)]
pub(super) struct Kinds {
    what: &'static str,
    timeout: &'static Kind,
    rate_limited: &'static Kind,
    client_error: &'static Kind,
    server_error: &'static Kind,
    unexpected: &'static Kind,
    bad_host: &'static Kind,
    unreachable: &'static Kind,
}

pub(super) static EMBEDDING: Kinds = Kinds {
    what: "embedding provider",
    timeout: &embedding_provider::EMBEDDING_PROVIDER_TIMEOUT,
    rate_limited: &embedding_provider::EMBEDDING_PROVIDER_RATE_LIMITED,
    client_error: &embedding_provider::EMBEDDING_PROVIDER_CLIENT_ERROR,
    server_error: &embedding_provider::EMBEDDING_PROVIDER_SERVER_ERROR,
    unexpected: &embedding_provider::EMBEDDING_PROVIDER_UNEXPECTED_RESPONSE,
    bad_host: &embedding_provider::EMBEDDING_PROVIDER_BAD_HOST_NAME,
    unreachable: &embedding_provider::EMBEDDING_PROVIDER_UNAVAILABLE,
};

pub(super) static RERANKING: Kinds = Kinds {
    what: "reranking provider",
    timeout: &reranking_provider::RERANKING_PROVIDER_TIMEOUT,
    rate_limited: &schema::RERANKING_PROVIDER_RATE_LIMITED,
    client_error: &schema::RERANKING_PROVIDER_CLIENT_ERROR,
    server_error: &schema::RERANKING_PROVIDER_SERVER_ERROR,
    unexpected: &schema::RERANKING_PROVIDER_UNEXPECTED_RESPONSE,
    bad_host: &schema::RERANKING_SERVICE_TYPE_UNAVAILABLE,
    unreachable: &schema::RERANKING_SERVICE_TYPE_UNAVAILABLE,
};

impl Reply {
    /// Whether the service says that it did not answer in time.
    pub(super) fn timed_out(&self) -> bool {
        matches!(self.status, 408 | 504)
    }
}

impl Kinds {
    /// The JSON of an answer that is one. `quotes` are the places where this provider explains an error.
    pub(super) fn read(
        &self,
        provider: &str,
        outcome: Result<Reply, Failure>,
        quotes: &[&[&str]],
    ) -> Result<Value, ApiError> {
        let what = self.what;
        let reply = outcome.map_err(|failure| match failure {
            Failure::Timeout => self.timeout.because(format!(
                "The {what} '{provider}' did not answer in time. Try again later."
            )),
            Failure::UnknownHost => self.bad_host.because(format!(
                "The host of the {what} '{provider}' does not exist. Correct its URL or the parameters of the service."
            )),
            Failure::Connection(problem) => self.unreachable.because(format!(
                "The {what} '{provider}' cannot be reached: {problem}. Check the network and the URL, and try again."
            )),
            Failure::NoClient => self.unreachable.because(format!(
                "The {what} '{provider}' cannot be called: this program was built without the feature `providers` of \
                 astra-local. Use the provider 'local', or build it with the feature."
            )),
        })?;
        let kind = match reply.status {
            _ if reply.timed_out() => self.timeout,
            429 => self.rate_limited,
            400..500 => self.client_error,
            500..600 => self.server_error,
            200..300 if reply.is_json() => {
                return json::parse(&reply.body)
                    .map_err(|error| self.unusable(provider, &format!("is not JSON: {error}")));
            }
            200..300 => {
                return Err(self.unusable(provider, "has no body of JSON"));
            }
            status => {
                return Err(self.unusable(provider, &format!("has the HTTP status {status}")));
            }
        };
        Err(kind.because(format!(
            "The {what} '{provider}' answered with the HTTP status {}: {}",
            reply.status,
            reply.explanation(quotes)
        )))
    }

    /// The error about an answer that cannot be used.
    pub(super) fn unusable(&self, provider: &str, problem: &str) -> ApiError {
        self.unexpected.because(format!(
            "The answer of the {} '{provider}' cannot be used: it {problem}.",
            self.what
        ))
    }
}

impl Reply {
    fn is_json(&self) -> bool {
        let essence = self.content_type.as_deref().unwrap_or_default();
        let essence = essence.split(';').next().unwrap_or_default().trim();
        let is_json = ["application/json", "text/json"]
            .iter()
            .any(|json| essence.eq_ignore_ascii_case(json));
        is_json && !self.body.is_empty()
    }

    /// What the service says of an error: the first text at one of these places, or the whole body.
    fn explanation(&self, places: &[&[&str]]) -> String {
        let body = json::parse(&self.body).ok();
        let at = |place: &&[&str]| {
            place
                .iter()
                .try_fold(body.as_ref()?, |value, name| value.as_object()?.get(name))?
                .as_str()
        };
        places.iter().find_map(at).map_or_else(
            || String::from_utf8_lossy(&self.body).into_owned(),
            str::to_owned,
        )
    }
}
