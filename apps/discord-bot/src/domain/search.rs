//! A search, as it is kept for its buttons.
//!
//! A filter does not fit into the 100 characters that a button carries. So what was asked is kept in
//! the database, under the id of the interaction that asked it, and a button carries that id and
//! where its page begins. It works the same on one machine, on many, and where every request meets a
//! new process.

use std::fmt;
use std::str::FromStr;

use astra_db::{CollectionDocument, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::field::{Field, MalformedField};
use crate::domain::filter::Filter;
use crate::domain::id::{GuildId, InteractionId, UserId};

/// How long the buttons of a search work: a day.
pub const LIFETIME_MS: i64 = 24 * 60 * 60 * 1_000;

/// The Data API counts up to here.
pub const MAX_COUNTED: u64 = 1_000;

/// What somebody asked. It is read by its id and deleted by its time; nothing searches for its
/// filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, CollectionDocument)]
#[collection(name = "searches", allow("guild", "expires_at"))]
pub struct Search {
    /// The interaction that asked.
    #[serde(rename = "_id")]
    pub id: InteractionId,
    /// Whose documents are searched.
    pub guild: GuildId,
    /// Who asked; the buttons are theirs.
    pub asked_by: UserId,
    /// Which documents.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// How many there were when it was asked.
    pub total: Count,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// So many were counted.
    pub counted: u64,
    /// There are more.
    pub and_more: bool,
}

/// In which order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Order {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// By a field, the smallest first.
    Ascending(Field),
    /// By a field, the greatest first.
    Descending(Field),
}

impl Search {
    /// A search that is kept for a day from the time it was asked.
    pub fn new(
        id: InteractionId,
        guild: GuildId,
        asked_by: UserId,
        filter: Filter,
        order: Order,
        total: Count,
    ) -> Self {
        let asked_at = id.0.made_at().as_millis();
        Self {
            id,
            guild,
            asked_by,
            filter,
            order,
            total,
            expires_at: Timestamp::from_millis(asked_at.saturating_add(LIFETIME_MS)),
        }
    }
}

/// `newest`, `oldest`, a field, or a field after `-` for the greatest first.
impl FromStr for Order {
    type Err = MalformedField;

    fn from_str(text: &str) -> Result<Self, MalformedField> {
        match text.trim() {
            "newest" => Ok(Self::Newest),
            "oldest" => Ok(Self::Oldest),
            text => match text.strip_prefix('-') {
                Some(field) => field.parse().map(Self::Descending),
                None => text.parse().map(Self::Ascending),
            },
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newest => f.write_str("newest"),
            Self::Oldest => f.write_str("oldest"),
            Self::Ascending(field) => field.fmt(f),
            Self::Descending(field) => write!(f, "-{field}"),
        }
    }
}

impl TryFrom<String> for Order {
    type Error = MalformedField;

    fn try_from(text: String) -> Result<Self, MalformedField> {
        text.parse()
    }
}

impl From<Order> for String {
    fn from(order: Order) -> Self {
        order.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_is_written() {
        for text in [
            "newest",
            "oldest",
            "name",
            "-name",
            "price",
            "-address.city",
        ] {
            assert_eq!(text.parse::<Order>().unwrap().to_string(), text);
        }
        assert!("-".parse::<Order>().is_err());
        assert!("$natural".parse::<Order>().is_err());
    }
}
