//! From CQL values to JSON, as rows are answered.

use crate::base64_text;
use crate::json::{Number, Object, Value, float};
use crate::number;
use crate::table::column_type::{ColumnType, UserType};
use crate::table::value::{CqlValue, calendar, inet, scalar};

impl CqlValue {
    /// The value as a row shows it. `column_type` is the type of the column the value is of.
    pub(crate) fn to_json(&self, column_type: &ColumnType) -> Value {
        let user_type = column_type.user_type().map(AsRef::as_ref);
        self.show(user_type)
    }

    /// A part of the primary key as answers to inserts show it: times with their seconds, blobs as bare base64.
    pub(crate) fn key_to_json(&self) -> Value {
        match self {
            Self::Time(nanos) => Value::from(calendar::time_text_with_seconds(*nanos)),
            Self::Blob(bytes) => Value::from(base64_text::write(bytes)),
            other => other.show(None),
        }
    }

    fn show(&self, user_type: Option<&UserType>) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Int(number) => Value::from(*number),
            Self::Varint(number) => {
                let digits = number::plain(&number.to_text(), scalar::MAX_VARINT_DIGITS);
                Value::Number(Number::new(digits))
            }
            Self::Decimal(number) => Value::Number(Number::new(number.to_text())),
            Self::Float(number) => float::float_to_json(*number),
            Self::Double(number) => float::double_to_json(*number),
            Self::Boolean(value) => Value::from(*value),
            Self::Date(days) => Value::from(calendar::date_text(*days)),
            Self::Time(nanos) => Value::from(calendar::time_text(*nanos)),
            Self::Timestamp(millis) => Value::from(calendar::instant_text(*millis)),
            Self::Duration(duration) => Value::from(duration.to_iso()),
            Self::Uuid(uuid) => Value::from(uuid.to_string()),
            Self::Inet(address) => Value::from(inet::text(*address)),
            Self::Blob(bytes) => {
                Value::from(Object::from([("$binary", base64_text::write(bytes))]))
            }
            Self::Vector(numbers) => numbers
                .iter()
                .map(|number| float::float_to_json(*number))
                .collect::<Vec<_>>()
                .into(),
            Self::List(items) | Self::Set(items) => items
                .iter()
                .map(|item| item.show(user_type))
                .collect::<Vec<_>>()
                .into(),
            Self::Map(entries) => show_map(entries, user_type),
            Self::UserType(values) => show_fields(values, user_type),
        }
    }
}

/// An object where the keys are strings, an array of pairs elsewhere.
fn show_map(entries: &[(CqlValue, CqlValue)], user_type: Option<&UserType>) -> Value {
    let named = entries.iter().map(|(key, value)| match key {
        CqlValue::Text(name) => Some((name.as_str(), value.show(user_type))),
        _ => None,
    });
    if let Some(object) = named.collect::<Option<Object>>() {
        return Value::from(object);
    }
    let pair = |(key, value): &(CqlValue, CqlValue)| {
        Value::from(vec![key.show(None), value.show(user_type)])
    };
    entries.iter().map(pair).collect::<Vec<_>>().into()
}

fn show_fields(values: &[Option<CqlValue>], user_type: Option<&UserType>) -> Value {
    let names = user_type.map_or(&[][..], |user_type| &user_type.fields);
    let fields = names.iter().zip(values);
    let shown = fields.filter_map(|(field, value)| {
        let value = value.as_ref()?;
        Some((field.name.as_str(), value.show(None)))
    });
    Value::from(shown.collect::<Object>())
}
