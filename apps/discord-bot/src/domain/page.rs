//! Where one stands in a search.

use std::fmt;
use std::str::FromStr;

use crate::domain::document::Document;
use crate::domain::id::DocumentId;
use crate::domain::search::Order;

/// Documents on a page.
pub const PAGE_SIZE: usize = 5;
/// The database sorts no more than 10,000 documents.
const LAST_PAGE: u32 = 2_000;

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
}
