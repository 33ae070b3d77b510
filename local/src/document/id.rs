//! Document ids: their forms, their identity, and new ones.

use std::borrow::Cow;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use crate::definition::DefaultId;
use crate::ejson::{self, Extended, Wrapper, abbreviated};
use crate::error::{ApiError, document};
use crate::json::{Number, Object, Value};
use crate::number::{self, Decimal, ordered};

/// The value of a document's `_id`.
#[derive(Clone, Debug)]
pub(crate) enum DocumentId {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    /// Milliseconds since 1970.
    Date(i64),
    /// Lower case.
    Uuid(String),
    /// Lower case.
    ObjectId(String),
}

impl DocumentId {
    /// Reads an `_id`.
    pub(crate) fn from_value(value: &Value) -> Result<Self, ApiError> {
        match value {
            Value::Null => Ok(Self::Null),
            Value::Bool(value) => Ok(Self::Bool(*value)),
            Value::Number(text) => match number::normalise(text.as_str()) {
                Some(text) => Ok(Self::Number(Number::new(text))),
                None => Err(document::SHRED_BAD_DOCID_VALUE.because(format!(
                    "The exponent of the `_id` {} is too large to be stored. Use a smaller number.",
                    abbreviated(value)
                ))),
            },
            Value::String(text) if text.is_empty() => Err(document::SHRED_BAD_DOCID_VALUE.because(
                "An `_id` must not be an empty string. Leave `_id` out to have one made.",
            )),
            Value::String(text) => Ok(Self::Text(text.clone())),
            Value::Object(object) => Self::from_wrapper(object).ok_or_else(|| bad_type(value)),
            Value::Array(_) => Err(bad_type(value)),
        }
    }

    fn from_wrapper(object: &Object) -> Option<Self> {
        let (wrapper, content) = ejson::wrapper(object)?;
        match wrapper.read(content)? {
            Extended::Date(instant) => Some(Self::Date(instant)),
            Extended::Uuid(text) => Some(Self::Uuid(text)),
            Extended::ObjectId(text) => Some(Self::ObjectId(text)),
            Extended::Binary(_) => None,
        }
    }

    /// Bytes that two ids share if and only if they are the same id. A UUID or ObjectId is the same id as the plain
    /// string of its lower-case characters, a number the same as any other of its value.
    pub(crate) fn key(&self) -> Vec<u8> {
        let mut key = Vec::new();
        match self {
            Self::Text(text) | Self::Uuid(text) | Self::ObjectId(text) => {
                key.push(b's');
                key.extend(text.as_bytes());
            }
            Self::Number(text) => {
                key.push(b'n');
                Decimal::parse(text.as_str()).encode(&mut key);
            }
            Self::Bool(value) => key.extend([b'b', u8::from(*value)]),
            Self::Null => key.push(b'z'),
            Self::Date(instant) => {
                key.push(b't');
                key.extend(ordered(*instant));
            }
        }
        key
    }

    /// The id as the real server's database keys it: the number of its type, and its text.
    pub(super) fn database_key(&self) -> (u8, Cow<'_, str>) {
        match self {
            Self::Text(text) | Self::Uuid(text) | Self::ObjectId(text) => (1, Cow::Borrowed(text)),
            Self::Number(number) => (2, Cow::Borrowed(number.as_str())),
            Self::Bool(value) => (3, Cow::Borrowed(if *value { "true" } else { "false" })),
            Self::Null => (4, Cow::Borrowed("null")),
            Self::Date(instant) => (5, Cow::Owned(instant.to_string())),
        }
    }

    /// The id as it is reported: hexadecimal digits in lower case.
    pub(crate) fn to_value(&self) -> Value {
        let wrapped = |wrapper: Wrapper, content: Value| {
            Value::from(Object::from([(wrapper.key(), content)]))
        };
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Text(text) => Value::String(text.clone()),
            Self::Date(instant) => wrapped(Wrapper::Date, (*instant).into()),
            Self::Uuid(text) => wrapped(Wrapper::Uuid, text.as_str().into()),
            Self::ObjectId(text) => wrapped(Wrapper::ObjectId, text.as_str().into()),
        }
    }
}

impl PartialEq for DocumentId {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for DocumentId {}

/// A new id of the kind a collection asks for; a random UUID as a plain string if it asks for none.
pub(crate) fn generate(kind: Option<DefaultId>) -> DocumentId {
    match kind {
        None => DocumentId::Text(Uuid::new_v4().to_string()),
        Some(DefaultId::Uuid) => DocumentId::Uuid(Uuid::new_v4().to_string()),
        Some(DefaultId::UuidV6) => DocumentId::Uuid(Uuid::now_v6(&NODE).to_string()),
        Some(DefaultId::UuidV7) => DocumentId::Uuid(Uuid::now_v7().to_string()),
        Some(DefaultId::ObjectId) => DocumentId::ObjectId(new_object_id()),
    }
}

/// What makes ids of this process differ from those of others: 6 random bytes, with the bit set that says so
/// (RFC 9562, section 6.10).
static NODE: LazyLock<[u8; 6]> = LazyLock::new(|| {
    let random = Uuid::new_v4();
    let mut node = [0; 6];
    node.copy_from_slice(&random.as_bytes()[10..]);
    node[0] |= 1;
    node
});

/// A process-wide count, from a random start.
static OBJECT_ID_COUNT: LazyLock<AtomicU32> = LazyLock::new(|| {
    let random = Uuid::new_v4();
    let bytes = random.as_bytes();
    AtomicU32::new(u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]))
});

/// 4 bytes of seconds, 5 random ones of this process, 3 of a count: consecutive ids ascend.
fn new_object_id() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let seconds = now.as_secs() & 0xffff_ffff;
    let count = OBJECT_ID_COUNT.fetch_add(1, Ordering::Relaxed) & 0x00ff_ffff;
    let [a, b, c, d, ..] = *NODE;
    let process = u32::from_be_bytes([a, b, c, d]);
    let last = NODE[4];
    format!("{seconds:08x}{process:08x}{last:02x}{count:06x}")
}

fn bad_type(value: &Value) -> ApiError {
    document::SHRED_BAD_DOCID_TYPE.because(format!(
        "{} cannot be an `_id`. An `_id` is a string, a number, a boolean, null, or one of `{{\"$date\": …}}`, \
         `{{\"$uuid\": …}}` and `{{\"$objectId\": …}}` with well-formed content.",
        abbreviated(value)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn id(text: &str) -> Result<DocumentId, ApiError> {
        DocumentId::from_value(&json::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn ids_of_one_value_are_one_id() {
        let uuid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
        let upper = uuid.to_uppercase();
        for (one, other) in [
            ("5".to_owned(), "5.0".to_owned()),
            ("100".to_owned(), "1e2".to_owned()),
            (format!("\"{uuid}\""), format!(r#"{{"$uuid":"{uuid}"}}"#)),
            (
                format!(r#"{{"$uuid":"{upper}"}}"#),
                format!(r#"{{"$uuid":"{uuid}"}}"#),
            ),
        ] {
            assert_eq!(id(&one).unwrap(), id(&other).unwrap());
        }
    }

    #[test]
    fn ids_of_different_types_are_different_ids() {
        let texts = [
            "5",
            "\"5\"",
            "true",
            "\"true\"",
            "null",
            "\"null\"",
            r#"{"$date":5}"#,
            "false",
            "0",
        ];
        for (at, one) in texts.iter().enumerate() {
            for other in &texts[at + 1..] {
                assert_ne!(id(one).unwrap(), id(other).unwrap(), "{one} and {other}");
            }
        }
    }

    #[test]
    fn what_cannot_be_an_id_is_refused() {
        for text in [
            "[1]",
            r#"{"a":1}"#,
            "{}",
            r#"{"$date":"x"}"#,
            r#"{"$uuid":"zz"}"#,
            r#"{"$objectId":"12"}"#,
            r#"{"$binary":"AAAA"}"#,
            r#"{"$x":1}"#,
        ] {
            assert_eq!(
                id(text).unwrap_err().kind,
                &document::SHRED_BAD_DOCID_TYPE,
                "{text}"
            );
        }
        assert_eq!(
            id("\"\"").unwrap_err().kind,
            &document::SHRED_BAD_DOCID_VALUE
        );
    }

    #[test]
    fn ids_are_reported_in_lower_case() {
        let reported = id(r#"{"$objectId":"64F0C2A1B5D4E3F2A1B0C9D8"}"#)
            .unwrap()
            .to_value();
        assert_eq!(
            reported.to_json(),
            r#"{"$objectId":"64f0c2a1b5d4e3f2a1b0c9d8"}"#
        );
    }

    #[test]
    fn every_kind_of_new_id_is_well_formed_and_new() {
        for (kind, version) in [
            (None, 4),
            (Some(DefaultId::Uuid), 4),
            (Some(DefaultId::UuidV6), 6),
            (Some(DefaultId::UuidV7), 7),
        ] {
            let (one, other) = (generate(kind), generate(kind));
            assert_ne!(one, other);
            let (DocumentId::Text(text) | DocumentId::Uuid(text)) = one else {
                panic!("{one:?} is no UUID");
            };
            assert_eq!(Uuid::parse_str(&text).unwrap().get_version_num(), version);
        }
        let (one, other) = (new_object_id(), new_object_id());
        assert_eq!(one.len(), 24);
        assert_eq!(one[8..18], other[8..18]);
        assert_ne!(one, other);
    }
}
