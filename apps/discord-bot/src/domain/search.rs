//! A search and where one stands in it.
//!
//! A filter does not fit into the 100 characters that a button carries. So what was asked is kept in
//! the database, under the id of the interaction that asked it, and a button carries that id and
//! where its page begins. It works the same on one machine, on many, and where every request meets a
//! new process.

use std::fmt;
use std::str::FromStr;

use astra_db::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::document::Document;
use crate::domain::field::{Field, MalformedField};
use crate::domain::filter::Filter;
use crate::domain::id::{DocumentId, GuildId, InteractionId, UserId};

/// Documents on a page.
pub const PAGE_SIZE: usize = 5;
/// How long the buttons of a search work: a day.
pub const LIFETIME_MS: i64 = 24 * 60 * 60 * 1_000;
/// The database sorts no more than 10,000 documents.
const LAST_PAGE: u32 = 2_000;

/// What somebody asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// A page of a search, as a button names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageAt {
    /// Which page, from 1.
    pub number: u32,
    /// Where it begins.
    pub begin: Begin,
}

/// Where a page begins.
///
/// In the order of time a page is next to a document, wherever that is by now: whatever is inserted
/// or deleted meanwhile, nothing is shown twice or left out. In any other order the database offers
/// nothing to hold on to, and so many documents are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// At the beginning of the search, or as many pages after it.
    Counted,
    /// After this document.
    After(DocumentId),
    /// So that it ends before this document.
    Before(DocumentId),
}

/// A page that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What is on it.
    pub documents: Vec<Document>,
    /// The page before, if there is one.
    pub previous: Option<PageAt>,
    /// The page after, if there is one.
    pub next: Option<PageAt>,
}

/// The text names no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MalformedPage;

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

impl PageAt {
    /// The first page.
    pub const FIRST: Self = Self {
        number: 1,
        begin: Begin::Counted,
    };

    /// How many documents are passed over to get there by counting.
    pub fn skip(self) -> u32 {
        (self.number.saturating_sub(1)) * u32::try_from(PAGE_SIZE).unwrap_or(u32::MAX)
    }
}

impl Page {
    /// The page that was asked for as `at`, out of what the database found there: one document more
    /// than fits is the sign that there are more. `found` is in the order of the search, but from
    /// the end for a page that ends before a document.
    pub fn new(order: &Order, at: PageAt, mut found: Vec<Document>) -> Self {
        let is_full = found.len() > PAGE_SIZE;
        found.truncate(PAGE_SIZE);
        let is_backwards = matches!(at.begin, Begin::Before(_));
        if is_backwards {
            found.reverse();
        }
        let is_timely = matches!(order, Order::Newest | Order::Oldest);
        let near = |document: Option<&Document>, begin: fn(DocumentId) -> Begin| match document {
            Some(document) if is_timely => Some(begin(document.id)),
            Some(_) => Some(Begin::Counted),
            None => None,
        };
        let page = |number, begin: Option<Begin>| begin.map(|begin| PageAt { number, begin });
        Self {
            previous: (at.number > 1)
                .then(|| page(at.number - 1, near(found.first(), Begin::Before)))
                .flatten(),
            // A page before another one has that one after it.
            next: ((is_full || is_backwards) && at.number < LAST_PAGE)
                .then(|| page(at.number + 1, near(found.last(), Begin::After)))
                .flatten(),
            documents: found,
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

/// `3`, `3a175928847299117063` after and `3b175928847299117063` before a document.
impl fmt::Display for PageAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number;
        match self.begin {
            Begin::Counted => write!(f, "{number}"),
            Begin::After(id) => write!(f, "{number}a{}", id.0),
            Begin::Before(id) => write!(f, "{number}b{}", id.0),
        }
    }
}

impl FromStr for PageAt {
    type Err = MalformedPage;

    fn from_str(text: &str) -> Result<Self, MalformedPage> {
        let document = |id: &str| id.parse().map(DocumentId).map_err(|_| MalformedPage);
        let (number, begin) = if let Some((number, id)) = text.split_once('a') {
            (number, Begin::After(document(id)?))
        } else if let Some((number, id)) = text.split_once('b') {
            (number, Begin::Before(document(id)?))
        } else {
            (text, Begin::Counted)
        };
        let number = number
            .parse()
            .ok()
            .filter(|number| (1..=LAST_PAGE).contains(number));
        Ok(Self {
            number: number.ok_or(MalformedPage)?,
            begin,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Snowflake;

    #[test]
    fn a_page_is_read_as_it_is_written() {
        let id = DocumentId(Snowflake::new(u64::MAX));
        for begin in [Begin::Counted, Begin::After(id), Begin::Before(id)] {
            let page = PageAt {
                number: 2_000,
                begin,
            };
            assert_eq!(page.to_string().parse(), Ok(page));
        }
        for bad in ["", "0", "2001", "-1", "1c2", "1a", "a1", "1a-1", "1b1b1"] {
            assert_eq!(bad.parse::<PageAt>(), Err(MalformedPage), "{bad}");
        }
    }

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
