//! The errors and warnings of the Data API: one catalogue of kinds, and what becomes of a kind when it occurs.

mod catalogue;

pub(crate) mod database;
pub(crate) mod document;
pub(crate) mod embedding_provider;
pub(crate) mod filter;
pub(crate) mod projection;
pub(crate) mod request;
pub(crate) mod reranking_provider;
pub(crate) mod schema;
pub(crate) mod security;
pub(crate) mod server;
pub(crate) mod sort;
pub(crate) mod storage;
pub(crate) mod update;
pub(crate) mod warning;

use uuid::Uuid;

use crate::json::{Object, Value};

/// Bytes of a message, about.
const MAX_MESSAGE: usize = 2000;

/// Who can do something about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// The caller, by sending something else.
    Request,
    /// Nobody but the server.
    Server,
}

/// An entry of the error catalogue. Clients tell errors apart by family, scope and code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) code: &'static str,
    pub(crate) family: Family,
    /// Empty where the kind belongs to no scope.
    pub(crate) scope: &'static str,
    pub(crate) title: &'static str,
    pub(crate) http_status: u16,
}

impl Kind {
    /// An occurrence of this kind. The message is one or more whole sentences: what is wrong, then what to do.
    pub(crate) fn because(&'static self, message: impl Into<String>) -> ApiError {
        let mut message = message.into();
        cut(&mut message);
        ApiError {
            kind: self,
            message,
            document_ids: Vec::new(),
        }
    }
}

/// Messages quote what was sent, which can be megabytes: what is in their middle is left out.
fn cut(message: &mut String) {
    if message.len() > MAX_MESSAGE {
        let boundary = |at: &usize| message.is_char_boundary(*at);
        let start = (0..=MAX_MESSAGE / 2).rev().find(boundary);
        let end = (message.len() - MAX_MESSAGE / 2..=message.len()).find(boundary);
        let middle = start.unwrap_or_default()..end.unwrap_or(message.len());
        message.replace_range(middle, " … ");
    }
}

/// One error or warning of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) kind: &'static Kind,
    pub(crate) message: String,
    /// The `_id` values the error is about; written only if there are any.
    pub(crate) document_ids: Vec<Value>,
}

impl ApiError {
    /// Says which document the error is about.
    pub(crate) fn of_document(mut self, id: Value) -> Self {
        self.document_ids.push(id);
        self
    }

    /// The error as clients see it, with an id of its own for each time it is made.
    pub(crate) fn to_object(&self) -> Object {
        let family = match self.kind.family {
            Family::Request => "REQUEST",
            Family::Server => "SERVER",
        };
        let mut object = Object::from([
            ("id", Uuid::new_v4().to_string().as_str()),
            ("family", family),
            ("scope", self.kind.scope),
            ("errorCode", self.kind.code),
            ("title", self.kind.title),
            ("message", &self.message),
        ]);
        if !self.document_ids.is_empty() {
            object.insert("documentIds", self.document_ids.clone());
        }
        object
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_written_with_all_its_parts() {
        let error = filter::FILTER_INVALID_EXPRESSION.because("It is wrong.");
        let text = Value::from(error.to_object()).to_json();
        let (id, rest) = text.split_at(r#"{"id":"#.len() + 38);
        assert!(
            Uuid::parse_str(id.trim_start_matches(r#"{"id":"#).trim_matches('"'))
                .is_ok_and(|id| id.get_version_num() == 4)
        );
        assert_eq!(
            rest,
            r#","family":"REQUEST","scope":"FILTER","errorCode":"FILTER_INVALID_EXPRESSION","title":"Filter expression not valid","message":"It is wrong."}"#
        );
    }

    #[test]
    fn a_message_quotes_its_beginning_and_its_end() {
        let message = format!("The path `{}` is not valid.", "é".repeat(100_000));
        let error = filter::FILTER_INVALID_EXPRESSION.because(message);
        assert!(
            error.message.len() <= MAX_MESSAGE + 10,
            "{}",
            error.message.len()
        );
        assert!(
            error.message.starts_with("The path `éé")
                && error.message.ends_with("éé` is not valid.")
        );
    }

    #[test]
    fn document_ids_are_written_where_known() {
        let error = document::DOCUMENT_ALREADY_EXISTS
            .because("It exists.")
            .of_document(Value::from("a"));
        assert_eq!(
            error.to_object().get("documentIds"),
            Some(&Value::from(vec![Value::from("a")]))
        );
    }

    #[test]
    fn only_security_and_content_type_change_the_http_status() {
        assert_eq!(security::UNAUTHENTICATED_REQUEST.http_status, 401);
        assert_eq!(request::UNSUPPORTED_CONTENT_TYPE.http_status, 415);
        assert_eq!(request::REQUEST_NOT_JSON.http_status, 200);
        assert_eq!(server::UNEXPECTED_SERVER_ERROR.http_status, 200);
    }
}
