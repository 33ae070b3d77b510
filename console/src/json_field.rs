//! Fields of forms that take JSON, and forms whose fields are not known beforehand.

use astra_db::Document;

use super::json;

/// A form as it was sent: names and values in their order.
pub(super) type Pairs = Vec<(String, String)>;

/// The first value of a field.
pub(super) fn text_of<'a>(form: &'a Pairs, name: &str) -> Option<&'a str> {
    let found = form.iter().find(|(field, _)| field == name);
    found.map(|(_, value)| value.as_str())
}

/// What was typed where JSON is expected, and what is wrong with it.
#[derive(Debug, Default, Clone)]
pub(super) struct JsonField {
    pub(super) text: String,
    pub(super) problem: Option<String>,
}

impl JsonField {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            problem: None,
        }
    }

    /// The object that was typed; nothing typed is an empty one. Where it is none, the problem is noted.
    pub(super) fn object(&mut self) -> Option<Document> {
        match json::object(&self.text) {
            Ok(object) => Some(object.unwrap_or_default()),
            Err(problem) => {
                self.problem = Some(problem);
                None
            }
        }
    }
}
