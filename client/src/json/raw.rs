//! The text of a value as it stands, for a `RawValue`.

use std::borrow::Cow;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess};
use serde_json::Error;

/// The name by which `serde_json` recognises a request for raw text. Unchanged since `raw_value`
/// appeared in `serde_json` 1.0.34 (`src/raw.rs`, `TOKEN`); a test of `value::captured` fails if it ever changes.
pub(crate) const RAW_TOKEN: &str = "$serde_json::private::RawValue";

/// The text of a value, in the form by which `serde_json` hands it to a `RawValue`.
pub(super) struct Raw<'de>(Option<Cow<'de, str>>);

impl<'de> Raw<'de> {
    pub(super) fn new(text: impl Into<Cow<'de, str>>) -> Self {
        Self(Some(text.into()))
    }
}

impl<'de> MapAccess<'de> for Raw<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let token = self
            .0
            .as_ref()
            .map(|_| BorrowedStrDeserializer::new(RAW_TOKEN));
        token.map(|token| seed.deserialize(token)).transpose()
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        match self.0.take().unwrap_or_default() {
            Cow::Borrowed(text) => seed.deserialize(BorrowedStrDeserializer::new(text)),
            Cow::Owned(text) => seed.deserialize(text.into_deserializer()),
        }
    }
}
