//! The shape of a command: which fields it has, of which kind, under which rules; and JSON read by a shape.
//!
//! Reading answers the first thing that does not fit (unknown field, wrong kind); only what fits as a whole is then
//! held against the rules, and every broken rule is answered.

use std::fmt::Write as _;

use crate::error::{self, ApiError, request};
use crate::json::{Object, Value};

/// The fields of a command, of its options, or of an object inside them.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) fields: &'static [Field],
    pub(super) others: Others,
}

/// What becomes of fields a shape does not list.
#[derive(Debug)]
pub(super) enum Others {
    Refused(&'static error::Kind),
    /// Any further name is fine as long as its value is an integer.
    Integers,
}

#[derive(Debug)]
pub(super) struct Field {
    name: &'static str,
    alias: Option<&'static str>,
    /// The name the real server has for the field inside; it is what error messages quote.
    property: &'static str,
    kind: Kind,
    rules: &'static [Rule],
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Anything, null included.
    Json,
    /// Anything, but null is the same as nothing.
    Clause,
    Object,
    List,
    Texts,
    Text,
    Flag,
    Integer,
    Shape(&'static Shape),
    /// The options of a command that has none.
    NoOptions,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    Given,
    NotEmpty,
    Positive,
    NotNegative,
    OneOf(&'static [&'static str]),
    /// In any case of letters; empty is fine too.
    OneOfAnyCase(&'static [&'static str]),
}

impl Shape {
    pub(super) const fn of(fields: &'static [Field]) -> Self {
        Self {
            fields,
            others: Others::Refused(&request::COMMAND_FIELD_UNKNOWN),
        }
    }

    /// For the options of createCollection, whose unknown fields have an error of their own.
    pub(super) const fn of_collection_options(fields: &'static [Field]) -> Self {
        Self {
            fields,
            others: Others::Refused(&request::INVALID_CREATE_COLLECTION_FIELD),
        }
    }

    /// Reads an object, moving its values out. `place` is where it stands, for messages: "find.options".
    pub(super) fn read(&self, object: Object, place: &str) -> Result<Arguments, ApiError> {
        let mut arguments = Arguments::default();
        for (name, value) in object {
            if let Some(field) = self.field(&name) {
                if let Some(argument) = field.read(value, place)? {
                    arguments.0.push((field.name, argument));
                }
                continue;
            }
            match self.others {
                Others::Refused(kind) => return Err(kind.because(self.unknown(&name, place))),
                Others::Integers => {
                    integer(&value).map_err(|()| mismatch(&name, place, "an integer", &value))?;
                }
            }
        }
        Ok(arguments)
    }

    /// The rules these arguments break.
    pub(super) fn violations(&self, arguments: &Arguments, property: &str) -> Vec<ApiError> {
        let mut violations = Vec::new();
        for field in self.fields {
            let argument = arguments.get(field.name);
            let problems = field.rules.iter().filter_map(|rule| rule.problem(argument));
            violations.extend(
                problems
                    .map(|problem| invalid(&format!("{property}.{}", field.property), &problem)),
            );
            if let (Kind::Shape(shape), Some(Argument::Arguments(inner))) = (field.kind, argument) {
                violations
                    .extend(shape.violations(inner, &format!("{property}.{}", field.property)));
            }
        }
        violations
    }

    fn field(&self, name: &str) -> Option<&Field> {
        self.fields
            .iter()
            .find(|field| field.name == name || field.alias == Some(name))
    }

    fn unknown(&self, name: &str, place: &str) -> String {
        let mut message = format!("{place} has no field '{name}'.");
        let mut known: Vec<_> = self.fields.iter().map(|field| field.name).collect();
        known.sort_unstable();
        // Writing to a string cannot fail.
        let _ = match known.as_slice() {
            [] => write!(message, " It has no fields at all: leave it out."),
            known => write!(
                message,
                " Its fields are: {}. Check the spelling, or leave it out.",
                known.join(", ")
            ),
        };
        message
    }
}

impl Field {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            alias: None,
            property: name,
            kind,
            rules: &[],
        }
    }

    pub(super) const fn json(name: &'static str) -> Self {
        Self::new(name, Kind::Json)
    }

    pub(super) const fn clause(name: &'static str) -> Self {
        Self::new(name, Kind::Clause)
    }

    pub(super) const fn object(name: &'static str) -> Self {
        Self::new(name, Kind::Object)
    }

    pub(super) const fn list(name: &'static str) -> Self {
        Self::new(name, Kind::List)
    }

    pub(super) const fn texts(name: &'static str) -> Self {
        Self::new(name, Kind::Texts)
    }

    pub(super) const fn text(name: &'static str) -> Self {
        Self::new(name, Kind::Text)
    }

    pub(super) const fn flag(name: &'static str) -> Self {
        Self::new(name, Kind::Flag)
    }

    pub(super) const fn integer(name: &'static str) -> Self {
        Self::new(name, Kind::Integer)
    }

    pub(super) const fn shape(name: &'static str, shape: &'static Shape) -> Self {
        Self::new(name, Kind::Shape(shape))
    }

    pub(super) const fn no_options() -> Self {
        Self::new("options", Kind::NoOptions)
    }

    pub(super) const fn alias(self, alias: &'static str) -> Self {
        Self {
            alias: Some(alias),
            ..self
        }
    }

    pub(super) const fn property(self, property: &'static str) -> Self {
        Self { property, ..self }
    }

    pub(super) const fn rules(self, rules: &'static [Rule]) -> Self {
        Self { rules, ..self }
    }

    fn read(&self, value: Value, place: &str) -> Result<Option<Argument>, ApiError> {
        if value.is_null() && !matches!(self.kind, Kind::Json) {
            return Ok(None);
        }
        let wrong = |expected, value: &Value| mismatch(self.name, place, expected, value);
        Ok(match (self.kind, value) {
            (Kind::Json | Kind::Clause, value) => Some(Argument::Json(value)),
            (Kind::Object, Value::Object(object)) => Some(Argument::Object(object)),
            (Kind::List, Value::Array(items)) => Some(Argument::List(items)),
            (Kind::List, value) => return Err(wrong("an array", &value)),
            (Kind::Texts, value) => {
                Some(texts(value).map_err(|value| wrong("an array of strings", &value))?)
            }
            (Kind::Text, value) => Some(Argument::Text(
                text(value).map_err(|value| wrong("a string", &value))?,
            )),
            (Kind::Flag, value) => flag(&value)
                .map_err(|()| wrong("true or false", &value))?
                .map(Argument::Flag),
            (Kind::Integer, value) => integer(&value)
                .map_err(|()| wrong("a 32 bit integer", &value))?
                .map(Argument::Integer),
            (Kind::Shape(shape), Value::Object(object)) => Some(Argument::Arguments(
                shape.read(object, &format!("{place}.{}", self.name))?,
            )),
            (Kind::Object | Kind::Shape(_), value) => return Err(wrong("an object", &value)),
            (Kind::NoOptions, Value::Object(object)) if object.is_empty() => None,
            (Kind::NoOptions, _) => {
                let message = format!("{place} takes no options. Leave 'options' out.");
                return Err(request::COMMAND_ACCEPTS_NO_OPTIONS.because(message));
            }
        })
    }
}

impl Rule {
    fn problem(self, argument: Option<&Argument>) -> Option<String> {
        match (self, argument) {
            (Self::Given, None) => Some("must be given and not be null".to_owned()),
            (Self::NotEmpty, None) => Some("must be given and not be empty".to_owned()),
            (Self::NotEmpty, Some(Argument::Text(text))) if text.is_empty() => {
                Some("must not be empty".to_owned())
            }
            (Self::NotEmpty, Some(Argument::List(items))) if items.is_empty() => {
                Some("must not be empty".to_owned())
            }
            (Self::Positive, Some(Argument::Integer(number))) if *number <= 0 => {
                Some(format!("must be greater than 0; it is {number}"))
            }
            (Self::NotNegative, Some(Argument::Integer(number))) if *number < 0 => {
                Some(format!("must be 0 or greater; it is {number}"))
            }
            (Self::OneOf(choices), Some(Argument::Text(text)))
                if !choices.contains(&text.as_str()) =>
            {
                Some(format!(
                    "must be one of {}; it is '{text}'",
                    choices.join(", ")
                ))
            }
            (Self::OneOfAnyCase(choices), Some(Argument::Text(text)))
                if !text.is_empty()
                    && !choices
                        .iter()
                        .any(|choice| choice.eq_ignore_ascii_case(text)) =>
            {
                Some(format!(
                    "must be one of {}; it is '{text}'",
                    choices.join(", ")
                ))
            }
            _ => None,
        }
    }
}

/// What was given for the fields of a shape, each to be taken once.
#[derive(Debug, Default)]
pub(super) struct Arguments(Vec<(&'static str, Argument)>);

#[derive(Debug)]
enum Argument {
    Json(Value),
    Object(Object),
    List(Vec<Value>),
    Texts(Vec<String>),
    Text(String),
    Flag(bool),
    Integer(i32),
    Arguments(Arguments),
}

macro_rules! take {
    ($($method:ident: $variant:ident -> $kind:ty;)*) => {$(
        pub(super) fn $method(&mut self, name: &str) -> Option<$kind> {
            match self.take(name) {
                Some(Argument::$variant(value)) => Some(value),
                _ => None,
            }
        }
    )*};
}

impl Arguments {
    take! {
        json: Json -> Value;
        object: Object -> Object;
        list: List -> Vec<Value>;
        texts: Texts -> Vec<String>;
        text: Text -> String;
        flag: Flag -> bool;
        integer: Integer -> i32;
        shape: Arguments -> Self;
    }

    /// The options of a command; none given is the same as empty ones.
    pub(super) fn options(&mut self) -> Self {
        self.shape("options").unwrap_or_default()
    }

    /// A flag that is off unless given.
    pub(super) fn is_on(&mut self, name: &str) -> bool {
        self.flag(name).unwrap_or(false)
    }

    /// An integer that its rules keep from being negative.
    pub(super) fn count(&mut self, name: &str) -> Option<u32> {
        self.integer(name)
            .and_then(|number| u32::try_from(number).ok())
    }

    fn take(&mut self, name: &str) -> Option<Argument> {
        let position = self.0.iter().position(|(given, _)| *given == name)?;
        Some(self.0.swap_remove(position).1)
    }

    fn get(&self, name: &str) -> Option<&Argument> {
        self.0
            .iter()
            .find(|(given, _)| *given == name)
            .map(|(_, argument)| argument)
    }
}

/// A known field whose value breaks a rule.
pub(super) fn invalid(property: &str, problem: &str) -> ApiError {
    let message =
        format!("The field '{property}' {problem}. Correct its value and send the command again.");
    request::COMMAND_FIELD_VALUE_INVALID.because(message)
}

/// A value of the wrong kind.
pub(super) fn mismatch(name: &str, place: &str, expected: &str, value: &Value) -> ApiError {
    let message = format!(
        "The field '{name}' of {place} must be {expected}; it is {}.",
        value.kind()
    );
    request::REQUEST_STRUCTURE_MISMATCH.because(message)
}

// The real server's decoder takes scalars of a neighbouring kind where their meaning is plain; clients rely on it.

fn text(value: Value) -> Result<String, Value> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.as_str().to_owned()),
        Value::Bool(flag) => Ok(flag.to_string()),
        other => Err(other),
    }
}

fn texts(value: Value) -> Result<Argument, Value> {
    let Value::Array(items) = value else {
        return Err(value);
    };
    items
        .into_iter()
        .map(text)
        .collect::<Result<_, _>>()
        .map(Argument::Texts)
}

fn flag(value: &Value) -> Result<Option<bool>, ()> {
    match value {
        Value::Bool(flag) => Ok(Some(*flag)),
        Value::Number(number) => whole(number.as_str())
            .map(|number| Some(number != 0))
            .ok_or(()),
        Value::String(text) => match text.trim() {
            "true" | "True" | "TRUE" => Ok(Some(true)),
            "false" | "False" | "FALSE" => Ok(Some(false)),
            "" => Ok(None),
            _ => Err(()),
        },
        _ => Err(()),
    }
}

fn integer(value: &Value) -> Result<Option<i32>, ()> {
    match value {
        Value::Number(number) => match whole(number.as_str()) {
            Some(whole) => i32::try_from(whole).map(Some).map_err(drop),
            None => cut(number.as_str()).map(Some),
        },
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) => text.trim().parse().map(Some).map_err(drop),
        _ => Err(()),
    }
}

fn whole(number: &str) -> Option<i64> {
    number.parse().ok()
}

/// The integer part of a number with a fraction or an exponent.
fn cut(number: &str) -> Result<i32, ()> {
    let number = number.parse::<f64>().map_err(drop)?.trunc();
    if number < f64::from(i32::MIN) || number > f64::from(i32::MAX) {
        return Err(());
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the number is whole and in range"
    )]
    Ok(number as i32)
}
