//! The shape of a command: which fields it has, of which kind, under which rules; and JSON read by a shape.
//!
//! Reading answers the first thing that does not fit (unknown field, wrong kind); only what fits as a whole is then
//! held against the rules, and every broken rule is answered.

use super::arguments::{Argument, Arguments};
use super::rule::Rule;
use crate::error::{self, ApiError, request};
use crate::json::{Begun, Object, Value, lenient};

/// The fields of a command, of its options, or of an object inside them.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) fields: &'static [Field],
    pub(crate) others: Others,
}

/// What becomes of fields a shape does not list.
#[derive(Debug)]
pub(crate) enum Others {
    Refused(&'static error::Kind),
    /// Any further name is fine as long as its value is an integer. All of them are one argument of this name.
    Integers(&'static str),
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    alias: Option<&'static str>,
    /// The name the real server has for the field inside; it is what error messages quote.
    property: &'static str,
    kind: Kind,
    check: Option<Check>,
    rules: &'static [Rule],
}

/// Looks inside a value for what can be told of it before it is known what the command is for.
pub(crate) type Check = fn(&Value) -> Result<(), ApiError>;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
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

impl Shape {
    pub(crate) const fn of(fields: &'static [Field]) -> Self {
        Self {
            fields,
            others: Others::Refused(&request::COMMAND_FIELD_UNKNOWN),
        }
    }

    /// For the options of createCollection, whose unknown fields have an error of their own.
    pub(crate) const fn of_collection_options(fields: &'static [Field]) -> Self {
        Self {
            fields,
            others: Others::Refused(&request::INVALID_CREATE_COLLECTION_FIELD),
        }
    }

    /// Reads an object, moving its values out. `place` is where it stands, for messages: "find.options".
    pub(crate) fn read(&self, object: Object, place: &str) -> Result<Arguments, ApiError> {
        let mut arguments = Arguments::default();
        let mut integers = Vec::new();
        for (name, value) in object {
            if let Some(field) = self.field(&name) {
                if let Some(argument) = field.read(value, place)? {
                    arguments.add(field.name, argument);
                }
                continue;
            }
            match self.others {
                Others::Refused(kind) => return Err(kind.because(self.unknown(&name, place))),
                Others::Integers(_) => {
                    let expected = Kind::Integer.expected();
                    let integer = lenient::integer(value)
                        .map_err(|value| mismatch(&name, place, expected, &value))?;
                    integers.extend(integer.map(|integer| (name, integer)));
                }
            }
        }
        if let Others::Integers(name) = self.others {
            arguments.add(name, Argument::Integers(integers));
        }
        Ok(arguments)
    }

    /// Reads what could be read of an object, for what is wrong in it.
    pub(crate) fn read_begun(&self, begun: Begun, place: &str) -> Result<(), ApiError> {
        let Begun::Object(fields, open) = begun else {
            return Err(request::REQUEST_STRUCTURE_MISMATCH
                .because(format!("'{place}' must be an object.")));
        };
        self.read(fields, place)?;
        let Some((name, Some(value))) = open else {
            return Ok(());
        };
        match (self.field(&name), &self.others) {
            (Some(field), _) => field.read_begun(*value, place),
            (None, Others::Refused(kind)) => Err(kind.because(self.unknown(&name, place))),
            (None, Others::Integers(_)) => Ok(()),
        }
    }

    /// The rules these arguments break.
    pub(crate) fn violations(&self, arguments: &Arguments, property: &str) -> Vec<ApiError> {
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
        let mut known: Vec<_> = self.fields.iter().map(|field| field.name).collect();
        known.sort_unstable();
        let known = known.join(", ");
        format!(
            "{place} has no field '{name}'. Its fields are: {known}. Check the spelling, or leave it out."
        )
    }
}

impl Field {
    /// Whether the field may have a value that begins like this.
    fn read_begun(&self, begun: Begun, place: &str) -> Result<(), ApiError> {
        let value = match (self.kind, begun) {
            (Kind::Shape(shape), begun @ Begun::Object(..)) => {
                return shape.read_begun(begun, &format!("{place}.{}", self.name));
            }
            (Kind::Json | Kind::Clause | Kind::NoOptions, _)
            | (Kind::Object, Begun::Object(..))
            | (Kind::List | Kind::Texts, Begun::Array) => return Ok(()),
            (_, Begun::Array) => Vec::new().into(),
            (_, Begun::Object(fields, _)) => Value::Object(fields),
        };
        Err(mismatch(self.name, place, self.kind.expected(), &value))
    }

    const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            alias: None,
            property: name,
            kind,
            check: None,
            rules: &[],
        }
    }

    pub(crate) const fn json(name: &'static str) -> Self {
        Self::new(name, Kind::Json)
    }

    pub(crate) const fn clause(name: &'static str) -> Self {
        Self::new(name, Kind::Clause)
    }

    pub(crate) const fn object(name: &'static str) -> Self {
        Self::new(name, Kind::Object)
    }

    pub(crate) const fn list(name: &'static str) -> Self {
        Self::new(name, Kind::List)
    }

    pub(crate) const fn texts(name: &'static str) -> Self {
        Self::new(name, Kind::Texts)
    }

    pub(crate) const fn text(name: &'static str) -> Self {
        Self::new(name, Kind::Text)
    }

    pub(crate) const fn flag(name: &'static str) -> Self {
        Self::new(name, Kind::Flag)
    }

    pub(crate) const fn integer(name: &'static str) -> Self {
        Self::new(name, Kind::Integer)
    }

    pub(crate) const fn shape(name: &'static str, shape: &'static Shape) -> Self {
        Self::new(name, Kind::Shape(shape))
    }

    pub(crate) const fn no_options() -> Self {
        Self::new("options", Kind::NoOptions)
    }

    pub(crate) const fn alias(self, alias: &'static str) -> Self {
        Self {
            alias: Some(alias),
            ..self
        }
    }

    pub(crate) const fn property(self, property: &'static str) -> Self {
        Self { property, ..self }
    }

    pub(crate) const fn checked(self, check: Check) -> Self {
        Self {
            check: Some(check),
            ..self
        }
    }

    pub(crate) const fn rules(self, rules: &'static [Rule]) -> Self {
        Self { rules, ..self }
    }

    fn read(&self, value: Value, place: &str) -> Result<Option<Argument>, ApiError> {
        if value.is_null() && !matches!(self.kind, Kind::Json) {
            return Ok(None);
        }
        if let Some(check) = self.check.filter(|_| !value.is_null()) {
            check(&value)?;
        }
        let read = match (self.kind, value) {
            (Kind::Json | Kind::Clause, value) => Ok(Some(Argument::Json(value))),
            (Kind::Text, value) => lenient::text(value).map(|text| Some(Argument::Text(text))),
            (Kind::Texts, value) => lenient::texts(value).map(|texts| Some(Argument::Texts(texts))),
            (Kind::Flag, value) => lenient::flag(value).map(|flag| flag.map(Argument::Flag)),
            (Kind::Integer, value) => {
                lenient::integer(value).map(|integer| integer.map(Argument::Integer))
            }
            (Kind::List, Value::Array(items)) => {
                Ok(Some(Argument::List(items.into_iter().collect())))
            }
            (Kind::Object, Value::Object(object)) => Ok(Some(Argument::Object(object))),
            (Kind::Shape(shape), Value::Object(object)) => {
                let inner = shape.read(object, &format!("{place}.{}", self.name))?;
                Ok(Some(Argument::Arguments(inner)))
            }
            (Kind::NoOptions, Value::Object(object)) if object.is_empty() => Ok(None),
            (Kind::NoOptions, _) => {
                let message = format!("{place} takes no options. Leave 'options' out.");
                return Err(request::COMMAND_ACCEPTS_NO_OPTIONS.because(message));
            }
            (Kind::List | Kind::Object | Kind::Shape(_), value) => Err(value),
        };
        read.map_err(|value| mismatch(self.name, place, self.kind.expected(), &value))
    }
}

impl Kind {
    /// The kind in words, for messages.
    fn expected(self) -> &'static str {
        match self {
            Self::Json | Self::Clause => "any value",
            Self::Object | Self::Shape(_) | Self::NoOptions => "an object",
            Self::List => "an array",
            Self::Texts => "an array of strings",
            Self::Text => "a string",
            Self::Flag => "true or false",
            Self::Integer => "a 32 bit integer",
        }
    }
}

/// A known field whose value breaks a rule.
pub(crate) fn invalid(property: &str, problem: &str) -> ApiError {
    let message =
        format!("The field '{property}' {problem}. Correct its value and send the command again.");
    request::COMMAND_FIELD_VALUE_INVALID.because(message)
}

/// A value of the wrong kind.
pub(crate) fn mismatch(name: &str, place: &str, expected: &str, value: &Value) -> ApiError {
    let message = format!(
        "The field '{name}' of {place} must be {expected}; it is {}.",
        value.kind()
    );
    request::REQUEST_STRUCTURE_MISMATCH.because(message)
}
