//! `{"$binary": base64}`

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Serialize, Serializer};

use super::Value;
use super::extended::{self, Extended, extended};

/// Bytes, on the wire `{"$binary": "<base64>"}` (standard alphabet, padded).
///
/// The API stores them as they come and can neither filter nor index them.
///
/// ```
/// use astra_db::Binary;
///
/// let bytes = Binary::from(vec![1, 2, 255]);
/// assert_eq!(serde_json::to_string(&bytes)?, r#"{"$binary":"AQL/"}"#);
/// assert_eq!(serde_json::from_str::<Binary>(r#"{"$binary":"AQL/"}"#)?.as_slice(), [1, 2, 255]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Binary(Vec<u8>);

impl Binary {
    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, taken out.
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn from_base64(text: &str) -> Option<Self> {
        BASE64_STANDARD.decode(text).ok().map(Self)
    }

    pub(super) fn base64(bytes: &[u8]) -> String {
        BASE64_STANDARD.encode(bytes)
    }
}

impl From<Vec<u8>> for Binary {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Binary {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl From<Binary> for Value {
    fn from(bytes: Binary) -> Self {
        extended::wrap("$binary", Binary::base64(&bytes.0))
    }
}

impl AsRef<[u8]> for Binary {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The length only: bytes may be anything, secrets included.
impl fmt::Debug for Binary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Binary({} bytes)", self.0.len())
    }
}

impl Extended for Binary {
    const EXPECTED: &'static str = r#"{"$binary": "<base64>"}"#;

    fn from_value(value: &Value) -> Option<Self> {
        Self::from_base64(extended::content(value, "$binary")?.as_str()?)
    }
}

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        extended::serialize(serializer, "$binary", &Self::base64(&self.0))
    }
}

extended!(Binary);
