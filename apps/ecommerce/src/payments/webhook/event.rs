//! As much of an event as the shop reads, from JSON of any shape.
//!
//! A message that is Stripe's and about something else must be acknowledged, or Stripe stops sending
//! any. So what is absent, repeated or of another kind is no error. Everything else is skipped
//! without a stack, however deep it is.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What an event is about.
#[derive(Debug, Default)]
pub(super) struct Event {
    /// Its `type`; empty where there is none.
    pub(super) kind: String,
    /// The id of its object.
    pub(super) id: Option<String>,
    /// The payment that its object names, expanded or not.
    pub(super) payment_intent: Option<String>,
}

/// What can be made of some JSON, whatever it is.
trait Lenient: Default {
    /// From a text.
    fn of_text(_: &str) -> Self {
        Self::default()
    }

    /// Takes the field of an object.
    fn take<'de, A: MapAccess<'de>>(&mut self, _: &str, map: &mut A) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(drop)
    }
}

/// Reads one that way.
struct Any<T>(T);

impl<'de, T: Lenient> Deserialize<'de> for Any<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyShape(PhantomData))
    }
}

struct AnyShape<T>(PhantomData<T>);

impl<'de, T: Lenient> Visitor<'de> for AnyShape<T> {
    type Value = Any<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Any<T>, E> {
        Ok(Any(T::default()))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Any<T>, E> {
        Ok(Any(T::default()))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Any<T>, E> {
        Ok(Any(T::default()))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Any<T>, E> {
        Ok(Any(T::default()))
    }

    fn visit_unit<E: Error>(self) -> Result<Any<T>, E> {
        Ok(Any(T::default()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Any<T>, E> {
        Ok(Any(T::of_text(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Any<T>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Any(T::default()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Any<T>, A::Error> {
        let mut object = T::default();
        while let Some(name) = map.next_key::<String>()? {
            object.take(&name, &mut map)?;
        }
        Ok(Any(object))
    }
}

fn next<'de, T: Lenient, A: MapAccess<'de>>(map: &mut A) -> Result<T, A::Error> {
    map.next_value::<Any<T>>().map(|Any(value)| value)
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Any::deserialize(deserializer).map(|Any(event)| event)
    }
}

impl Lenient for Event {
    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "type" => self.kind = next::<Text, A>(map)?.0.unwrap_or_default(),
            "data" => {
                let Data(object) = next(map)?;
                (self.id, self.payment_intent) = (object.id.0, object.payment_intent.0);
            }
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Data(Object);

impl Lenient for Data {
    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "object" => self.0 = next(map)?,
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Object {
    id: Text,
    payment_intent: Reference,
}

impl Lenient for Object {
    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => self.id = next(map)?,
            "payment_intent" => self.payment_intent = next(map)?,
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Text(Option<String>);

impl Lenient for Text {
    fn of_text(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }
}

/// An id, or the whole object where it was expanded.
#[derive(Default)]
struct Reference(Option<String>);

impl Lenient for Reference {
    fn of_text(id: &str) -> Self {
        Self(Some(id.to_owned()))
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => self.0 = next::<Text, A>(map)?.0,
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}
