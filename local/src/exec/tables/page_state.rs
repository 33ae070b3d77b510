//! Page states: where the next page of rows begins, in a form that clients hand back and need not understand.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{ApiError, database};

/// The first byte of every page state of a table; those of collections begin with another.
const VERSION: u8 = 0x81;
/// How a page state with no limit writes the number of rows to come.
const UNLIMITED: u64 = u64::MAX;

/// Where a page ended. It names a row by its key, so it stays good while rows come, change and go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PageState {
    /// The key of the last row of the page.
    pub(super) after: Vec<u8>,
    /// What is left of the limit the first page was asked with.
    pub(super) remaining: Option<u64>,
}

impl PageState {
    /// The text for clients.
    pub(super) fn to_text(&self) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.remaining.unwrap_or(UNLIMITED).to_be_bytes());
        bytes.extend(&self.after);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the text again; anything else is refused as the real server does.
    pub(super) fn from_text(text: &str) -> Result<Self, ApiError> {
        Self::decode(text).ok_or_else(|| {
            database::UNEXPECTED_DRIVER_ERROR.because(
                "The page state is not valid. Send the nextPageState of the previous answer as it is, or none to begin anew.",
            )
        })
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (remaining, after) = rest.split_first_chunk()?;
        let remaining = u64::from_be_bytes(*remaining);
        (*version == VERSION && remaining > 0 && !after.is_empty()).then(|| Self {
            after: after.to_vec(),
            remaining: (remaining != UNLIMITED).then_some(remaining),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_state_is_read_as_it_was_written() {
        for remaining in [None, Some(1), Some(10)] {
            let state = PageState {
                after: vec![0, 255],
                remaining,
            };
            assert_eq!(PageState::from_text(&state.to_text()), Ok(state));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in ["x", "not a state", "AAAA", "gQAAAAAAAAAA"] {
            let error = PageState::from_text(bad).map_err(|error| error.kind);
            assert_eq!(error, Err(&database::UNEXPECTED_DRIVER_ERROR), "{bad}");
        }
    }
}
