//! serde's view of JSON text.

use std::borrow::Cow;
use std::str::FromStr;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Error;

use super::Reader;
use super::key::Key;
use super::number::{out_of_range, visit_number};
use super::raw::{RAW_TOKEN, Raw};

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.next_byte() {
            Some(b'{') => self.between(*b"{}", |reader| visitor.visit_map(Members::new(reader))),
            Some(b'[') => self.between(*b"[]", |reader| visitor.visit_seq(Members::new(reader))),
            Some(b'"') => match self.string()? {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            Some(b't') => visitor.visit_bool(self.literal("true", true)?),
            Some(b'f') => visitor.visit_bool(self.literal("false", false)?),
            Some(b'n') => {
                self.literal("null", ())?;
                visitor.visit_unit()
            }
            _ => visit_number(self.number()?, visitor),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if !self.at_number() {
            return self.deserialize_any(visitor);
        }
        // By way of f64 some numbers would be rounded twice.
        let literal = self.number()?;
        match literal.parse::<f32>() {
            Ok(number) if number.is_finite() => visitor.visit_f32(number),
            _ => Err(out_of_range(literal)),
        }
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.wide_integer(visitor, V::visit_i128)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.wide_integer(visitor, V::visit_u128)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.next_byte() != Some(b'"') {
            return self.deserialize_any(visitor);
        }
        match self.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_bytes(text.as_bytes()),
            Cow::Owned(text) => visitor.visit_byte_buf(text.into_bytes()),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.next_byte() == Some(b'n') {
            self.literal("null", ())?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == RAW_TOKEN {
            return visitor.visit_map(Raw::new(self.raw()?));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.next_byte() {
            Some(b'{') => self.between(*b"{}", |reader| visitor.visit_enum(Variant(reader))),
            Some(b'"') => visitor.visit_enum(self.string()?.into_deserializer()),
            _ => Err(self.unexpected("a variant")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.raw()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f64 char str string unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

impl<'de> Reader<'de> {
    /// What stands between two brackets.
    fn between<T>(
        &mut self,
        [open, close]: [u8; 2],
        read: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.nested(|reader| {
            reader.take(open)?;
            let value = read(reader)?;
            reader.take(close)?;
            Ok(value)
        })
    }

    /// An integer that may be too large for `visit_number`.
    fn wide_integer<T: FromStr, V: Visitor<'de>>(
        &mut self,
        visitor: V,
        visit: impl FnOnce(V, T) -> Result<V::Value, Error>,
    ) -> Result<V::Value, Error> {
        if !self.at_number() {
            return self.deserialize_any(visitor);
        }
        let literal = self.number()?;
        match literal.parse() {
            Ok(number) => visit(visitor, number),
            Err(_) => visit_number(literal, visitor),
        }
    }

    #[inline]
    fn at_number(&mut self) -> bool {
        matches!(self.next_byte(), Some(b'-' | b'0'..=b'9'))
    }
}

/// The fields of an object, or the elements of an array.
struct Members<'a, 'de> {
    reader: &'a mut Reader<'de>,
    first: bool,
}

impl<'a, 'de> Members<'a, 'de> {
    fn new(reader: &'a mut Reader<'de>) -> Self {
        Self {
            reader,
            first: true,
        }
    }

    /// Whether there is a further one before the bracket that ends them.
    #[inline]
    fn next(&mut self, end: u8) -> bool {
        if self.reader.next_byte() == Some(end) && self.first {
            return false;
        }
        std::mem::take(&mut self.first) || self.reader.skip(b',')
    }
}

impl<'de> SeqAccess<'de> for Members<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        if !self.next(b']') {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        if !self.next(b'}') {
            return Ok(None);
        }
        seed.deserialize(Key(self.reader.key()?)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(&mut *self.reader)
    }
}

/// `{"Variant": content}`
struct Variant<'a, 'de>(&'a mut Reader<'de>);

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Error> {
        Ok((seed.deserialize(Key(self.0.key()?))?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Deserialize::deserialize(self.0)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.0.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_any(visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::value::RawValue;

    use super::super::from_str;

    /// Everything serde's derives can ask for.
    #[derive(Debug, PartialEq, serde::Serialize, Deserialize)]
    struct Everything {
        text: String,
        number: i8,
        large: i128,
        single: f32,
        double: f64,
        letter: char,
        maybe: Option<Box<Self>>,
        pair: (u64, bool),
        unit: (),
        list: Vec<Kind>,
        by_number: BTreeMap<i32, f64>,
        by_truth: HashMap<bool, Newtype>,
        by_kind: BTreeMap<Plain, u8>,
        #[serde(flatten)]
        rest: BTreeMap<String, serde_json::Value>,
    }

    #[derive(Debug, PartialEq, serde::Serialize, Deserialize)]
    struct Newtype(String);

    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, Deserialize)]
    enum Plain {
        One,
        Two,
    }

    #[derive(Debug, PartialEq, serde::Serialize, Deserialize)]
    enum Kind {
        Unit,
        One(f64),
        Two(i32, String),
        Named { a: Option<u8> },
    }

    const EVERYTHING: &str = r#" {"text":"a\u00e9\n","number":-7,"large":-170141183460469231731687303715884105728,
        "single":1.1,"double":0.30000000000000004,"letter":"\u00e9","maybe":null,"pair":[18446744073709551615,true],
        "unit":null,"list":["Unit",{"One":1e23},{"Two":[1,"b"]},{"Named":{"a":3}}],
        "by_number":{"-1":2.5,"7":1},"by_truth":{"true":"x"},"by_kind":{"One":1,"Two":2},
        "more":[{"deep":[]},{}],"null":null} "#;

    #[test]
    fn everything_serde_asks_for_is_read_as_serde_json_reads_it() {
        let ours: Everything = from_str(EVERYTHING).expect("JSON");
        let theirs: Everything = serde_json::from_str(EVERYTHING).expect("JSON");
        assert_eq!(
            ours.double.to_bits(),
            0.300_000_000_000_000_04_f64.to_bits()
        );
        assert_eq!(
            ours,
            Everything {
                double: ours.double,
                list: vec![
                    Kind::Unit,
                    Kind::One(1e23),
                    Kind::Two(1, "b".to_owned()),
                    Kind::Named { a: Some(3) },
                ],
                ..theirs
            }
        );
    }

    #[test]
    fn what_does_not_fit_is_refused_like_by_serde_json() {
        for text in [
            r#"{"a":1"#,
            r#"{"a" 1}"#,
            r#"{"a":1,}"#,
            r#"{"a":01}"#,
            r#"{"a":1.}"#,
            r#"{"a":+1}"#,
            r#"{"a":inf}"#,
            r#"{"a":1e999}"#,
            r#"{"a":256}"#,
            r#"{"a":-1}"#,
            r#"{"a":"1"}"#,
            r#"{"a":[1]}"#,
            r#"{"a":1}}"#,
            r#"{"b":1}"#,
            "[1,2]x",
            "null",
            "",
        ] {
            let theirs = serde_json::from_str::<BTreeMap<String, u8>>(text).is_ok();
            assert_eq!(
                from_str::<BTreeMap<String, u8>>(text).is_ok(),
                theirs,
                "{text}"
            );
        }
    }

    #[test]
    fn the_text_of_a_value_is_given_as_it_stands() {
        let raw: BTreeMap<String, &RawValue> =
            from_str(r#"{"a": [1.0, {"b":1E+2}] ,"c":"\u00e9"}"#).expect("JSON");
        assert_eq!(raw["a"].get(), r#"[1.0, {"b":1E+2}]"#);
        assert_eq!(raw["c"].get(), r#""\u00e9""#);
        let boxed: Vec<Box<RawValue>> = from_str("[ 1 , null ]").expect("JSON");
        assert_eq!(boxed[1].get(), "null");
    }

    proptest! {
        #[test]
        fn floats_are_read_bit_for_bit_wherever_they_are(bits: u64, single in prop::num::f32::NORMAL) {
            #[derive(Deserialize)]
            struct Flat {
                #[serde(flatten)]
                rest: BTreeMap<String, f64>,
            }
            #[derive(Deserialize)]
            #[serde(untagged)]
            enum Untagged {
                Float(f64),
            }
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            let text = serde_json::to_string(&number).expect("JSON");
            prop_assert_eq!(from_str::<f64>(&text).expect("a float").to_bits(), bits);
            let flat: Flat = from_str(&format!(r#"{{"a":{text}}}"#)).expect("JSON");
            prop_assert_eq!(flat.rest["a"].to_bits(), bits);
            let Untagged::Float(untagged) = from_str(&text).expect("JSON");
            prop_assert_eq!(untagged.to_bits(), bits);
            let any: serde_json::Value = from_str(&text).expect("JSON");
            prop_assert_eq!(any.as_f64().expect("a float").to_bits(), bits);
            let text = serde_json::to_string(&single).expect("JSON");
            prop_assert_eq!(from_str::<f32>(&text).expect("a float").to_bits(), single.to_bits());
        }

        #[test]
        fn what_is_json_to_serde_json_is_json_to_serde_here(text in "[\\[\\]{},:\"01a.e\\\\ -]{0,12}") {
            let ours = from_str::<serde_json::Value>(&text);
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?} {:?}", ours, theirs);
            if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
                prop_assert_eq!(ours, theirs);
            }
        }
    }
}
