//! What columns can hold.

use std::sync::Arc;

use crate::json::{Object, Value};
use crate::table::cql_name;

/// A type whose values have no parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Scalar {
    Ascii,
    Bigint,
    Blob,
    Boolean,
    Date,
    Decimal,
    Double,
    Duration,
    Float,
    Inet,
    Int,
    Smallint,
    Text,
    Time,
    Timestamp,
    Tinyint,
    Uuid,
    Varint,
}

impl Scalar {
    pub(crate) const ALL: [Self; 18] = [
        Self::Ascii,
        Self::Bigint,
        Self::Blob,
        Self::Boolean,
        Self::Date,
        Self::Decimal,
        Self::Double,
        Self::Duration,
        Self::Float,
        Self::Inet,
        Self::Int,
        Self::Smallint,
        Self::Text,
        Self::Time,
        Self::Timestamp,
        Self::Tinyint,
        Self::Uuid,
        Self::Varint,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ascii => "ascii",
            Self::Bigint => "bigint",
            Self::Blob => "blob",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Decimal => "decimal",
            Self::Double => "double",
            Self::Duration => "duration",
            Self::Float => "float",
            Self::Inet => "inet",
            Self::Int => "int",
            Self::Smallint => "smallint",
            Self::Text => "text",
            Self::Time => "time",
            Self::Timestamp => "timestamp",
            Self::Tinyint => "tinyint",
            Self::Uuid => "uuid",
            Self::Varint => "varint",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scalar| scalar.name() == name)
    }

    /// Whether equal values are kept as equal texts, numbers or bytes. Numbers with a fraction are not always.
    pub(crate) fn is_kept_alike(self) -> bool {
        !matches!(
            self,
            Self::Decimal | Self::Double | Self::Duration | Self::Float | Self::Varint
        )
    }

    /// Whether values are strings, and so can be analysed.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::Ascii | Self::Text)
    }
}

/// A type somebody made in a keyspace: named fields of scalar types, in the order they were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserType {
    pub(crate) keyspace: String,
    pub(crate) name: String,
    pub(crate) fields: Vec<Field>,
}

/// A field of a [`UserType`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) scalar: Scalar,
}

/// What lists, sets and the values of maps consist of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    Scalar(Scalar),
    UserType(Arc<UserType>),
}

/// A column of float32 vectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VectorType {
    /// Numbers in each vector.
    pub(crate) dimension: usize,
    /// The service that makes vectors from text, as it was given.
    pub(crate) service: Option<Object>,
}

/// The type of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ColumnType {
    Scalar(Scalar),
    List(Element),
    Set(Element),
    Map(Scalar, Element),
    Vector(VectorType),
    UserType(Arc<UserType>),
}

/// Where a description of a type is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// In the schema of a table: a user-defined type by its name alone.
    InSchema,
    /// Beside rows: a user-defined type with its fields, so that readers need nothing else.
    BesideRows,
}

impl ColumnType {
    pub(crate) fn scalar(&self) -> Option<Scalar> {
        match self {
            Self::Scalar(scalar) => Some(*scalar),
            _ => None,
        }
    }

    /// Whether a value can be of no bytes at all.
    pub(crate) fn can_be_empty(&self) -> bool {
        matches!(
            self,
            Self::Scalar(Scalar::Ascii | Scalar::Text | Scalar::Blob)
        )
    }

    /// The type in words fit for a message, such as `map<text, int>`.
    pub(crate) fn in_cql(&self) -> String {
        match self {
            Self::Scalar(scalar) => scalar.name().to_owned(),
            Self::List(element) => format!("list<{}>", element.in_cql()),
            Self::Set(element) => format!("set<{}>", element.in_cql()),
            Self::Map(key, value) => format!("map<{}, {}>", key.name(), value.in_cql()),
            Self::Vector(vector) => format!("vector<float, {}>", vector.dimension),
            Self::UserType(user_type) => user_type.in_cql(),
        }
    }

    /// The description the API gives of a column: in the long form, with `apiSupport` where something is not possible.
    pub(crate) fn describe(&self, shown: Shown) -> Object {
        match self {
            Self::Scalar(scalar) => Object::from([("type", scalar.name())]),
            Self::List(element) => collection("list", element, shown),
            Self::Set(element) => collection("set", element, shown),
            Self::Map(key, value) => {
                let mut description = Object::from([("type", "map"), ("keyType", key.name())]);
                description.insert("valueType", value.describe(shown));
                description
            }
            Self::Vector(vector) => {
                let mut description = Object::from([("type", "vector")]);
                description.insert("dimension", vector.dimension);
                if let Some(service) = &vector.service {
                    description.insert("service", service.clone());
                }
                description.insert("apiSupport", all_but_filter(&self.in_cql()));
                description
            }
            Self::UserType(user_type) => {
                let mut description = user_type.describe(shown);
                description.insert("apiSupport", all_but_filter(&user_type.in_cql()));
                description
            }
        }
    }

    /// Reads back what [`Self::describe`] wrote for a schema. `user_type` finds types by name.
    pub(crate) fn from_description(
        description: &Object,
        user_type: &impl Fn(&str) -> Option<Arc<UserType>>,
    ) -> Option<Self> {
        let element = |name: &str| Element::from_description(description.get(name)?, user_type);
        match description.get("type")?.as_str()? {
            "list" => Some(Self::List(element("valueType")?)),
            "set" => Some(Self::Set(element("valueType")?)),
            "map" => {
                let key = Scalar::named(description.get("keyType")?.as_str()?)?;
                Some(Self::Map(key, element("valueType")?))
            }
            "vector" => {
                let dimension = description.get("dimension")?.as_number()?;
                let service = description.get("service").and_then(Value::as_object);
                Some(Self::Vector(VectorType {
                    dimension: dimension.as_str().parse().ok()?,
                    service: service.cloned(),
                }))
            }
            "userDefined" => user_type(description.get("udtName")?.as_str()?).map(Self::UserType),
            name => Scalar::named(name).map(Self::Scalar),
        }
    }

    /// Puts a user-defined type in the place of the one of the same name.
    pub(crate) fn replace_user_type(&mut self, new: &Arc<UserType>) {
        if let Self::UserType(used)
        | Self::List(Element::UserType(used))
        | Self::Set(Element::UserType(used))
        | Self::Map(_, Element::UserType(used)) = self
            && used.name == new.name
        {
            *used = Arc::clone(new);
        }
    }

    /// The user-defined type this type is or is made of.
    pub(crate) fn user_type(&self) -> Option<&Arc<UserType>> {
        match self {
            Self::UserType(user_type)
            | Self::List(Element::UserType(user_type))
            | Self::Set(Element::UserType(user_type))
            | Self::Map(_, Element::UserType(user_type)) => Some(user_type),
            _ => None,
        }
    }
}

impl Element {
    fn in_cql(&self) -> String {
        match self {
            Self::Scalar(scalar) => scalar.name().to_owned(),
            Self::UserType(user_type) => format!("frozen<{}>", user_type.in_cql()),
        }
    }

    /// Scalars in short form: clients rely on `"valueType": "int"`.
    fn describe(&self, shown: Shown) -> Value {
        match self {
            Self::Scalar(scalar) => Value::from(scalar.name()),
            Self::UserType(user_type) => Value::from(user_type.describe(shown)),
        }
    }

    fn from_description(
        description: &Value,
        user_type: &impl Fn(&str) -> Option<Arc<UserType>>,
    ) -> Option<Self> {
        match description {
            Value::String(name) => Scalar::named(name).map(Self::Scalar),
            Value::Object(object) => {
                user_type(object.get("udtName")?.as_str()?).map(Self::UserType)
            }
            _ => None,
        }
    }
}

impl UserType {
    pub(crate) fn in_cql(&self) -> String {
        format!(
            "{}.{}",
            cql_name::in_cql(&self.keyspace),
            cql_name::in_cql(&self.name)
        )
    }

    /// The description `listTypes` gives.
    pub(crate) fn describe_with_support(&self) -> Object {
        let mut description = self.describe(Shown::BesideRows);
        description.insert("apiSupport", all_but_filter(&self.in_cql()));
        description
    }

    pub(crate) fn field(&self, name: &str) -> Option<(usize, &Field)> {
        self.fields
            .iter()
            .enumerate()
            .find(|(_, field)| field.name == name)
    }

    /// The fields as an object of descriptions.
    pub(crate) fn describe_fields(&self) -> Object {
        let description = |field: &Field| Object::from([("type", field.scalar.name())]);
        let fields = self.fields.iter();
        fields
            .map(|field| (field.name.as_str(), description(field)))
            .collect()
    }

    fn describe(&self, shown: Shown) -> Object {
        let mut description = Object::from([("type", "userDefined"), ("udtName", &self.name)]);
        if shown == Shown::BesideRows {
            description.insert(
                "definition",
                Object::from([("fields", self.describe_fields())]),
            );
        }
        description
    }
}

fn collection(name: &str, element: &Element, shown: Shown) -> Object {
    let mut description = Object::from([("type", name)]);
    description.insert("valueType", element.describe(shown));
    description
}

/// The API can do everything with such a column but filter by it.
fn all_but_filter(cql: &str) -> Object {
    let mut support = Object::from([
        ("createTable", true),
        ("insert", true),
        ("read", true),
        ("filter", false),
    ]);
    support.insert("cqlDefinition", cql);
    support
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Arc<UserType> {
        Arc::new(UserType {
            keyspace: "ks".to_owned(),
            name: "Address".to_owned(),
            fields: vec![Field {
                name: "city".to_owned(),
                scalar: Scalar::Text,
            }],
        })
    }

    fn every_type() -> Vec<ColumnType> {
        let mut types: Vec<_> = Scalar::ALL.map(ColumnType::Scalar).into();
        for element in [Element::Scalar(Scalar::Int), Element::UserType(address())] {
            types.push(ColumnType::List(element.clone()));
            types.push(ColumnType::Set(element.clone()));
            types.push(ColumnType::Map(Scalar::Uuid, element));
        }
        for service in [None, Some(Object::from([("provider", "p")]))] {
            types.push(ColumnType::Vector(VectorType {
                dimension: 3,
                service,
            }));
        }
        types.push(ColumnType::UserType(address()));
        types
    }

    #[test]
    fn a_described_type_is_read_back_equal() {
        let known = |name: &str| (name == "Address").then(address);
        for column_type in every_type() {
            let description = column_type.describe(Shown::InSchema);
            assert_eq!(
                ColumnType::from_description(&description, &known),
                Some(column_type)
            );
        }
    }

    #[test]
    fn support_is_told_only_where_something_is_impossible() {
        for column_type in every_type() {
            let limited = matches!(column_type, ColumnType::Vector(_) | ColumnType::UserType(_));
            let description = column_type.describe(Shown::InSchema);
            assert_eq!(description.contains_key("apiSupport"), limited);
        }
    }

    #[test]
    fn user_defined_types_show_their_fields_beside_rows() {
        let text =
            Value::from(ColumnType::UserType(address()).describe(Shown::BesideRows)).to_json();
        assert_eq!(
            text,
            r#"{"type":"userDefined","udtName":"Address","definition":{"fields":{"city":{"type":"text"}}},"apiSupport":{"createTable":true,"insert":true,"read":true,"filter":false,"cqlDefinition":"ks.\"Address\""}}"#
        );
        let list = ColumnType::List(Element::UserType(address())).describe(Shown::BesideRows);
        assert_eq!(
            Value::from(list).to_json(),
            r#"{"type":"list","valueType":{"type":"userDefined","udtName":"Address","definition":{"fields":{"city":{"type":"text"}}}}}"#
        );
    }
}
