//! Which documents are meant: conditions that all have to hold.
//!
//! A stranger writes them, so they are read into these types and written anew for the database:
//! nothing that was typed reaches it as a command.

use astra_db::{Number, Value};
use serde::{Deserialize, Serialize};

use crate::domain::field::{Field, MalformedField};
use crate::domain::json::{self, JsonProblem};
use crate::domain::operator::{Operator, UnknownOperator};

/// Conditions in one filter. The Data API takes 64.
pub const MAX_CONDITIONS: usize = 20;
/// Values after `in` and `nin`. The Data API takes 100.
pub const MAX_ALTERNATIVES: usize = 50;

/// Conditions that all have to hold; none is everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Filter(Vec<Condition>);

/// One comparison, which fits its operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Condition {
    /// What is compared.
    pub field: Field,
    /// How.
    pub operator: Operator,
    /// With what.
    pub value: Value,
}

/// What is wrong with a filter, in words for who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterProblem {
    /// The JSON.
    #[error(transparent)]
    Json(#[from] JsonProblem),
    /// The field.
    #[error(transparent)]
    Field(#[from] MalformedField),
    /// The operator.
    #[error(transparent)]
    Operator(#[from] UnknownOperator),
    /// The value.
    #[error("{0} needs {1}.")]
    Value(&'static str, &'static str),
    /// An operator or a value alone.
    #[error("A comparison needs a field: fill in field too.")]
    NoField,
    /// A field alone.
    #[error("A comparison needs a value: fill in value too.")]
    NoValue,
    /// Too many conditions.
    #[error("That is too much: at most {MAX_CONDITIONS} comparisons are taken.")]
    TooMany,
}

impl Condition {
    /// A comparison, if its value is one that the operator can work with.
    pub fn new(field: Field, operator: Operator, value: Value) -> Result<Self, FilterProblem> {
        let problem = |expected| Err(FilterProblem::Value(operator.name(), expected));
        match (operator, &value) {
            (Operator::Exists, Value::Bool(_)) => {}
            (Operator::Exists, _) => return problem("true or false"),
            (Operator::In | Operator::Nin, Value::Array(values)) => {
                if values.len() > MAX_ALTERNATIVES || !values.iter().all(is_scalar) {
                    return problem("a list of at most 50 texts, numbers, true, false or null");
                }
            }
            (Operator::In | Operator::Nin, _) => return problem("a list such as [1, 2]"),
            (Operator::Eq | Operator::Ne, value) if is_scalar(value) => {}
            (_, Value::String(_) | Value::Number(_) | Value::Bool(_)) => {}
            _ => return problem("a text, a number, true or false"),
        }
        let value = match &field {
            Field::Body(_) => value,
            Field::Name | Field::Author if operator == Operator::Exists => value,
            Field::Name => each_as_text(value, str::to_owned),
            Field::Author => each_as_text(value, account),
        };
        Ok(Self {
            field,
            operator,
            value,
        })
    }
}

impl Filter {
    /// Everything there is.
    pub fn everything() -> Self {
        Self::default()
    }

    /// The conditions.
    pub fn conditions(&self) -> &[Condition] {
        &self.0
    }

    /// Whether it leaves nothing out.
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads `{"colour": "red", "price": {"gte": 10, "lt": 20}}`: a field is a value or is compared.
    pub fn from_json(text: &str) -> Result<Self, FilterProblem> {
        let mut conditions = Vec::new();
        for (field, wanted) in json::object(text)?.iter() {
            let field: Field = field.parse()?;
            match wanted {
                Value::Object(comparisons) => {
                    for (operator, value) in comparisons.iter() {
                        let operator = operator.parse()?;
                        conditions.push(Condition::new(field.clone(), operator, value.clone())?);
                    }
                }
                value => conditions.push(Condition::new(field, Operator::Eq, value.clone())?),
            }
        }
        Self(conditions).checked()
    }

    /// The same with the condition of three inputs, if they are filled in.
    pub fn and_inputs(
        mut self,
        field: Option<&str>,
        operator: Option<&str>,
        value: Option<&str>,
    ) -> Result<Self, FilterProblem> {
        let Some(field) = field else {
            let is_empty = operator.is_none() && value.is_none();
            return if is_empty {
                Ok(self)
            } else {
                Err(FilterProblem::NoField)
            };
        };
        let operator = operator.map_or(Ok(Operator::Eq), str::parse)?;
        let value = match (operator, value) {
            (Operator::Exists, None) => Value::Bool(true),
            (_, None) => return Err(FilterProblem::NoValue),
            (Operator::In | Operator::Nin, Some(text)) => list(text)?,
            (_, Some(text)) => scalar(text),
        };
        self.0
            .push(Condition::new(field.parse()?, operator, value)?);
        self.checked()
    }

    fn checked(self) -> Result<Self, FilterProblem> {
        if self.0.len() > MAX_CONDITIONS {
            return Err(FilterProblem::TooMany);
        }
        Ok(self)
    }
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// What was typed without quotation marks: a number, `true`, `false` and `null` are what they look
/// like, anything else is text.
fn scalar(text: &str) -> Value {
    match json::value(text) {
        Ok(value) if is_scalar(&value) => value,
        _ => Value::from(text),
    }
}

/// `[1, "b"]`, or `1, b`.
fn list(text: &str) -> Result<Value, FilterProblem> {
    if text.starts_with('[') {
        return Ok(json::value(text)?);
    }
    // One more than are taken is enough to see that there are too many.
    let values = text.split(',').take(MAX_ALTERNATIVES + 1);
    let values = values.map(|one| scalar(one.trim()));
    Ok(Value::Array(values.collect()))
}

/// A name that looks like a number is a name.
fn each_as_text(value: Value, read: fn(&str) -> String) -> Value {
    match value {
        Value::Array(values) => {
            let values = values.into_iter().map(|value| each_as_text(value, read));
            Value::Array(values.collect())
        }
        Value::String(text) => Value::from(read(&text)),
        Value::Number(number) => Value::from(read(Number::as_str(&number))),
        other => Value::from(read(&other.to_string())),
    }
}

/// The id in a mention such as `<@80351110224678912>`, which is what Discord makes of `@somebody`.
fn account(text: &str) -> String {
    let text = text.trim();
    let mentioned = text
        .strip_prefix("<@")
        .and_then(|text| text.strip_suffix('>'));
    mentioned
        .map_or(text, |id| id.trim_start_matches('!'))
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(field: &str, operator: Operator, value: Value) -> Condition {
        Condition::new(field.parse().unwrap(), operator, value).unwrap()
    }

    #[test]
    fn json_says_values_and_comparisons() {
        let filter = Filter::from_json(r#"{"colour": "red", "price": {"gte": 10, "lt": 20.50}}"#);
        assert_eq!(
            filter.unwrap().conditions(),
            [
                condition("colour", Operator::Eq, "red".into()),
                condition("price", Operator::Gte, 10.into()),
                condition("price", Operator::Lt, "20.5".parse().unwrap()),
            ]
        );
        assert!(Filter::from_json("{}").unwrap().is_everything());
    }

    #[test]
    fn inputs_are_read_as_what_they_look_like() {
        let value = |operator, text| {
            let filter = Filter::everything().and_inputs(Some("f"), operator, Some(text));
            filter.unwrap().0.remove(0).value
        };
        assert_eq!(value(None, "12"), 12.into());
        assert_eq!(value(None, "\"12\""), "12".into());
        assert_eq!(value(None, "007"), "007".into());
        assert_eq!(value(None, "true"), true.into());
        assert_eq!(value(None, "{\"a\": 1}"), "{\"a\": 1}".into());
        assert_eq!(
            value(Some("in"), "1, b"),
            Value::Array(vec![1.into(), "b".into()])
        );
        assert_eq!(value(Some("in"), "[1]"), Value::Array(vec![1.into()]));
    }

    #[test]
    fn names_are_text_and_authors_may_be_mentioned() {
        assert_eq!(
            condition("name", Operator::Eq, 12.into()).value,
            "12".into()
        );
        let authors = Value::Array(vec!["<@!42>".into(), "<@43>".into(), 44.into()]);
        assert_eq!(
            condition("author", Operator::In, authors).value.to_string(),
            r#"["42","43","44"]"#
        );
    }

    #[test]
    fn hostile_filters_are_refused_in_words() {
        let many: Vec<String> = (0..21).map(|n| format!("\"a{n}\":1")).collect();
        for (text, word) in [
            (r#"{"$where": "sleep(1)"}"#, "dollar"),
            (r#"{"price": {"$gt": 0}}"#, "dollar"),
            (r#"{"a.$gt": 0}"#, "dollar"),
            (r#"{"_id": {"regex": ".*"}}"#, "comparison"),
            (r#"{"address": {"city": "x"}}"#, "dot"),
            (r#"{"a": {"gt": null}}"#, "number"),
            (r#"{"a": {"gt": {"b": 1}}}"#, "number"),
            (r#"{"a": [1]}"#, "text"),
            (r#"{"a": {"in": [[1]]}}"#, "list"),
            (r#"{"a": {"exists": 1}}"#, "true or false"),
            (&format!("{{{}}}", many.join(",")), "too much"),
            ("[]", "braces"),
            ("{", "not JSON"),
        ] {
            let problem = Filter::from_json(text).unwrap_err().to_string();
            assert!(problem.contains(word), "{text}: {problem}");
        }
    }

    #[test]
    fn half_a_condition_is_refused() {
        let read = |field, operator, value| Filter::everything().and_inputs(field, operator, value);
        assert_eq!(read(None, Some("eq"), None), Err(FilterProblem::NoField));
        assert_eq!(read(None, None, Some("1")), Err(FilterProblem::NoField));
        assert_eq!(read(Some("a"), None, None), Err(FilterProblem::NoValue));
        assert!(read(Some("a"), Some("exists"), None).is_ok());
        assert!(read(None, None, None).unwrap().is_everything());
    }
}
