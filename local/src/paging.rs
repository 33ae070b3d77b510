//! Page states: where the next page begins, in a form that clients hand back and need not understand.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{ApiError, database};
use crate::storage::documents::Place;

/// The first byte of every page state; another form gets another one.
const VERSION: u8 = 1;
/// How a page state with no limit writes the number of documents to come.
const UNLIMITED: u64 = u64::MAX;

/// Where a page ended. It names a place in the default order, so it stays good while documents come, change and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageState {
    /// The last document of the page.
    pub(crate) after: Place,
    /// What is left of the limit the first page was asked with.
    pub(crate) remaining: Option<u64>,
}

impl PageState {
    /// The text for clients.
    pub(crate) fn to_text(self) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.after.token.to_be_bytes());
        bytes.extend(self.after.id.to_be_bytes());
        bytes.extend(self.remaining.unwrap_or(UNLIMITED).to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the text again.
    ///
    /// # Errors
    ///
    /// `UNEXPECTED_DRIVER_ERROR`, as the real server has it, for anything [`to_text`](Self::to_text) did not write.
    pub(crate) fn from_text(text: &str) -> Result<Self, ApiError> {
        Self::decode(text).ok_or_else(|| {
            database::UNEXPECTED_DRIVER_ERROR.because(
                "The page state is not valid. Send the nextPageState of the previous answer as it is, or none to \
                 begin anew.",
            )
        })
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (numbers, left_over) = rest.as_chunks::<8>();
        let [token, id, remaining] = *<&[_; 3]>::try_from(numbers).ok()?;
        let after = Place {
            token: i64::from_be_bytes(token),
            id: i64::from_be_bytes(id),
        };
        let remaining = u64::from_be_bytes(remaining);
        let state = Self {
            after,
            remaining: (remaining != UNLIMITED).then_some(remaining),
        };
        (*version == VERSION && left_over.is_empty() && remaining > 0).then_some(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_state_is_read_as_it_was_written() {
        for remaining in [None, Some(1), Some(10)] {
            let state = PageState {
                after: Place {
                    token: -4711,
                    id: 7,
                },
                remaining,
            };
            assert_eq!(PageState::from_text(&state.to_text()), Ok(state));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let good = PageState {
            after: Place { token: 1, id: 1 },
            remaining: None,
        }
        .to_text();
        let longer = format!("{good}AAAA");
        for bad in [
            "",
            "x",
            "not a state",
            &good[1..],
            &good[..good.len() - 3],
            &longer,
        ] {
            let error = PageState::from_text(bad).map_err(|error| error.kind);
            assert_eq!(error, Err(&database::UNEXPECTED_DRIVER_ERROR), "{bad}");
        }
    }
}
