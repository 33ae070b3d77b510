//! Making and altering user-defined types.

use crate::error::{ApiError, database, request, schema};
use crate::json::{Object, Value, lenient};
use crate::table::column_type::{Field, UserType};
use crate::table::definition::quoted;
use crate::table::definition_request::decode_columns;
use crate::table::type_request::{TypeRequest, scalar_names};

/// The fields of a type as they were asked for: read, not yet judged.
#[derive(Debug)]
pub(crate) struct FieldsRequest(Vec<(String, TypeRequest)>);

impl FieldsRequest {
    /// Tells fields that cannot be read, whatever keyspace they are for.
    pub(crate) fn check(definition: &Value) -> Result<(), ApiError> {
        match definition {
            Value::Object(definition) => match Self::decode(definition) {
                Err(error) if error.kind != &request::COMMAND_FIELD_VALUE_INVALID => Err(error),
                _ => Ok(()),
            },
            other => Err(not_fields(other)),
        }
    }

    /// Reads `{"fields": {name: type}}`.
    pub(crate) fn decode(definition: &Object) -> Result<Self, ApiError> {
        match fields_of(definition)? {
            Some(Value::Object(fields)) => decode_columns(fields).map(Self),
            // The real server looks for members, and whatever is no object has none.
            _ => Ok(Self(Vec::new())),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn judge(self) -> Result<Vec<Field>, ApiError> {
        if self.is_empty() {
            return Err(schema::MISSING_FIELDS_FOR_TYPE_CREATION
                .because("A type needs at least one field: {\"fields\": {\"city\": \"text\"}}."));
        }
        let unfit = self
            .0
            .iter()
            .filter(|(_, asked)| !matches!(asked, TypeRequest::Scalar(_)));
        let unfit = quoted(unfit.map(|(name, _)| name.as_str()));
        if !unfit.is_empty() {
            return Err(schema::UNSUPPORTED_TYPE_FIELDS.because(format!(
                "Fields of a type must be of a type without parts; {unfit} are not. The types are: {}.",
                scalar_names()
            )));
        }
        let field = |(name, asked)| match asked {
            TypeRequest::Scalar(scalar) => Some(Field { name, scalar }),
            _ => None,
        };
        Ok(self.0.into_iter().filter_map(field).collect())
    }
}

/// An alteration: fields renamed, then fields added.
#[derive(Debug)]
pub(crate) struct Alteration {
    renames: Vec<(String, String)>,
    additions: Vec<Field>,
}

impl Alteration {
    /// Tells renames that cannot be read, whatever keyspace they are for.
    pub(crate) fn check_renames(rename: &Value) -> Result<(), ApiError> {
        match rename {
            Value::Object(rename) => match decode_renames(rename) {
                Err(error) if error.kind != &request::COMMAND_FIELD_VALUE_INVALID => Err(error),
                _ => Ok(()),
            },
            other => Err(not_fields(other)),
        }
    }

    pub(crate) fn decode(add: Option<&Value>, rename: Option<&Value>) -> Result<Self, ApiError> {
        let renames = match rename {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Object(rename)) => decode_renames(rename)?,
            Some(other) => return Err(not_fields(other)),
        };
        let additions = match add {
            None | Some(Value::Null) => None,
            Some(Value::Object(add)) => Some(FieldsRequest::decode(add)?),
            Some(other) => return Err(not_fields(other)),
        };
        let additions = match additions {
            Some(additions) if !additions.is_empty() => additions.judge()?,
            _ => Vec::new(),
        };
        if renames.is_empty() && additions.is_empty() {
            return Err(schema::MISSING_ALTER_TYPE_OPERATIONS.because(
                "Nothing is to be altered. Give 'rename' with {\"fields\": {\"old\": \"new\"}}, or 'add' with {\"fields\": {\"name\": \"text\"}}.",
            ));
        }
        Ok(Self { renames, additions })
    }

    /// Whether fields are added: only then does the real server look at the name of the type.
    pub(crate) fn adds(&self) -> bool {
        !self.additions.is_empty()
    }

    /// Applies one step after the other. What was done before a step failed stays done.
    pub(crate) fn apply(self, altered: &mut UserType) -> Result<(), ApiError> {
        for (old, new) in self.renames {
            let Some((position, _)) = altered.field(&old) else {
                return Err(schema::CANNOT_RENAME_UNKNOWN_TYPE_FIELD.because(format!(
                    "The type '{}' has no field '{old}' to rename. It has: {}.",
                    altered.name,
                    field_names(altered)
                )));
            };
            if new != old {
                check_new(altered, &new)?;
            }
            altered.fields[position].name = new;
        }
        for field in self.additions {
            check_new(altered, &field.name)?;
            altered.fields.push(field);
        }
        Ok(())
    }
}

/// What the database says of a type that is not there.
pub(crate) fn unknown_type(name: &str) -> ApiError {
    database::INVALID_DATABASE_QUERY.because(format!(
        "There is no type '{name}'. listTypes shows those that exist."
    ))
}

fn check_new(altered: &UserType, name: &str) -> Result<(), ApiError> {
    if altered.field(name).is_none() {
        return Ok(());
    }
    Err(schema::CANNOT_ADD_EXISTING_FIELD.because(format!(
        "The type '{}' already has a field '{name}'. Choose another name.",
        altered.name
    )))
}

fn field_names(user_type: &UserType) -> String {
    quoted(user_type.fields.iter().map(|field| field.name.as_str()))
}

fn decode_renames(rename: &Object) -> Result<Vec<(String, String)>, ApiError> {
    let fields = match fields_of(rename)? {
        Some(Value::Object(fields)) => fields,
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(other) => return Err(not_fields(other)),
    };
    let renames = fields
        .iter()
        .map(|(old, new)| match lenient::text(new.clone()) {
            Ok(new) if new.trim().is_empty() => Err(request::COMMAND_FIELD_VALUE_INVALID.because(
                format!("The new name of the field '{old}' is blank. Give each field a name."),
            )),
            Ok(new) => Ok((old.clone(), new)),
            Err(other) => Err(request::REQUEST_STRUCTURE_MISMATCH.because(format!(
                "The new name of the field '{old}' must be a string; it is {}.",
                other.kind()
            ))),
        });
    renames.collect()
}

fn fields_of(definition: &Object) -> Result<Option<&Value>, ApiError> {
    match definition.keys().find(|key| *key != "fields") {
        None => Ok(definition.get("fields")),
        Some(unknown) => Err(request::COMMAND_FIELD_UNKNOWN.because(format!(
            "There is no field '{unknown}' here. Give the field 'fields'."
        ))),
    }
}

fn not_fields(value: &Value) -> ApiError {
    request::REQUEST_STRUCTURE_MISMATCH.because(format!(
        "Fields of a type are given as {{\"fields\": {{\"name\": \"type\"}}}}; here is {}.",
        value.kind()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::json::parse;
    use crate::table::column_type::Scalar;

    fn person() -> UserType {
        let field = |name: &str| Field {
            name: name.to_owned(),
            scalar: Scalar::Text,
        };
        UserType {
            keyspace: "ks".to_owned(),
            name: "person".to_owned(),
            fields: vec![field("first"), field("last")],
        }
    }

    fn altered(add: &str, rename: &str) -> (Result<(), &'static Kind>, Vec<String>) {
        let [add, rename] = [add, rename].map(|json| parse(json.as_bytes()).expect("JSON"));
        let mut person = person();
        let result = Alteration::decode(Some(&add), Some(&rename))
            .and_then(|alteration| alteration.apply(&mut person));
        let names = person.fields.into_iter().map(|field| field.name).collect();
        (result.map_err(|error| error.kind), names)
    }

    #[test]
    fn renames_run_before_additions_so_that_a_name_can_pass_on() {
        let (result, names) = altered(
            r#"{"fields":{"first":"int"}}"#,
            r#"{"fields":{"first":"given"}}"#,
        );
        assert_eq!(
            (result, names),
            (
                Ok(()),
                vec!["given".to_owned(), "last".to_owned(), "first".to_owned()]
            )
        );
    }

    #[test]
    fn new_names_are_names() {
        let (result, names) = altered("null", r#"{"fields":{"first":"first","last":7}}"#);
        assert_eq!(result, Ok(()));
        assert_eq!(names, ["first", "7"]);
        let (result, _) = altered("null", r#"{"fields":{"first":" "}}"#);
        assert_eq!(result, Err(&request::COMMAND_FIELD_VALUE_INVALID));
        let (result, _) = altered("null", r#"{"fields":{"first":{}}}"#);
        assert_eq!(result, Err(&request::REQUEST_STRUCTURE_MISMATCH));
    }

    #[test]
    fn what_ran_before_a_failure_stays() {
        let (result, names) = altered(r#"{"fields":{"a":"int","last":"int"}}"#, "null");
        assert_eq!(result, Err(&schema::CANNOT_ADD_EXISTING_FIELD));
        assert_eq!(names, ["first", "last", "a"]);
        let (result, _) = altered("null", r#"{"fields":{"nope":"x"}}"#);
        assert_eq!(result, Err(&schema::CANNOT_RENAME_UNKNOWN_TYPE_FIELD));
    }

    #[test]
    fn an_alteration_alters_something() {
        for (add, rename) in [("null", "null"), (r#"{"fields":{}}"#, "{}")] {
            assert_eq!(
                altered(add, rename).0,
                Err(&schema::MISSING_ALTER_TYPE_OPERATIONS)
            );
        }
        assert_eq!(
            altered(
                r#"{"fields":{"a":{"type":"list","valueType":"int"}}}"#,
                "null"
            )
            .0,
            Err(&schema::UNSUPPORTED_TYPE_FIELDS)
        );
    }
}
