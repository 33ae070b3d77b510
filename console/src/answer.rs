//! What the API says about a command: errors and warnings, in its own words.

use astra_db::{ApiError, Error};

/// One error or warning, as the pages show it.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// `DOCUMENT_ALREADY_EXISTS`; empty for what did not come from the API.
    pub(super) code: String,
    pub(super) message: String,
}

impl Said {
    /// Each error of a failed command.
    pub(super) fn errors(error: &Error) -> Vec<Self> {
        match error.api_errors() {
            Some(errors) => Self::all(errors.errors()),
            None => vec![Self {
                code: String::new(),
                message: error.to_string(),
            }],
        }
    }

    /// Each warning.
    pub(super) fn all(said: &[ApiError]) -> Vec<Self> {
        said.iter().map(Self::of).collect()
    }

    fn of(said: &ApiError) -> Self {
        let message = if said.message.is_empty() {
            &said.title
        } else {
            &said.message
        };
        Self {
            code: said.code.to_string(),
            message: message.clone(),
        }
    }
}
