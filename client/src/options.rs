//! What can be set on every level: client, database, collection, call.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use crate::error::{Error, Result};
use crate::event::CommandListener;
use crate::timeouts::Timeouts;
use crate::transport::{
    DefaultRetryPolicy, HeaderProvider, HttpSettings, Login, RetryBudget, RetryPolicy, Token,
};

/// What can be set on every level: client, database, collection, call. Each handle starts with
/// the options of the one it was made from; `with_options` gives a changed copy of a handle and
/// leaves the original as it was.
///
/// ```
/// use std::time::Duration;
/// use astra_db::{DataApiClient, DefaultRetryPolicy, Timeouts};
///
/// # fn run() -> Result<(), astra_db::Error> {
/// let client = DataApiClient::new("AstraCS:…");
/// let db = client.database("https://ID-REGION.apps.astra.datastax.com")?.with_options(|options| {
///     options.timeouts(Timeouts { general: Some(Duration::from_secs(5)), ..Timeouts::default() })
/// });
/// let strict = db.with_options(|options| options.retry(DefaultRetryPolicy::never()));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Options {
    pub(crate) token: Option<Token>,
    /// Of that token.
    pub(crate) login: Arc<Login>,
    /// Shared by all handles of a client.
    pub(crate) retry_budget: Arc<RetryBudget>,
    pub(crate) embedding: Option<Arc<dyn HeaderProvider>>,
    pub(crate) reranking: Option<Arc<dyn HeaderProvider>>,
    /// `None` takes a header away that a level above had set.
    pub(crate) headers: Vec<(HeaderName, Option<HeaderValue>)>,
    pub(crate) timeouts: Timeouts,
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<Arc<dyn RetryPolicy>>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) deny_warnings: bool,
    pub(crate) listeners: Vec<Arc<dyn CommandListener>>,
    pub(crate) callers: Vec<Caller>,
    /// Set for the client as a whole.
    pub(crate) http: Arc<HttpSettings>,
    #[cfg(feature = "devops")]
    pub(crate) devops_url: Option<String>,
}

/// A program that uses this client, for the User-Agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) name: String,
    pub(crate) version: String,
}

impl Options {
    /// The token to send.
    #[must_use]
    pub fn token(mut self, token: impl Into<Token>) -> Self {
        self.token = Some(token.into());
        self.login = Arc::default();
        self
    }

    /// The key of the embedding provider, for `$vectorize`.
    #[must_use]
    pub fn embedding(mut self, keys: impl HeaderProvider) -> Self {
        self.embedding = Some(Arc::new(keys));
        self
    }

    /// The key of the reranking provider, for `findAndRerank`.
    #[must_use]
    pub fn reranking(mut self, keys: impl HeaderProvider) -> Self {
        self.reranking = Some(Arc::new(keys));
        self
    }

    /// A further header with every request; the last value given for a name counts.
    ///
    /// ```
    /// use http::{HeaderName, HeaderValue};
    ///
    /// let options = astra_db::Options::default().header(
    ///     HeaderName::from_static("feature-flag-lexical"),
    ///     HeaderValue::from_static("true"),
    /// );
    /// ```
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, Some(value)));
        self
    }

    /// Takes a header away that a level above had set.
    #[must_use]
    pub fn without_header(mut self, name: HeaderName) -> Self {
        self.headers.push((name, None));
        self
    }

    /// The time limits, by kind of call. Fields left `None` keep what was set before.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = self.timeouts.overridden_by(timeouts);
        self
    }

    /// One limit for the whole call, whatever its kind: all requests, retries and waits.
    /// [`Duration::ZERO`] means none. A call of one request has then no limit per attempt. Without
    /// it, each request of a call has the limits of [`timeouts`](Self::timeouts) for itself.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Where the DevOps API is, if not where Astra has it: behind a proxy, or a stand-in of tests.
    #[cfg(feature = "devops")]
    #[must_use]
    pub fn devops_url(mut self, url: impl Into<String>) -> Self {
        self.devops_url = Some(url.into());
        self
    }

    /// When to try again: a [`DefaultRetryPolicy`], or a policy of your own.
    #[must_use]
    pub fn retry(mut self, policy: impl RetryPolicy) -> Self {
        self.retry = Some(Arc::new(policy));
        self
    }

    pub(crate) fn retry_policy(&self) -> Arc<dyn RetryPolicy> {
        let given = self.retry.clone();
        given.unwrap_or_else(|| Arc::new(DefaultRetryPolicy::default()))
    }

    /// Says whether commands may be repeated although they may have been carried out, instead of
    /// letting the client decide per command (see [`DefaultRetryPolicy`]).
    ///
    /// `true` suits writes that come to the same when they are done twice, by whoever and
    /// whenever: a `$set` of a value nobody else sets, the deletion of an id that never returns.
    /// The counts of such a call are those of its last attempt.
    #[must_use]
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = Some(idempotent);
        self
    }

    /// Makes warnings of the server errors ([`Error::Warnings`]), for tests: a filter without an
    /// index, say. What such a call wrote is written.
    ///
    /// ```
    /// # fn run(db: astra_db::Database) {
    /// let strict = db.with_options(|options| options.deny_warnings(true));
    /// # }
    /// ```
    #[must_use]
    pub fn deny_warnings(mut self, deny: bool) -> Self {
        self.deny_warnings = deny;
        self
    }

    /// Someone to be told what happens to each command, besides those already there. Give an
    /// [`Arc`] of it to read it elsewhere.
    #[must_use]
    pub fn listener(mut self, listener: impl CommandListener) -> Self {
        self.listeners.push(Arc::new(listener));
        self
    }

    /// A program or framework to be named in the User-Agent, before those of the levels above
    /// and before this crate: `my-shop/1.2 astra-db-rs/0.1.0`.
    #[must_use]
    pub fn caller(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.callers.insert(
            0,
            Caller {
                name: name.into(),
                version: version.into(),
            },
        );
        self
    }

    /// `caller/1.2 astra-db-rs/0.1.0`, the format of the official clients.
    pub(crate) fn user_agent(&self) -> Result<HeaderValue> {
        const OURS: &str = concat!("astra-db-rs/", env!("CARGO_PKG_VERSION"));
        if self.callers.is_empty() {
            return Ok(HeaderValue::from_static(OURS));
        }
        let mut text = String::new();
        for Caller { name, version } in &self.callers {
            text.push_str(name);
            if !version.is_empty() {
                text.push('/');
                text.push_str(version);
            }
            text.push(' ');
        }
        text.push_str(OURS);
        HeaderValue::from_str(&text).map_err(|_| {
            Error::config(
                "a caller's name or version has characters no header may have: use plain ASCII",
            )
        })
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Options")
            .field("token", &self.token)
            .field("headers", &headers)
            .field("timeouts", &self.timeouts)
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .field("idempotent", &self.idempotent)
            .field("deny_warnings", &self.deny_warnings)
            .field("callers", &self.callers)
            .finish_non_exhaustive()
    }
}
