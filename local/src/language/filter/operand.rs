//! What filters compare with.

use crate::document::scalar::{Content, Scalar};
use crate::ejson::{self, Extended, Wrapper};
use crate::error::{ApiError, filter};
use crate::json::{Object, Value};
use crate::number;

/// The value of a comparison.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    /// A scalar, with the value a document would hold it as.
    Scalar(Scalar<'static>, Value),
    /// An array or object, compared by content. Ids inside it are plain strings, as filters on the real server see
    /// them.
    Container(Value),
}

impl Operand {
    /// Reads a value written below an operator.
    pub(crate) fn parse(value: &Value) -> Result<Self, ApiError> {
        match value {
            Value::Object(object) => match extended(object)? {
                Some(Extended::Date(instant)) => Ok(Self::date(instant)),
                _ => Self::parse_element(value),
            },
            _ => Self::parse_element(value),
        }
    }

    /// Reads an element of `$in`, `$nin` or `$all`.
    pub(crate) fn parse_element(value: &Value) -> Result<Self, ApiError> {
        literal(value).map(Self::of_literal)
    }

    /// Reads the extended JSON directly below a field, such as `{"$date": 0}` in `{"at": {"$date": 0}}`.
    pub(crate) fn parse_wrapper(wrapper: Wrapper, content: &Value) -> Result<Self, ApiError> {
        match wrapper.read_or_explain(content)? {
            Extended::Date(instant) => Ok(Self::date(instant)),
            Extended::Uuid(text) | Extended::ObjectId(text) => Ok(Self::of_literal(text.into())),
            Extended::Binary(_) => Err(no_binary()),
        }
    }

    fn date(instant: i64) -> Self {
        let value = Object::from([(Wrapper::Date.key(), instant)]).into();
        Self::Scalar(Scalar::Date(instant), value)
    }

    fn of_literal(literal: Value) -> Self {
        let scalar = match Content::at_path(&literal) {
            Content::Scalar(scalar) => Some(scalar.into_owned()),
            _ => None,
        };
        match scalar {
            Some(scalar) => Self::Scalar(scalar, literal),
            None => Self::Container(literal),
        }
    }
}

/// What an object of one `$` key stands for; `None` for any other object.
fn extended(object: &Object) -> Result<Option<Extended>, ApiError> {
    match object.first() {
        Some((key, content)) if object.len() == 1 && key.starts_with('$') => {
            match Wrapper::named(key) {
                Some(Wrapper::Binary) => match Wrapper::Binary.read(content) {
                    Some(extended) => Ok(Some(extended)),
                    None => Err(no_binary()),
                },
                Some(Wrapper::Date) => match Wrapper::Date.read(content) {
                    Some(extended) => Ok(Some(extended)),
                    None => Err(filter::FILTER_INVALID_EXPRESSION.because(format!(
                        "`$date` cannot hold {} in a filter. It takes a whole number of milliseconds since 1970.",
                        ejson::abbreviated(content)
                    ))),
                },
                Some(wrapper) => wrapper.read_or_explain(content).map(Some),
                None => Err(filter::FILTER_INVALID_EXPRESSION.because(format!(
                    "`{key}` cannot be used inside a value to compare with. Put operators directly below a field."
                ))),
            }
        }
        _ => Ok(None),
    }
}

/// A value in which ids are plain strings. Dates have no place in it.
fn literal(value: &Value) -> Result<Value, ApiError> {
    match value {
        Value::Array(items) => {
            let items: Result<_, _> = items.iter().map(literal).collect();
            items.map(Value::Array)
        }
        Value::Object(object) => match extended(object)? {
            Some(Extended::Uuid(text) | Extended::ObjectId(text)) => Ok(Value::String(text)),
            // Nothing is equal to bytes, which are not indexed.
            Some(Extended::Binary(_)) => Ok(value.clone()),
            Some(Extended::Date(_)) => Err(filter::FILTER_UNSUPPORTED_DATA_TYPE.because(
                "A `$date` cannot be compared inside an array or object, or in a list of `$in`, `$nin` or `$all`. \
                 Compare dates one by one, with `$or` and `$and`.",
            )),
            None => object
                .iter()
                .map(|(name, value)| literal(value).map(|value| (name.clone(), value)))
                .collect::<Result<Vec<_>, _>>()
                .map(|fields| fields.into_iter().collect::<Object>().into()),
        },
        Value::Number(number) if number::normalise(number.as_str()).is_none() => {
            Err(filter::FILTER_UNSUPPORTED_DATA_TYPE.because(format!(
                "The exponent of the number `{}` is beyond any that can be stored. Compare with a smaller number.",
                number.as_str()
            )))
        }
        other => Ok(other.clone()),
    }
}

fn no_binary() -> ApiError {
    filter::FILTER_UNSUPPORTED_DATA_TYPE.because(
        "A `$binary` cannot be compared with: bytes are not indexed. Use `$exists`, or another field.",
    )
}
