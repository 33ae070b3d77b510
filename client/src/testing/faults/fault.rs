//! What can happen to a request, and how often it did.

use std::collections::BTreeMap;
use std::fmt;

use super::command::{Command, Kind};

/// What can happen to a request on a real cluster: measured on the Data API 1.0.51 with one node
/// and with three, some of which were stopped under load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// HTTP 200 with `UNEXPECTED_SERVER_ERROR`: the server took a table for a collection, because
    /// its schema cache does not hold the table yet. Played on the first request to each table,
    /// on the first one after a change of its schema, and now and then. Nothing is executed.
    SchemaMismatch,
    /// HTTP 200 with `UNAVAILABLE_DATABASE`: too few nodes are alive. Nothing is executed, but a
    /// client cannot know.
    Unavailable,
    /// HTTP 429. Nothing is executed.
    RateLimited,
    /// HTTP 503 from a gateway. Nothing is executed, but a client cannot know.
    GatewayUnavailable,
    /// The server is not reached, as while it restarts. Nothing is executed.
    ConnectionRefused,
    /// HTTP 401 with `UNAUTHORIZED_ACCESS` for credentials that have worked: too few nodes are
    /// alive to look them up. Played only after a first success. Nothing is executed.
    LoginRefused,
    /// HTTP 200 with `COUNT_READ_FAILED`, on counts: what is reported there for each trouble of the
    /// database.
    CountFailed,
    /// HTTP 200 with `TIMEOUT_READING_DATA`, on reads.
    ReadTimeout,
    /// HTTP 200 with `UNEXPECTED_DRIVER_ERROR` around a `ClosedConnectionException`: a node died
    /// with the statement on its way. Executed or not.
    NodeDied,
    /// HTTP 200 with `TIMEOUT_WRITING_DATA`, on writes; the write type is `CAS` on collections.
    /// Executed or not, although the text of the error says that it is safe to retry.
    WriteTimeout,
    /// The connection breaks before the answer. Executed.
    AnswerLost,
    /// HTTP 200 with `FAILED_CONCURRENT_OPERATIONS`, on changes of one document of a collection.
    /// Nothing is executed.
    RaceLost,
    /// `matchedCount` 1 and `modifiedCount` 0, on `updateOne` of a collection. Played only when a
    /// document matches the filter. Nothing is executed.
    RaceLostSilently,
    /// No answer, until the connection breaks after [`Faults::hang`](super::Faults::hang).
    /// Executed or not.
    Hang,
    /// A change of the schema takes [`Faults::slow`](super::Faults::slow). Executed and answered.
    SlowSchema,
    /// Lists of keyspaces, collections and tables, and the creation of a collection, never answer.
    /// Begins with the first [`Outage`](Self::Outage) and lasts, as on a Data API that is not
    /// restarted after a node has died.
    SchemaHang,
    /// Several requests in a row, whatever they ask, are refused or lose their connection. Nothing
    /// is executed. Counted once for each outage.
    Outage,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 17] = [
        Self::SchemaMismatch,
        Self::Unavailable,
        Self::RateLimited,
        Self::GatewayUnavailable,
        Self::ConnectionRefused,
        Self::LoginRefused,
        Self::CountFailed,
        Self::ReadTimeout,
        Self::NodeDied,
        Self::WriteTimeout,
        Self::AnswerLost,
        Self::RaceLost,
        Self::RaceLostSilently,
        Self::Hang,
        Self::SlowSchema,
        Self::SchemaHang,
        Self::Outage,
    ];

    /// Whether a request with this command can meet it.
    pub(super) fn fits(self, command: &Command<'_>) -> bool {
        let of_one = command.kind == Kind::Write && !command.name.ends_with("Many");
        let is_count = command.name == "countDocuments";
        match self {
            Self::SchemaMismatch => command.is_on_table,
            Self::RateLimited
            | Self::GatewayUnavailable
            | Self::ConnectionRefused
            | Self::AnswerLost
            | Self::Outage => true,
            Self::Hang => command.kind != Kind::Schema,
            Self::LoginRefused | Self::NodeDied => !is_count,
            Self::Unavailable => command.kind != Kind::Schema && !is_count,
            Self::ReadTimeout => command.kind == Kind::Read && !is_count,
            Self::CountFailed => is_count,
            Self::WriteTimeout => command.kind == Kind::Write,
            Self::RaceLost => of_one && !command.is_on_table && command.name != "insertOne",
            Self::RaceLostSilently => command.name == "updateOne" && !command.is_on_table,
            Self::SlowSchema => command.kind == Kind::Schema && !command.is_schema_list(),
            Self::SchemaHang => command.is_schema_list() || command.name == "createCollection",
        }
    }
}

/// `race lost silently`, for reports.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in format!("{self:?}").char_indices() {
            match letter {
                'A'..='Z' if place > 0 => write!(f, " {}", letter.to_ascii_lowercase())?,
                _ => write!(f, "{}", letter.to_ascii_lowercase())?,
            }
        }
        Ok(())
    }
}

/// How often each fault was played.
///
/// ```
/// use astra_db::testing::{Fault, Faults};
///
/// let played = Faults::seeded(1).played();
/// assert_eq!(played.of(Fault::Outage), 0);
/// assert!(played.to_string().starts_with("schema mismatch 0, unavailable 0, "));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultCounts(BTreeMap<Fault, u64>);

impl FaultCounts {
    /// How often this one was played.
    pub fn of(&self, fault: Fault) -> u64 {
        self.0.get(&fault).copied().unwrap_or_default()
    }

    /// How often any was.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Those that were not played.
    pub fn missing(&self) -> Vec<Fault> {
        Fault::ALL
            .into_iter()
            .filter(|fault| self.of(*fault) == 0)
            .collect()
    }

    /// Adds the counts of another run.
    pub fn merge(&mut self, other: &Self) {
        for (fault, count) in &other.0 {
            *self.0.entry(*fault).or_default() += count;
        }
    }

    pub(super) fn add(&mut self, fault: Fault) {
        *self.0.entry(fault).or_default() += 1;
    }
}

impl fmt::Display for FaultCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in Fault::ALL.into_iter().enumerate() {
            let comma = if place > 0 { ", " } else { "" };
            write!(f, "{comma}{fault} {}", self.of(fault))?;
        }
        Ok(())
    }
}
