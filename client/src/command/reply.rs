//! An answer: `data`, `status`, `errors` and warnings.

use std::time::Duration;

use bytes::Bytes;
use memchr::memmem;
use serde::Deserialize;
use serde::de::value::UnitDeserializer;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;

use crate::call_info::CallInfo;
use crate::error::{
    ApiError, ApiErrors, DecodeError, DeniedWarnings, Error, Fitted, Result, read_part,
};
use crate::json;

/// The answer to a command that succeeded.
///
/// ```
/// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
/// use serde::Deserialize;
/// use serde_json::json;
///
/// #[derive(Deserialize)]
/// struct Counted { count: u64 }
///
/// let reply = db.command(json!({"countDocuments": {}})).collection("products").await?;
/// let Counted { count } = reply.status()?;
/// println!("{count} products, {} warnings", reply.warnings.len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Reply {
    /// Which call it was and what it took.
    pub call: CallInfo,
    /// What the server wants to be known although it succeeded, from `status.warnings`.
    pub warnings: Vec<ApiError>,
    body: Bytes,
}

/// Both parts of an answer, read in one pass. Longer answers are read once only.
#[derive(Deserialize)]
struct Parts<D, S> {
    data: Option<D>,
    status: Option<S>,
}

impl Reply {
    /// The whole answer as it came, undecoded.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// `data` as a `T`; a missing `data` reads as `null`.
    ///
    /// # Errors
    /// [`Error::Decode`] with the place in the answer that does not fit `T`.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T> {
        let Parts { data, status: _ } = self.read::<Parts<T, IgnoredAny>>()?;
        self.given_or_null(data, "data")
    }

    /// `status` as a `T`; a missing `status` reads as `null`.
    ///
    /// # Errors
    /// [`Error::Decode`] with the place in the answer that does not fit `T`.
    pub fn status<T: DeserializeOwned>(&self) -> Result<T> {
        let Parts { data: _, status } = self.read::<Parts<IgnoredAny, T>>()?;
        self.given_or_null(status, "status")
    }

    /// `data` as a `D` and, if there is any, `status` as an `S`.
    pub(crate) fn parts<D: DeserializeOwned, S: DeserializeOwned>(&self) -> Result<(D, Option<S>)> {
        let Parts { data, status } = self.read::<Parts<D, S>>()?;
        Ok((self.given_or_null(data, "data")?, status))
    }

    /// The whole answer as a `T`.
    ///
    /// # Errors
    /// [`Error::Decode`] with the place in the answer that does not fit `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        decode_part(&self.body, "", &self.call)
    }

    /// The error that a success with warnings is where they are denied.
    pub(crate) fn into_denied(self) -> Error {
        let Self {
            call,
            warnings,
            body,
        } = self;
        Error::Warnings(Box::new(DeniedWarnings {
            call,
            warnings,
            body,
        }))
    }

    /// The answer of one of several requests, also where its warnings are denied, which is to end
    /// the call when the answer is entered.
    pub(crate) fn despite_warnings(answer: Result<Self>) -> (Result<Self>, Option<Error>) {
        match answer {
            Err(Error::Warnings(denied)) => {
                let reply = Self {
                    call: denied.call.clone(),
                    warnings: denied.warnings.clone(),
                    body: denied.body.clone(),
                };
                (Ok(reply), Some(Error::Warnings(denied)))
            }
            answer => (answer, None),
        }
    }

    fn given_or_null<T: DeserializeOwned>(&self, part: Option<T>, name: &str) -> Result<T> {
        part.map_or_else(
            || {
                T::deserialize(UnitDeserializer::new())
                    .map_err(|source| decode_error(&self.call, name.to_owned(), source))
            },
            Ok,
        )
    }
}

/// Reads one part of an answer.
fn decode_part<T: DeserializeOwned>(json: &[u8], part: &str, call: &CallInfo) -> Result<T> {
    read_part(json, part, call).map_err(Error::Decode)
}

/// Reads the documents of a page one by one.
pub(crate) fn decode_documents<T: DeserializeOwned>(
    documents: &[Box<RawValue>],
    call: &CallInfo,
) -> Vec<Fitted<T>> {
    let documents = documents.iter().enumerate();
    documents
        .map(|(index, json)| decode_document(json.get(), json, || document_at(index), call))
        .collect()
}

pub(crate) fn document_at(index: usize) -> String {
    format!("data.documents[{index}]")
}

/// Reads one document of an answer; one that does not fit comes with the error. The text to read
/// may be more than what the server sent.
pub(crate) fn decode_document<T: DeserializeOwned>(
    text: &str,
    document: &RawValue,
    place: impl FnOnce() -> String,
    call: &CallInfo,
) -> Fitted<T> {
    json::from_str(text).or_else(|_| {
        read_part(text.as_bytes(), &place(), call)
            .map_err(|error| Box::new(error.of_document(document.get())))
    })
}

pub(crate) fn decode_error(call: &CallInfo, path: String, source: serde_json::Error) -> Error {
    Error::Decode(Box::new(DecodeError::new(call, path, source)))
}

/// An answer whose parts do not fit together.
pub(crate) fn malformed(call: &CallInfo, path: &str, complaint: &str) -> Error {
    let source = serde::de::Error::custom(complaint);
    decode_error(call, path.to_owned(), source)
}

/// An answer cut into its parts, before anyone decides whether it is a success.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) errors: Vec<ApiError>,
    pub(crate) warnings: Vec<ApiError>,
    data: Option<Bytes>,
    status: Option<Bytes>,
    body: Bytes,
}

#[derive(Deserialize)]
struct WireEnvelope<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    errors: Option<Vec<ApiError>>,
}

#[derive(Default, Deserialize)]
struct StatusWarnings {
    #[serde(default)]
    warnings: Option<Vec<ApiError>>,
}

impl Envelope {
    /// Cuts an answer without copying `data` and `status`.
    pub(crate) fn parse(body: &Bytes) -> std::result::Result<Self, serde_json::Error> {
        if is_long_success(body) {
            let (errors, warnings) = (Vec::new(), Vec::new());
            return Ok(Self {
                errors,
                warnings,
                data: None,
                status: None,
                body: body.clone(),
            });
        }
        let wire: WireEnvelope<'_> = serde_json::from_slice(body)?;
        let warnings = warnings_in(wire.status)?;
        let slice = |raw: &RawValue| body.slice_ref(raw.get().as_bytes());
        Ok(Self {
            data: wire.data.map(slice),
            status: wire.status.map(slice),
            errors: wire.errors.unwrap_or_default(),
            warnings,
            body: body.clone(),
        })
    }

    pub(crate) fn into_reply(self, call: CallInfo) -> Reply {
        let Self { warnings, body, .. } = self;
        Reply {
            call,
            warnings,
            body,
        }
    }

    /// The errors with all that came beside them. Only for an envelope that has errors.
    pub(crate) fn into_errors(
        self,
        call: CallInfo,
        http_status: u16,
        retry_after: Option<Duration>,
    ) -> Error {
        let Self {
            errors,
            warnings,
            data,
            status,
            ..
        } = self;
        Error::Api(Box::new(ApiErrors {
            errors,
            warnings,
            http_status,
            retry_after,
            call,
            data,
            status,
        }))
    }
}

/// Whether a long answer certainly has neither errors nor warnings, as the words do not occur in
/// it at all. To cut it would mean to read it twice: it is read when its `data` is. Short ones are
/// always cut, which also makes sure of their JSON where nobody reads them.
fn is_long_success(body: &[u8]) -> bool {
    body.len() > 4096
        && body.starts_with(b"{")
        && body.trim_ascii_end().ends_with(b"}")
        && memmem::find(body, b"\"errors\"").is_none()
        && memmem::find(body, b"\"warnings\"").is_none()
}

fn warnings_in(status: Option<&RawValue>) -> std::result::Result<Vec<ApiError>, serde_json::Error> {
    match status {
        Some(status) if status.get().contains("\"warnings\"") => {
            let found: StatusWarnings = serde_json::from_str(status.get())?;
            Ok(found.warnings.unwrap_or_default())
        }
        _ => Ok(Vec::new()),
    }
}
