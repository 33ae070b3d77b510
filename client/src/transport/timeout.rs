//! Time limits: per attempt and per kind of request, all of them one deadline in the end.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::options::Options;

/// How long things may take. A field that is `None` leaves the layer below in force (client, then
/// the defaults); [`Duration::ZERO`] means no limit.
///
/// ```
/// use std::time::Duration;
/// use astra_db::Timeouts;
///
/// let timeouts = Timeouts { attempt: Some(Duration::from_secs(3)), ..Timeouts::default() };
/// assert_eq!(timeouts.general, None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "struct update syntax is how it is filled in"
)]
pub struct Timeouts {
    /// One HTTP request of a data command; 10 s.
    pub attempt: Option<Duration>,
    /// One request on data together with its retries and waits; 30 s. A method of several requests,
    /// such as `insert_many`, has this for each of them; [`Options::timeout`] limits the whole.
    pub general: Option<Duration>,
    /// Creating, listing and dropping collections; 60 s.
    pub collection_admin: Option<Duration>,
    /// Creating, altering, listing and dropping tables, types and indexes; 30 s.
    pub table_admin: Option<Duration>,
    /// Creating, listing and dropping keyspaces, listing providers; 30 s.
    pub keyspace_admin: Option<Duration>,
    /// Creating and dropping databases; 600 s.
    pub database_admin: Option<Duration>,
}

impl Timeouts {
    /// The fields given in `over`, else those of `self`.
    pub(crate) fn overridden_by(self, over: Self) -> Self {
        Self {
            attempt: over.attempt.or(self.attempt),
            general: over.general.or(self.general),
            collection_admin: over.collection_admin.or(self.collection_admin),
            table_admin: over.table_admin.or(self.table_admin),
            keyspace_admin: over.keyspace_admin.or(self.keyspace_admin),
            database_admin: over.database_admin.or(self.database_admin),
        }
    }

    /// The limit of a category, `None` for no limit.
    fn limit(&self, category: TimeoutCategory) -> Option<Duration> {
        let (set, default) = match category {
            TimeoutCategory::Attempt => (self.attempt, 10),
            TimeoutCategory::General | TimeoutCategory::Call => (self.general, 30),
            TimeoutCategory::CollectionAdmin => (self.collection_admin, 60),
            TimeoutCategory::TableAdmin => (self.table_admin, 30),
            TimeoutCategory::KeyspaceAdmin => (self.keyspace_admin, 30),
            TimeoutCategory::DatabaseAdmin => (self.database_admin, 600),
        };
        Some(set.unwrap_or(Duration::from_secs(default))).filter(|limit| !limit.is_zero())
    }
}

/// Which time limit was met.
///
/// ```
/// use astra_db::TimeoutCategory;
///
/// assert_eq!(TimeoutCategory::CollectionAdmin.to_string(), "collection admin");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeoutCategory {
    /// [`Timeouts::attempt`].
    Attempt,
    /// [`Timeouts::general`].
    General,
    /// [`Timeouts::collection_admin`].
    CollectionAdmin,
    /// [`Timeouts::table_admin`].
    TableAdmin,
    /// [`Timeouts::keyspace_admin`].
    KeyspaceAdmin,
    /// [`Timeouts::database_admin`].
    DatabaseAdmin,
    /// The timeout given to this call or handle with [`Options::timeout`].
    Call,
}

impl fmt::Display for TimeoutCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Attempt => "attempt",
            Self::General => "general method",
            Self::CollectionAdmin => "collection admin",
            Self::TableAdmin => "table admin",
            Self::KeyspaceAdmin => "keyspace admin",
            Self::DatabaseAdmin => "database admin",
            Self::Call => "call",
        })
    }
}

/// How many requests a method makes when nothing has to be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Requests {
    One,
    Many,
}

/// The moment a request has to be done, retries and waits included, or a whole method if a limit for
/// the whole was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Deadline {
    started: Instant,
    /// Of the whole, `None` for no limit.
    limit: Option<Duration>,
    category: TimeoutCategory,
    /// Of one request, `None` for no limit of its own.
    attempt: Option<Duration>,
}

impl Deadline {
    /// Starts the clock of a method.
    pub(crate) fn start(options: &Options, category: TimeoutCategory, requests: Requests) -> Self {
        let timeouts = &options.timeouts;
        let (limit, category) = match options.timeout {
            Some(limit) => (
                Some(limit).filter(|limit| !limit.is_zero()),
                TimeoutCategory::Call,
            ),
            None => (timeouts.limit(category), category),
        };
        // An administrative request takes what it takes, and a limit given to a call of one
        // request is meant for that request.
        let per_attempt = match (category, requests) {
            (TimeoutCategory::General, _) | (TimeoutCategory::Call, Requests::Many) => {
                timeouts.limit(TimeoutCategory::Attempt)
            }
            _ => None,
        };
        Self {
            started: Instant::now(),
            limit,
            category,
            attempt: per_attempt,
        }
    }

    /// The deadline of the next request of a method: as long as any other, unless the caller has
    /// limited the whole.
    pub(crate) fn for_request(&self) -> Self {
        let mut next = self.clone();
        if self.category != TimeoutCategory::Call {
            next.started = Instant::now();
        }
        next
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// What is left of the whole, `None` for no limit.
    pub(crate) fn remaining(&self) -> Option<Duration> {
        self.limit.map(|limit| limit.saturating_sub(self.elapsed()))
    }

    /// How long the next request may take if it is made now, and which limit says so.
    pub(crate) fn next_attempt(&self, now: Instant) -> Option<AttemptLimit> {
        let ends = |start: Instant, limit: Option<Duration>, category| {
            let limit = limit?;
            // What is too far off to be told is as good as no limit.
            let until = start.checked_add(limit)?;
            Some(AttemptLimit {
                until,
                limit,
                category,
            })
        };
        let whole = ends(self.started, self.limit, self.category);
        let attempt = ends(now, self.attempt, TimeoutCategory::Attempt);
        match (whole, attempt) {
            (Some(whole), Some(attempt)) if attempt.until < whole.until => Some(attempt),
            (None, attempt) => attempt,
            (whole, _) => whole,
        }
    }
}

/// When one request has to be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttemptLimit {
    pub(crate) until: Instant,
    pub(crate) limit: Duration,
    pub(crate) category: TimeoutCategory,
}
