//! Commands carried out: each asks the storage and makes an answer.

pub(crate) mod collections;
pub(crate) mod schema;
pub(crate) mod tables;

use crate::error::{ApiError, server};

/// What a read fails with whose answer has more bytes than it may have.
fn too_large_an_answer() -> ApiError {
    server::OVERLOADED_SERVER.because(
        "The answer is larger than the server has memory for. Ask for fewer documents or fields at once.",
    )
}
