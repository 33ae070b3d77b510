//! A call of a service, and what came of it before its answer is understood.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::json::Object;

/// A request to a service.
#[cfg_attr(
    not(feature = "providers"),
    allow(dead_code, reason = "there is no client that reads them")
)]
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) pauses: Pauses,
}

/// How long to wait before a call that timed out is tried again: it doubles up to a most.
#[cfg_attr(
    not(feature = "providers"),
    allow(dead_code, reason = "there is no client that reads them")
)]
#[derive(Clone, Copy, Debug)]
pub(super) struct Pauses {
    pub(super) first: Duration,
    pub(super) most: Duration,
}

impl Pauses {
    pub(super) const SHORT: Self = Self {
        first: Duration::from_millis(100),
        most: Duration::from_millis(500),
    };
    pub(super) const LONG: Self = Self {
        first: Duration::from_secs(1),
        most: Duration::from_secs(1),
    };
}

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    pub(super) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug)]
#[allow(
    dead_code,
    reason = "which of them occur depends on whether there is a client"
)]
pub(super) enum Failure {
    Timeout,
    UnknownHost,
    /// The connection could not be made or broke.
    Connection(String),
    /// The program was built without a client.
    NoClient,
}

impl Outgoing {
    pub(super) fn new(url: String, body: &Object) -> Self {
        Self {
            url,
            headers: HeaderMap::new(),
            body: body.to_json().into_bytes(),
            pauses: Pauses::SHORT,
        }
    }

    /// Adds a header that is a secret.
    pub(super) fn secret(&mut self, name: HeaderName, prefix: &str, value: &HeaderValue) {
        let bytes = [prefix.as_bytes(), value.as_bytes()].concat();
        if let Ok(mut value) = HeaderValue::from_bytes(&bytes) {
            value.set_sensitive(true);
            self.headers.insert(name, value);
        }
    }
}
