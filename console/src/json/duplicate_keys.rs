//! Fields that are there twice, which JSON allows and no document can hold.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A name that is given twice in one object of these values, which are known to be JSON.
pub(super) fn named_twice(text: &str) -> Option<String> {
    let values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    // A list of what is left rather than a descent: values can be nested as deep as they like.
    let mut left: Vec<&RawValue> = values.map_while(Result::ok).collect();
    while let Some(value) = left.pop() {
        let json = value.get();
        if json.starts_with('{') {
            let Fields(fields) = serde_json::from_str(json).ok()?;
            let mut names = HashSet::new();
            if let Some((name, _)) = fields.iter().find(|(name, _)| !names.insert(name)) {
                return Some(name.clone());
            }
            left.extend(fields.into_iter().map(|(_, value)| value));
        } else if json.starts_with('[') {
            let values: Vec<&RawValue> = serde_json::from_str(json).ok()?;
            left.extend(values);
        }
    }
    None
}

/// The fields of an object as they are written, all of them.
struct Fields<'de>(Vec<(String, &'de RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EachField)
    }
}

struct EachField;

impl<'de> Visitor<'de> for EachField {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}
