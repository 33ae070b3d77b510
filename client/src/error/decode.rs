//! An answer, or a document in it, that does not fit.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::call_info::CallInfo;
use crate::json;
use crate::shortened::shortened;
use crate::value::{Document, DocumentId, Value};

/// How much of a document or of serde's words an error message repeats.
const SHOWN: usize = 200;

/// An answer, or a document in it, that does not have the expected shape.
///
/// A document that does not fit its type comes with the error, as the server sent it: after
/// `find_one_and_delete` this text is all that is left of it. The message names its `_id`, the
/// place and the reason; `{:?}` leaves the document out, so that it does not end up in logs.
///
/// ```
/// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
/// use astra_db::{Document, Error};
/// use serde_json::json;
///
/// #[derive(serde::Deserialize)]
/// struct Job { minutes: u32 }
///
/// match db.collection::<Job>("jobs").find_one_and_delete(json!({"_id": 7})).await {
///     Ok(job) => println!("{:?}", job.map(|job| job.minutes)),
///     Err(Error::Decode(error)) if error.document.is_some() => {
///         eprintln!("{error}");
///         let deleted: Option<Document> = error.document.and_then(|json| json.parse().ok());
///         db.collection::<Document>("unreadable_jobs").insert_many(deleted).await?;
///     }
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct DecodeError {
    /// Which call it was and what it took.
    pub call: CallInfo,
    /// Where in the answer, `data.documents[3].price` for example.
    pub path: String,
    /// What serde said.
    pub source: Arc<serde_json::Error>,
    /// The `_id` of the document that does not fit its type. Rows have none, and a projection may
    /// leave it out.
    pub id: Option<DocumentId>,
    /// The document or row that does not fit its type, as the server sent it; `None` if the answer
    /// around it is malformed.
    pub document: Option<String>,
}

impl DecodeError {
    pub(crate) fn new(call: &CallInfo, path: String, source: serde_json::Error) -> Self {
        Self {
            call: call.clone(),
            path,
            source: Arc::new(source),
            id: None,
            document: None,
        }
    }

    /// The same, about this document.
    pub(crate) fn of_document(mut self, json: &str) -> Self {
        let fields: Option<Document> = json.parse().ok();
        self.id = fields.and_then(|mut fields| fields.remove("_id").map(DocumentId::from));
        self.document = Some(json.to_owned());
        self
    }

    /// "the document with `_id` 7", "the row that begins with {..}"
    fn subject(&self, json: &str) -> String {
        if let Some(id) = &self.id {
            let id = Value::from(id.clone()).to_string();
            return format!("the document with the `_id` {}", shortened(&id, SHOWN));
        }
        format!("the document or row {}", shortened(json, SHOWN))
    }

    fn aftermath(&self) -> &'static str {
        match &*self.call.command {
            "find" | "findAndRerank" => "; the other documents of the page can still be read",
            "findOneAndDelete" => {
                "; it has been deleted, and what it held is in `DecodeError::document`"
            }
            "findOneAndUpdate" | "findOneAndReplace" => "; the command has been carried out",
            _ => "",
        }
    }
}

/// A document as its type, or why it is not one.
pub(crate) type Fitted<T> = Result<T, Box<DecodeError>>;

/// Reads one part of an answer; on failure reads it again to find the place.
pub(crate) fn read_part<T: DeserializeOwned>(
    text: &[u8],
    part: &str,
    call: &CallInfo,
) -> Fitted<T> {
    let text = std::str::from_utf8(text).map_err(|error| {
        let source = serde::de::Error::custom(error);
        Box::new(DecodeError::new(call, part.to_owned(), source))
    })?;
    json::from_str(text).or_else(|_| {
        serde_path_to_error::deserialize(&mut json::Reader::new(text)).map_err(|error| {
            let inside = error.path().to_string();
            let path = match (part, inside.as_str()) {
                ("", "" | ".") => "the top level".to_owned(),
                ("", path) => path.to_owned(),
                (part, "" | ".") => part.to_owned(),
                (part, path) => format!("{part}.{path}"),
            };
            Box::new(DecodeError::new(call, path, error.into_inner()))
        })
    })
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, path, .. } = self;
        let path = shortened(path, SHOWN);
        let Some(json) = &self.document else {
            return write!(f, "the answer to {call} cannot be read at {path}");
        };
        let reason = self.source.to_string();
        write!(
            f,
            "{call}: {} does not fit its type at {path}: {}{}",
            self.subject(json),
            shortened(&reason, SHOWN),
            self.aftermath()
        )
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("call", &self.call)
            .field("path", &shortened(&self.path, SHOWN))
            .field("source", &shortened(&self.source.to_string(), SHOWN))
            .field("id", &self.id)
            .field("document_bytes", &self.document.as_ref().map(String::len))
            .finish()
    }
}

impl std::error::Error for DecodeError {
    /// The message about a document has the reason in it already.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.document {
            Some(_) => None,
            None => Some(&*self.source),
        }
    }
}
