//! Extended JSON: objects of one `$` key that stand for a date, an id or bytes.

use crate::base64_text;
use crate::error::{ApiError, document};
use crate::json::{Object, Value};
use crate::number;
use crate::uuid_text;

/// The key of an extended JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrapper {
    Date,
    Uuid,
    ObjectId,
    Binary,
}

/// What an extended JSON object stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Extended {
    /// Milliseconds since 1970.
    Date(i64),
    /// 36 characters, lower case.
    Uuid(String),
    /// 24 hexadecimal digits, lower case.
    ObjectId(String),
    Binary(Vec<u8>),
}

impl Wrapper {
    pub(crate) fn named(key: &str) -> Option<Self> {
        match key {
            "$date" => Some(Self::Date),
            "$uuid" => Some(Self::Uuid),
            "$objectId" => Some(Self::ObjectId),
            "$binary" => Some(Self::Binary),
            _ => None,
        }
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Date => "$date",
            Self::Uuid => "$uuid",
            Self::ObjectId => "$objectId",
            Self::Binary => "$binary",
        }
    }

    /// Reads the content of a wrapper; `None` if it is malformed.
    pub(crate) fn read(self, content: &Value) -> Option<Extended> {
        match (self, content) {
            (Self::Date, Value::Number(text)) if number::is_integer(text.as_str()) => {
                text.as_str().parse().ok().map(Extended::Date)
            }
            (Self::Uuid, Value::String(text)) => {
                uuid_text::read(text).map(|uuid| Extended::Uuid(uuid.to_string()))
            }
            (Self::ObjectId, Value::String(text)) if is_object_id(text) => {
                Some(Extended::ObjectId(text.to_ascii_lowercase()))
            }
            (Self::Binary, Value::String(text)) => base64_text::read(text).map(Extended::Binary),
            _ => None,
        }
    }

    /// Reads the content of a wrapper, or says what it should have been.
    pub(crate) fn read_or_explain(self, content: &Value) -> Result<Extended, ApiError> {
        self.read(content).ok_or_else(|| self.malformed(content))
    }

    /// The error about a malformed wrapper.
    pub(crate) fn malformed(self, content: &Value) -> ApiError {
        let wanted = match self {
            Self::Date => "a whole number of milliseconds since 1970",
            Self::Uuid => "a UUID of 36 characters as a string",
            Self::ObjectId => "24 hexadecimal digits as a string",
            Self::Binary => "bytes in Base64 as a string",
        };
        document::SHRED_BAD_EJSON_VALUE.because(format!(
            "`{}` cannot hold {}. It takes {wanted}.",
            self.key(),
            abbreviated(content)
        ))
    }
}

/// The wrapper an object is, with its content: exactly one key, and a known one.
pub(crate) fn wrapper(object: &Object) -> Option<(Wrapper, &Value)> {
    if object.len() != 1 {
        return None;
    }
    let (key, content) = object.first()?;
    Wrapper::named(key).map(|wrapper| (wrapper, content))
}

/// A value for a message, cut where it is long.
pub(crate) fn abbreviated(value: &Value) -> String {
    let text = value.to_json();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

fn is_object_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The instant of a well-formed `{"$date": …}`.
pub(crate) fn date(object: &Object) -> Option<i64> {
    match wrapper(object) {
        Some((Wrapper::Date, content)) => match Wrapper::Date.read(content) {
            Some(Extended::Date(instant)) => Some(instant),
            _ => None,
        },
        _ => None,
    }
}
