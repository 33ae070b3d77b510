//! Long lists come in pages. A page ends in a cursor, which says after which row the next one
//! begins; so rows that come or go meanwhile neither repeat nor hide others.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::id::ReviewId;

/// How many rows a page holds at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u32);

impl Limit {
    /// The greatest one.
    pub const MAX: u32 = 100;
    /// What a request that names none gets.
    pub const DEFAULT: Self = Self(20);

    /// The most.
    pub const MOST: Self = Self(Self::MAX);

    /// A limit from 1 to [`Self::MAX`].
    pub fn new(rows: u32) -> Option<Self> {
        (1..=Self::MAX).contains(&rows).then_some(Self(rows))
    }

    /// Reads a limit as it stands in an address.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let limit = text.parse().ok().and_then(Self::new);
        limit.ok_or("Choose a limit from 1 to 100")
    }

    /// The number of rows.
    pub fn get(self) -> u32 {
        self.0
    }

    /// One row more than the page holds: whether it is there tells if another page follows.
    pub(crate) fn and_one(self) -> u32 {
        self.0 + 1
    }
}

/// Some rows of a list, and where it goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// What to ask for to get the next page; `None` on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The page of these rows, of which there may be one more than the page holds.
    pub(crate) fn of(rows: Vec<T>, limit: Limit, cursor: impl FnOnce(&T) -> String) -> Self {
        Self::without(0, rows, limit, cursor)
    }

    /// The same of rows of which some were skipped.
    pub(crate) fn without(
        skipped: usize,
        mut rows: Vec<T>,
        limit: Limit,
        cursor: impl FnOnce(&T) -> String,
    ) -> Self {
        let size = limit.get() as usize;
        let is_last = rows.len() + skipped <= size;
        rows.truncate(size);
        let next_cursor = rows.last().filter(|_| !is_last).map(cursor);
        Self {
            items: rows,
            next_cursor,
        }
    }

    /// The same page of other things.
    pub(crate) fn map<U>(self, item: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(item).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

/// The longest place in the catalog that a cursor can name, in bytes.
const LONGEST_PLACE: usize = 4096;

const NOT_OURS: &str = "Use a next_cursor of this list, unchanged";

/// After which review a page begins, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewCursor(pub ReviewId);

impl ReviewCursor {
    /// Reads a cursor as it stands in an address.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NOT_OURS)?;
        let bytes = bytes.try_into().map_err(|_| NOT_OURS)?;
        Ok(Self(ReviewId::from_bytes(bytes)))
    }

    /// The cursor as it stands in an address.
    pub fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.to_bytes())
    }
}

/// After which vehicle a page begins, in the order of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleCursor(pub String);

impl VehicleCursor {
    /// Reads a cursor as it stands in an address.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NOT_OURS)?;
        let place = String::from_utf8(bytes)
            .ok()
            .filter(|place| (1..=LONGEST_PLACE).contains(&place.len()));
        place.map(Self).ok_or(NOT_OURS)
    }

    /// The cursor as it stands in an address.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_list_that_goes_on_has_a_cursor() {
        let limit = Limit::new(2).unwrap();
        let cursor = |number: &u8| number.to_string();
        assert_eq!(Page::of(vec![1, 2], limit, cursor).next_cursor, None);
        let page = Page::of(vec![1, 2, 3], limit, cursor);
        assert_eq!(
            (page.items, page.next_cursor),
            (vec![1, 2], Some("2".to_owned()))
        );
        let page = Page::without(1, vec![1, 2], limit, cursor);
        assert_eq!(page.next_cursor, Some("2".to_owned()));
    }

    #[test]
    fn a_limit_is_a_number_from_1_to_100() {
        assert_eq!(Limit::parse("100").map(Limit::get), Ok(100));
        for bad in ["0", "101", "-1", "1.5", "", "abc", "99999999999"] {
            assert!(Limit::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_cursor_is_read_back_and_a_tampered_one_is_refused() {
        let cursor = ReviewCursor(ReviewId::new());
        assert_eq!(ReviewCursor::parse(&cursor.text()), Ok(cursor));
        let cursor = VehicleCursor("tesla\tmodel s\t2022".to_owned());
        assert_eq!(VehicleCursor::parse(&cursor.text()), Ok(cursor));
        for bad in ["", "abc", "$ne", "AAAAAAAAAAAAAAAAAAAAAAA", "%00"] {
            assert!(ReviewCursor::parse(bad).is_err(), "{bad}");
        }
        for bad in ["", "_", "_w", "ä"] {
            assert!(VehicleCursor::parse(bad).is_err(), "{bad}");
        }
    }
}
