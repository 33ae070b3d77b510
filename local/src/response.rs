//! What a command answers, and how an answer is written.

use std::sync::Arc;

use crate::error::ApiError;
use crate::json::{Object, Value, write_string};

/// The answer to a command: up to three parts, each left out where it is empty.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) data: Option<Data>,
    /// Which columns the rows have, as JSON text; the first of the status.
    pub(crate) projection_schema: Option<Arc<str>>,
    pub(crate) status: Object,
    pub(crate) errors: Vec<ApiError>,
    /// Written into the status.
    pub(crate) warnings: Vec<ApiError>,
}

/// The documents or rows of an answer.
#[derive(Debug)]
pub(crate) enum Data {
    One(Option<Document>),
    Page {
        documents: Vec<Document>,
        next_page_state: Option<String>,
    },
}

/// A document on its way out.
#[derive(Debug)]
pub(crate) enum Document {
    Object(Object),
    /// JSON text that is already as it shall be.
    Text(String),
}

impl Answer {
    pub(crate) fn of_status(status: impl Into<Object>) -> Self {
        Self {
            status: status.into(),
            ..Self::default()
        }
    }

    /// What a change of the schema answers when it worked.
    pub(crate) fn ok() -> Self {
        Self::of_status(Object::from([("ok", 1)]))
    }

    /// What a change of the schema answers when the database, not the request, stood against it.
    pub(crate) fn not_ok(error: ApiError) -> Self {
        Self {
            status: Object::from([("ok", 0)]),
            errors: vec![error],
            ..Self::default()
        }
    }

    /// The first error decides the status of the HTTP answer.
    pub(crate) fn http_status(&self) -> u16 {
        self.errors
            .iter()
            .map(|error| error.kind.http_status)
            .find(|status| *status != 200)
            .unwrap_or(200)
    }

    /// The answer as JSON. Its documents are dropped as they are written, for there may be megabytes of them.
    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        let documents = self.data.as_ref().map_or(0, Data::text_bytes);
        let mut out = Vec::with_capacity(documents + 256);
        self.write(&mut out);
        out
    }

    fn write(&mut self, out: &mut Vec<u8>) {
        if !self.warnings.is_empty() {
            self.status.insert("warnings", objects(&self.warnings));
        }
        out.push(b'{');
        if let Some(data) = self.data.take() {
            part("data", out);
            data.write(out);
        }
        if self.projection_schema.is_some() || !self.status.is_empty() {
            part("status", out);
            self.write_status(out);
        }
        if !self.errors.is_empty() {
            part("errors", out);
            objects(&self.errors).write(out);
        }
        out.push(b'}');
    }
}

impl Answer {
    fn write_status(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        if let Some(schema) = &self.projection_schema {
            part("projectionSchema", out);
            out.extend_from_slice(schema.as_bytes());
        }
        for (name, value) in &self.status {
            part(name, out);
            value.write(out);
        }
        out.push(b'}');
    }
}

impl From<Vec<ApiError>> for Answer {
    fn from(errors: Vec<ApiError>) -> Self {
        Self {
            errors,
            ..Self::default()
        }
    }
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        Self::from(vec![error])
    }
}

impl Data {
    /// Bytes of the documents that are text already, and of what is between them.
    fn text_bytes(&self) -> usize {
        let bytes = |document: &Document| match document {
            Document::Object(_) => 0,
            Document::Text(text) => text.len() + 1,
        };
        match self {
            Self::One(document) => document.as_ref().map_or(0, bytes),
            Self::Page { documents, .. } => documents.iter().map(bytes).sum(),
        }
    }

    fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::One(document) => {
                out.extend_from_slice(b"{\"document\":");
                match document {
                    Some(document) => document.write(out),
                    None => out.extend_from_slice(b"null"),
                }
            }
            Self::Page {
                documents,
                next_page_state,
            } => {
                out.extend_from_slice(b"{\"documents\":[");
                for (position, document) in documents.into_iter().enumerate() {
                    if position > 0 {
                        out.push(b',');
                    }
                    document.write(out);
                }
                out.extend_from_slice(b"],\"nextPageState\":");
                match next_page_state {
                    Some(state) => write_string(&state, out),
                    None => out.extend_from_slice(b"null"),
                }
            }
        }
        out.push(b'}');
    }
}

impl Document {
    /// The document as text, which takes less memory than its values do.
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Object(object) => object.to_json(),
            Self::Text(text) => text,
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Object(object) => object.write(out),
            Self::Text(text) => out.extend_from_slice(text.as_bytes()),
        }
    }
}

impl From<Object> for Document {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

fn objects(errors: &[ApiError]) -> Value {
    errors
        .iter()
        .map(|error| Value::from(error.to_object()))
        .collect::<Vec<_>>()
        .into()
}

fn part(name: &str, out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    write_string(name, out);
    out.push(b':');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{request, security, warning};

    fn written(answer: Answer) -> String {
        String::from_utf8(answer.into_bytes()).expect("JSON text")
    }

    fn with_data(data: Data) -> Answer {
        Answer {
            data: Some(data),
            ..Answer::default()
        }
    }

    #[test]
    fn empty_parts_are_left_out() {
        assert_eq!(written(Answer::ok()), r#"{"status":{"ok":1}}"#);
        assert_eq!(
            written(with_data(Data::One(None))),
            r#"{"data":{"document":null}}"#
        );
    }

    #[test]
    fn a_page_always_has_its_next_page_state() {
        let documents = vec![
            Document::from(Object::from([("_id", 1)])),
            Document::Text(r#"{"_id":2}"#.to_owned()),
        ];
        let page = |state: Option<&str>, documents| Data::Page {
            documents,
            next_page_state: state.map(str::to_owned),
        };
        assert_eq!(
            written(with_data(page(None, documents))),
            r#"{"data":{"documents":[{"_id":1},{"_id":2}],"nextPageState":null}}"#
        );
        assert_eq!(
            written(with_data(page(Some("x\""), vec![]))),
            r#"{"data":{"documents":[],"nextPageState":"x\""}}"#
        );
    }

    #[test]
    fn data_status_warnings_and_errors_stand_side_by_side() {
        let answer = Answer {
            data: Some(Data::One(None)),
            projection_schema: Some(r#"{"id":{"type":"int"}}"#.into()),
            status: Object::from([("ok", 0)]),
            errors: vec![
                request::COMMAND_UNKNOWN.because("No."),
                request::COMMAND_UNKNOWN.because("Never."),
            ],
            warnings: vec![warning::DEPRECATED_COMMAND.because("Old.")],
        };
        let text = written(answer);
        assert!(
            text.starts_with(
                r#"{"data":{"document":null},"status":{"projectionSchema":{"id":{"type":"int"}},"ok":0,"warnings":[{"id":""#
            ),
            "{text}"
        );
        assert!(text.contains(r#"}]},"errors":[{"id":""#), "{text}");
    }

    #[test]
    fn the_first_unusual_status_is_the_http_status() {
        let answer = Answer::from(vec![
            request::COMMAND_UNKNOWN.because("No."),
            security::UNAUTHENTICATED_REQUEST.because("Who?"),
        ]);
        assert_eq!(answer.http_status(), 401);
        assert_eq!(Answer::ok().http_status(), 200);
    }
}
