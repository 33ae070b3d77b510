//! Time limits: per attempt and per kind of request.

use std::fmt;
use std::time::Duration;

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
    /// such as `insert_many`, has this for each of them; [`Options::timeout`](crate::Options::timeout) limits the whole.
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
    pub(crate) fn limit(&self, category: TimeoutCategory) -> Option<Duration> {
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
    /// The timeout given to this call or handle with [`Options::timeout`](crate::Options::timeout).
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
