//! Page states: where the next page begins, in a form that clients hand back and need not understand.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{ApiError, database};

/// The first byte of every page state; another form gets another one.
const VERSION: u8 = 1;
/// How a page state with no limit writes the number of documents to come.
const UNLIMITED: u64 = u64::MAX;

/// Where a page ended. It names a document by number, so it stays good while documents come, change and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageState {
    /// The last document of the page.
    pub(crate) after: i64,
    /// What is left of the limit the first page was asked with.
    pub(crate) remaining: Option<u64>,
}

impl PageState {
    /// The text for clients.
    pub(crate) fn to_text(self) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.after.to_be_bytes());
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
        let (after, remaining) = rest.split_at_checked(8)?;
        let after = i64::from_be_bytes(after.try_into().ok()?);
        let remaining = u64::from_be_bytes(remaining.try_into().ok()?);
        let state = Self {
            after,
            remaining: (remaining != UNLIMITED).then_some(remaining),
        };
        (*version == VERSION && remaining > 0).then_some(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_state_is_read_as_it_was_written() {
        for remaining in [None, Some(1), Some(10)] {
            let state = PageState {
                after: 4711,
                remaining,
            };
            assert_eq!(PageState::from_text(&state.to_text()), Ok(state));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let good = PageState {
            after: 1,
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
