//! The types of columns and fields as requests write them, in short form (`"text"`) or long (`{"type": "text"}`).

use std::sync::Arc;

use crate::command::service::ServiceOptions;
use crate::error::{ApiError, request, schema};
use crate::json::{Object, Value, lenient};
use crate::table::column_type::{ColumnType, Element, Scalar, UserType, VectorType};

/// What the long form may have.
const MEMBERS: [&str; 6] = [
    "type",
    "keyType",
    "valueType",
    "udtName",
    "dimension",
    "service",
];
/// The names that are not those of scalars.
const NOT_SCALAR: [&str; 7] = [
    "counter",
    "list",
    "map",
    "set",
    "timeuuid",
    "userDefined",
    "vector",
];

/// Holds an embedding service against what there is, with the dimension asked for. Returns the dimension of its vectors.
pub(crate) type CheckService<'a> = dyn Fn(&mut Object, Option<i64>) -> Result<usize, ApiError> + 'a;

/// A type as it was asked for: read, not yet judged.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TypeRequest {
    Scalar(Scalar),
    /// A type only tables made in CQL have.
    CqlOnly(&'static str),
    List(Option<Box<Self>>),
    Set(Option<Box<Self>>),
    Map(Option<Box<Self>>, Option<Box<Self>>),
    Vector(Dimension, Option<Object>),
    UserType(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dimension {
    Missing,
    Given(i64),
}

impl TypeRequest {
    pub(crate) fn decode(value: &Value) -> Result<Self, ApiError> {
        match value {
            Value::String(name) => Self::decode_short(name),
            Value::Object(description) => Self::decode_long(description),
            other => Err(request::REQUEST_STRUCTURE_MISMATCH.because(format!(
                "A type is a name such as \"text\" or an object such as {{\"type\": \"text\"}}; here it is {}.",
                other.kind()
            ))),
        }
    }

    fn decode_short(name: &str) -> Result<Self, ApiError> {
        match name {
            "userDefined" => Err(missing_type_name()),
            _ => Self::named(name, &Object::new())?.ok_or_else(|| {
                schema::UNKNOWN_PRIMITIVE_DATA_TYPE.because(format!(
                    "There is no type '{name}'. The types that can be given by name alone are: {}. Names are in lower case.",
                    scalar_names()
                ))
            }),
        }
    }

    fn decode_long(description: &Object) -> Result<Self, ApiError> {
        let Some(name) = description.get("type").and_then(Value::as_str) else {
            return Err(request::REQUEST_STRUCTURE_MISMATCH.because(
                "The description of a type needs the field 'type' with the name of the type, such as {\"type\": \"text\"}.",
            ));
        };
        let is_known = NOT_SCALAR.contains(&name) || Scalar::named(name).is_some();
        let mut members = description.keys();
        if let Some(unknown) = members.find(|key| is_known && !MEMBERS.contains(&key.as_str())) {
            return Err(request::COMMAND_FIELD_UNKNOWN.because(format!(
                "The description of a type has no field '{unknown}'. Its fields are: {}.",
                MEMBERS.join(", ")
            )));
        }
        Self::named(name, description)?.ok_or_else(|| {
            schema::UNKNOWN_DATA_TYPE.because(format!(
                "There is no type '{name}'. The types are: {}, list, set, map, vector, userDefined. Names are in lower case.",
                scalar_names()
            ))
        })
    }

    fn named(name: &str, description: &Object) -> Result<Option<Self>, ApiError> {
        let part = |name: &str| {
            let given = description.get(name);
            given
                .map(|value| Self::decode(value).map(Box::new))
                .transpose()
        };
        Ok(Some(match name {
            "counter" => Self::CqlOnly("counter"),
            "timeuuid" => Self::CqlOnly("timeuuid"),
            "list" => Self::List(part("valueType")?),
            "set" => Self::Set(part("valueType")?),
            "map" => {
                let element = part("valueType")?;
                Self::Map(part("keyType")?, element)
            }
            "vector" => Self::Vector(
                decode_dimension(description.get("dimension"))?,
                decode_service(description.get("service"))?,
            ),
            "userDefined" => Self::UserType(decode_type_name(description.get("udtName"))?),
            name => return Ok(Scalar::named(name).map(Self::Scalar)),
        }))
    }

    /// The type of a column, unless it is one that cannot be made here (none). User-defined types are taken on trust:
    /// they have their names only, for [`find_user_type`] to complete.
    pub(crate) fn judge(
        &self,
        column: &str,
        check_service: &CheckService<'_>,
    ) -> Result<Option<ColumnType>, ApiError> {
        Ok(Some(match self {
            Self::Scalar(scalar) => ColumnType::Scalar(*scalar),
            Self::CqlOnly(_) => return Ok(None),
            Self::List(element) => {
                ColumnType::List(element.as_deref().and_then(Self::element).ok_or_else(|| {
                    schema::UNSUPPORTED_LIST_DEFINITION.because(bad_element("list", column))
                })?)
            }
            Self::Set(element) => {
                ColumnType::Set(element.as_deref().and_then(Self::element).ok_or_else(|| {
                    schema::UNSUPPORTED_SET_DEFINITION.because(bad_element("set", column))
                })?)
            }
            Self::Map(key, element) => {
                let key = key.as_deref().and_then(Self::map_key);
                let element = element.as_deref().and_then(Self::element);
                let both = key.zip(element).ok_or_else(|| {
                    schema::UNSUPPORTED_MAP_DEFINITION.because(format!(
                        "{} Its 'keyType' must be a type without parts other than duration, counter and timeuuid.",
                        bad_element("map", column)
                    ))
                })?;
                ColumnType::Map(both.0, both.1)
            }
            Self::Vector(dimension, service) => {
                let mut service = service.clone();
                let dimension = match (&mut service, dimension) {
                    (None, dimension) => dimension.check(column)?,
                    (Some(service), Dimension::Missing) => check_service(service, None)?,
                    (Some(service), Dimension::Given(dimension)) => {
                        check_service(service, Some(*dimension))?
                    }
                };
                ColumnType::Vector(VectorType { dimension, service })
            }
            Self::UserType(name) => ColumnType::UserType(named_only(name)),
        }))
    }

    fn element(&self) -> Option<Element> {
        match self {
            Self::Scalar(scalar) => Some(Element::Scalar(*scalar)),
            Self::UserType(name) => Some(Element::UserType(named_only(name))),
            _ => None,
        }
    }

    fn map_key(&self) -> Option<Scalar> {
        match self {
            Self::Scalar(scalar) if *scalar != Scalar::Duration => Some(*scalar),
            _ => None,
        }
    }
}

impl Dimension {
    fn check(self, column: &str) -> Result<usize, ApiError> {
        match self {
            Self::Missing => Err(schema::MISSING_DIMENSION_IN_VECTOR_COLUMN.because(format!(
                "The vector column '{column}' has no 'dimension'. Give the number of numbers each vector has."
            ))),
            Self::Given(dimension) => usize::try_from(dimension)
                .ok()
                .filter(|dimension| *dimension > 0)
                .ok_or_else(|| {
                    schema::UNSUPPORTED_VECTOR_DIMENSION.because(format!(
                        "The vector column '{column}' has the dimension {dimension}. It must be 1 or more."
                    ))
                }),
        }
    }
}

/// Any scalar is a name, even null.
fn decode_type_name(value: Option<&Value>) -> Result<String, ApiError> {
    let name = match value {
        Some(Value::Null) => Ok("null".to_owned()),
        Some(value) => lenient::text(value.clone()).map_err(|_| missing_type_name()),
        None => Err(missing_type_name()),
    }?;
    if name.trim().is_empty() {
        return Err(missing_type_name());
    }
    Ok(name)
}

/// Numbers may come as strings. What can only be an oversight counts as missing.
fn decode_dimension(value: Option<&Value>) -> Result<Dimension, ApiError> {
    let text = match value {
        None | Some(Value::Object(_) | Value::Array(_)) => return Ok(Dimension::Missing),
        Some(Value::String(text)) if text.is_empty() => return Ok(Dimension::Missing),
        Some(Value::String(text)) => text.as_str(),
        Some(Value::Number(number)) => number.as_str(),
        Some(Value::Bool(true)) => "true",
        Some(Value::Bool(false)) => "false",
        Some(Value::Null) => "null",
    };
    let number: Option<i32> = text.parse().ok();
    let given = number.map(|number| Dimension::Given(number.into()));
    given.ok_or_else(|| {
        schema::UNSUPPORTED_VECTOR_DIMENSION.because(format!(
            "A vector cannot have the dimension {text}. It must be a whole number, 1 or more."
        ))
    })
}

/// Reads the description of an embedding service as far as its form goes.
pub(crate) fn decode_service(value: Option<&Value>) -> Result<Option<Object>, ApiError> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(service)) => {
            let service = ServiceOptions::read(service.clone())?;
            Ok(Some(service.into_object()))
        }
        Some(other) => Err(request::REQUEST_STRUCTURE_MISMATCH.because(format!(
            "An embedding service must be an object with 'provider' and 'modelName'; it is {}.",
            other.kind()
        ))),
    }
}

/// Completes a type whose user-defined part has its name only.
pub(crate) fn find_user_type(
    column_type: &mut ColumnType,
    find: &impl Fn(&str) -> Option<Arc<UserType>>,
) -> Result<(), ApiError> {
    let Some(name) = column_type.user_type().map(|used| used.name.clone()) else {
        return Ok(());
    };
    let Some(found) = find(&name) else {
        return Err(schema::UNKNOWN_USER_DEFINED_TYPE.because(format!(
            "There is no type '{name}' in the keyspace. Make it with createType, or use one of those listTypes shows."
        )));
    };
    column_type.replace_user_type(&found);
    Ok(())
}

fn named_only(name: &str) -> Arc<UserType> {
    Arc::new(UserType {
        keyspace: String::new(),
        name: name.to_owned(),
        fields: Vec::new(),
    })
}

fn missing_type_name() -> ApiError {
    schema::INVALID_USER_DEFINED_TYPE_NAME
        .because("A user-defined type needs the field 'udtName' with the name of the type: {\"type\": \"userDefined\", \"udtName\": \"address\"}.")
}

fn bad_element(kind: &str, column: &str) -> String {
    format!(
        "The {kind} column '{column}' needs a 'valueType' that is a type without parts, other than counter and timeuuid, or a user-defined type."
    )
}

pub(crate) fn scalar_names() -> String {
    Scalar::ALL.map(Scalar::name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn judged(json: &str) -> Result<Option<ColumnType>, &'static Kind> {
        let json = crate::json::parse(json.as_bytes()).expect("JSON");
        let no_service = |_: &mut Object, _: Option<i64>| {
            Err(schema::INVALID_CREATE_COLLECTION_OPTIONS.because("No."))
        };
        TypeRequest::decode(&json)
            .and_then(|request| request.judge("c", &no_service))
            .map_err(|error| error.kind)
    }

    #[test]
    fn short_and_long_forms_mean_the_same() {
        assert_eq!(
            judged(r#""int""#),
            Ok(Some(ColumnType::Scalar(Scalar::Int)))
        );
        assert_eq!(judged(r#"{"type":"int"}"#), judged(r#""int""#));
        let list = Ok(Some(ColumnType::List(Element::Scalar(Scalar::Text))));
        assert_eq!(judged(r#"{"type":"list","valueType":"text"}"#), list);
        assert_eq!(
            judged(r#"{"type":"list","valueType":{"type":"text"}}"#),
            list
        );
        assert_eq!(judged(r#""counter""#), Ok(None));
    }

    #[test]
    fn what_is_given_as_null_is_given() {
        let mismatch = Err(&request::REQUEST_STRUCTURE_MISMATCH);
        assert_eq!(judged(r#"{"type":"set","valueType":null}"#), mismatch);
        assert_eq!(
            judged(r#"{"type":"map","keyType":null,"valueType":"int"}"#),
            mismatch
        );
    }

    #[test]
    fn scalars_are_taken_for_names_of_types() {
        for (name, expected) in [("7", "7"), ("true", "true"), ("null", "null")] {
            let json = format!(r#"{{"type":"userDefined","udtName":{name}}}"#);
            let found = judged(&json).expect(name).expect(name);
            assert_eq!(found.user_type().expect(name).name, expected);
        }
        for name in ["{}", "[]", r#"" ""#] {
            let json = format!(r#"{{"type":"userDefined","udtName":{name}}}"#);
            let invalid = Err(&schema::INVALID_USER_DEFINED_TYPE_NAME);
            assert_eq!(judged(&json), invalid, "{name}");
        }
    }

    #[test]
    fn dimensions_may_be_strings() {
        for (dimension, expected) in [
            ("3", Ok(3)),
            (r#""3""#, Ok(3)),
            ("0", Err(&schema::UNSUPPORTED_VECTOR_DIMENSION)),
            ("1.5", Err(&schema::UNSUPPORTED_VECTOR_DIMENSION)),
            ("null", Err(&schema::UNSUPPORTED_VECTOR_DIMENSION)),
            (r#""""#, Err(&schema::MISSING_DIMENSION_IN_VECTOR_COLUMN)),
            ("[]", Err(&schema::MISSING_DIMENSION_IN_VECTOR_COLUMN)),
        ] {
            let found = judged(&format!(r#"{{"type":"vector","dimension":{dimension}}}"#));
            let found = found.map(|found| match found {
                Some(ColumnType::Vector(vector)) => vector.dimension,
                other => panic!("{other:?}"),
            });
            assert_eq!(found, expected, "{dimension}");
        }
    }

    #[test]
    fn what_cannot_be_a_type_is_told_apart() {
        for (json, kind) in [
            (r#""TEXT""#, &schema::UNKNOWN_PRIMITIVE_DATA_TYPE),
            (r#"{"type":"TEXT"}"#, &schema::UNKNOWN_DATA_TYPE),
            ("7", &request::REQUEST_STRUCTURE_MISMATCH),
            ("{}", &request::REQUEST_STRUCTURE_MISMATCH),
            (r#"{"type":"int","a":1}"#, &request::COMMAND_FIELD_UNKNOWN),
            (r#"{"type":"whole","a":1}"#, &schema::UNKNOWN_DATA_TYPE),
            (r#"{"a":1}"#, &request::REQUEST_STRUCTURE_MISMATCH),
            (r#""list""#, &schema::UNSUPPORTED_LIST_DEFINITION),
            (
                r#"{"type":"list","valueType":{"type":"list","valueType":"int"}}"#,
                &schema::UNSUPPORTED_LIST_DEFINITION,
            ),
            (
                r#"{"type":"set","valueType":"counter"}"#,
                &schema::UNSUPPORTED_SET_DEFINITION,
            ),
            (
                r#"{"type":"map","keyType":"duration","valueType":"int"}"#,
                &schema::UNSUPPORTED_MAP_DEFINITION,
            ),
            (r#""userDefined""#, &schema::INVALID_USER_DEFINED_TYPE_NAME),
            (r#""vector""#, &schema::MISSING_DIMENSION_IN_VECTOR_COLUMN),
            (
                r#"{"type":"vector","dimension":3,"service":{}}"#,
                &schema::INVALID_CREATE_COLLECTION_OPTIONS,
            ),
        ] {
            assert_eq!(judged(json), Err(kind), "{json}");
        }
    }
}
