//! What a request gave for the fields of a shape.

use crate::json::{Object, Value};

/// What was given for the fields of a shape, each to be taken once.
#[derive(Debug, Default)]
pub(crate) struct Arguments(Vec<(&'static str, Argument)>);

/// The value of one field.
#[derive(Debug)]
pub(crate) enum Argument {
    Json(Value),
    Object(Object),
    List(Vec<Value>),
    Texts(Vec<String>),
    Text(String),
    Flag(bool),
    Integer(i32),
    Integers(Vec<(String, i32)>),
    Arguments(Arguments),
}

macro_rules! take {
    ($($method:ident: $variant:ident -> $kind:ty;)*) => {$(
        pub(crate) fn $method(&mut self, name: &str) -> Option<$kind> {
            match self.take(name) {
                Some(Argument::$variant(value)) => Some(value),
                _ => None,
            }
        }
    )*};
}

impl Arguments {
    pub(crate) fn add(&mut self, name: &'static str, argument: Argument) {
        self.0.push((name, argument));
    }

    take! {
        json: Json -> Value;
        object: Object -> Object;
        list: List -> Vec<Value>;
        texts: Texts -> Vec<String>;
        text: Text -> String;
        flag: Flag -> bool;
        integer: Integer -> i32;
        integers: Integers -> Vec<(String, i32)>;
        shape: Arguments -> Self;
    }

    /// The options of a command; none given is the same as empty ones.
    pub(crate) fn options(&mut self) -> Self {
        self.shape("options").unwrap_or_default()
    }

    /// A clause whose presence its rules have made sure of.
    pub(crate) fn clause(&mut self, name: &str) -> Value {
        self.json(name).unwrap_or(Value::Null)
    }

    /// The name a rule has made sure of.
    pub(crate) fn name(&mut self) -> String {
        self.text("name").unwrap_or_default()
    }

    /// A flag that is off unless given.
    pub(crate) fn is_on(&mut self, name: &str) -> bool {
        self.flag(name).unwrap_or(false)
    }

    /// An integer that its rules keep from being negative.
    pub(crate) fn count(&mut self, name: &str) -> Option<u32> {
        self.integer(name)
            .and_then(|number| u32::try_from(number).ok())
    }

    fn take(&mut self, name: &str) -> Option<Argument> {
        let position = self.0.iter().position(|(given, _)| *given == name)?;
        Some(self.0.swap_remove(position).1)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Argument> {
        self.0
            .iter()
            .find(|(given, _)| *given == name)
            .map(|(_, argument)| argument)
    }
}
