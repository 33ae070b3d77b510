//! The inputs by which `/insert` and `/update` take a document.

use crate::answer::{InputStyle, TextInput};
use crate::domain::document::MAX_NAME;

/// The inputs for a name and a body, filled with these.
pub(super) fn inputs(name: &str, body: &str) -> [TextInput; 2] {
    [
        TextInput::new("name", "Name", InputStyle::Short)
            .at_most(MAX_NAME)
            .filled_with(name),
        TextInput::new("body", "JSON", InputStyle::Paragraph)
            .optional()
            .filled_with(body)
            .hint("{\"colour\": \"red\", \"price\": 12.50}"),
    ]
}
