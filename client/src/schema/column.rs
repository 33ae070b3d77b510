//! Columns and their types.

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ServiceOptions;

/// What a column, a field of a type, or an element of a list, set or map holds.
///
/// | Column type | Type in Rust |
/// |---|---|
/// | `text`, `ascii` | `String` |
/// | `tinyint`, `smallint`, `int`, `bigint` | `i8`, `i16`, `i32`, `i64` |
/// | `varint`, `decimal` | [`Number`](crate::Number), every digit kept; `i128` for a `varint` that fits |
/// | `float`, `double` | [`Float`](crate::table::Float), [`Double`](crate::table::Double); `f32`, `f64` for finite numbers |
/// | `boolean` | `bool` |
/// | `date`, `time`, `timestamp`, `duration` | [`Date`](crate::table::Date), [`Time`](crate::table::Time), [`Timestamp`](crate::table::Timestamp), [`Duration`](crate::table::Duration) |
/// | `uuid`, `timeuuid` | [`Uuid`](crate::table::Uuid) |
/// | `inet` | [`std::net::IpAddr`]; an IPv4 address written as IPv6 comes back as what it is |
/// | `blob` | [`Binary`](crate::Binary) |
/// | `list` | `Vec` |
/// | `set` | `BTreeSet`, `HashSet`, `Vec` |
/// | `map` | `BTreeMap`, `HashMap`; with keys other than text together with [`table::map`](crate::table::map) |
/// | `vector` | [`Vector`](crate::Vector) |
/// | `userDefined` | a struct of its fields |
///
/// ```
/// use astra_db::schema::ColumnType;
///
/// let scores = ColumnType::map(ColumnType::Uuid, ColumnType::Int);
/// assert_eq!(
///     serde_json::to_value(&scores)?,
///     serde_json::json!({"type": "map", "keyType": "uuid", "valueType": "int"}),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ColumnType {
    /// `text`: Unicode of any length.
    Text,
    /// `ascii`: text of 7-bit characters.
    Ascii,
    /// `tinyint`: an integer of 8 bits.
    TinyInt,
    /// `smallint`: an integer of 16 bits.
    SmallInt,
    /// `int`: an integer of 32 bits.
    Int,
    /// `bigint`: an integer of 64 bits.
    BigInt,
    /// `varint`: an integer of any size.
    VarInt,
    /// `decimal`: a number of any length.
    Decimal,
    /// `float`: a floating-point number of 32 bits.
    Float,
    /// `double`: a floating-point number of 64 bits.
    Double,
    /// `boolean`.
    Boolean,
    /// `date`: a day of the calendar.
    Date,
    /// `time`: a time of day to the nanosecond.
    Time,
    /// `timestamp`: a point in time to the millisecond.
    Timestamp,
    /// `duration`: months, days and nanoseconds.
    Duration,
    /// `uuid`.
    Uuid,
    /// `timeuuid`: a UUID of version 1. Only tables made by CQL have it.
    TimeUuid,
    /// `inet`: an IP address.
    Inet,
    /// `blob`: bytes.
    Blob,
    /// `counter`. Only tables made by CQL have it, and it can only be read.
    Counter,
    /// `list` of elements.
    List(Box<Self>),
    /// `set` of elements.
    Set(Box<Self>),
    /// `map` from keys to values.
    Map(Box<Self>, Box<Self>),
    /// `vector` of 32-bit floating-point numbers.
    Vector {
        /// How many numbers; may be left to the service if there is one.
        dimension: Option<u32>,
        /// Who computes the vectors of texts; the caller brings vectors if unset.
        service: Option<ServiceOptions>,
    },
    /// `userDefined`: the type of this name.
    UserDefined(String),
    /// A type of CQL the API has no name for. It can be listed but not made.
    Unsupported {
        /// Its name in CQL, `tuple<int, text>` for example.
        cql_definition: Option<String>,
    },
    /// A type newer than this crate.
    Other(String),
}

/// The types that are a name and nothing else.
static PRIMITIVES: [(&str, ColumnType); 20] = [
    ("text", ColumnType::Text),
    ("ascii", ColumnType::Ascii),
    ("tinyint", ColumnType::TinyInt),
    ("smallint", ColumnType::SmallInt),
    ("int", ColumnType::Int),
    ("bigint", ColumnType::BigInt),
    ("varint", ColumnType::VarInt),
    ("decimal", ColumnType::Decimal),
    ("float", ColumnType::Float),
    ("double", ColumnType::Double),
    ("boolean", ColumnType::Boolean),
    ("date", ColumnType::Date),
    ("time", ColumnType::Time),
    ("timestamp", ColumnType::Timestamp),
    ("duration", ColumnType::Duration),
    ("uuid", ColumnType::Uuid),
    ("timeuuid", ColumnType::TimeUuid),
    ("inet", ColumnType::Inet),
    ("blob", ColumnType::Blob),
    ("counter", ColumnType::Counter),
];

impl ColumnType {
    /// A list of these.
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// A set of these.
    pub fn set(element: Self) -> Self {
        Self::Set(Box::new(element))
    }

    /// A map from these keys to these values.
    pub fn map(key: Self, value: Self) -> Self {
        Self::Map(Box::new(key), Box::new(value))
    }

    /// A vector of so many numbers, brought by the caller.
    pub fn vector(dimension: u32) -> Self {
        Self::Vector {
            dimension: Some(dimension),
            service: None,
        }
    }

    /// A vector that a service computes of a text.
    pub fn vectorize(service: ServiceOptions) -> Self {
        Self::Vector {
            dimension: None,
            service: Some(service),
        }
    }

    /// The user-defined type of this name.
    pub fn user_defined(name: impl Into<String>) -> Self {
        Self::UserDefined(name.into())
    }

    fn primitive_name(&self) -> Option<&str> {
        if let Self::Other(name) = self {
            return Some(name);
        }
        let found = PRIMITIVES.iter().find(|(_, kind)| kind == self);
        found.map(|(name, _)| *name)
    }

    fn named(name: &str) -> Self {
        let found = PRIMITIVES.iter().find(|(known, _)| *known == name);
        found.map_or_else(|| Self::Other(name.to_owned()), |(_, kind)| kind.clone())
    }
}

/// A column of a table, or a field of a user-defined type.
///
/// A [`ColumnType`] is all it takes to make one. What the server lists beside it is left out when
/// it is sent, so that what is listed can be made again.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Column {
    /// What it holds.
    pub kind: ColumnType,
    /// What the API can do with it, where that is not everything.
    pub api_support: Option<ApiSupport>,
}

impl From<ColumnType> for Column {
    fn from(kind: ColumnType) -> Self {
        Self {
            kind,
            api_support: None,
        }
    }
}

/// What the API can do with a column, a type or an index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the answers to four separate questions, as the server lists them"
)]
pub struct ApiSupport {
    /// Whether `create_table` takes it.
    pub create_table: bool,
    /// Whether values can be written.
    pub insert: bool,
    /// Whether values can be read.
    pub read: bool,
    /// Whether it can be filtered by.
    pub filter: bool,
    /// What it is in CQL.
    pub cql_definition: Option<String>,
}

/// A column as JSON writes it out.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Long {
    #[serde(rename = "type")]
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_type: Option<ColumnType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value_type: Option<ColumnType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    udt_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dimension: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    service: Option<ServiceOptions>,
    #[serde(default, skip_serializing)]
    api_support: Option<ApiSupport>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ShortOrLong {
    Short(String),
    Long(Box<Long>),
}

impl Long {
    fn new(kind: &ColumnType) -> Self {
        let mut long = Self {
            name: String::new(),
            key_type: None,
            value_type: None,
            udt_name: None,
            dimension: None,
            service: None,
            api_support: None,
        };
        let name = match kind {
            ColumnType::List(element) | ColumnType::Set(element) => {
                long.value_type = Some(ColumnType::clone(element));
                if matches!(kind, ColumnType::List(_)) {
                    "list"
                } else {
                    "set"
                }
            }
            ColumnType::Map(key, value) => {
                long.key_type = Some(ColumnType::clone(key));
                long.value_type = Some(ColumnType::clone(value));
                "map"
            }
            ColumnType::Vector { dimension, service } => {
                (long.dimension, long.service) = (*dimension, service.clone());
                "vector"
            }
            ColumnType::UserDefined(name) => {
                long.udt_name = Some(name.clone());
                "userDefined"
            }
            primitive => primitive.primitive_name().unwrap_or("UNSUPPORTED"),
        };
        name.clone_into(&mut long.name);
        long
    }

    fn into_column(self) -> Column {
        let boxed = |kind: Option<ColumnType>| kind.map(Box::new);
        let parts = (boxed(self.key_type), boxed(self.value_type), self.udt_name);
        let kind = match (self.name.as_str(), parts) {
            ("list", (_, Some(element), _)) => ColumnType::List(element),
            ("set", (_, Some(element), _)) => ColumnType::Set(element),
            ("map", (Some(key), Some(value), _)) => ColumnType::Map(key, value),
            ("vector", _) => ColumnType::Vector {
                dimension: self.dimension,
                service: self.service,
            },
            ("userDefined", (_, _, Some(name))) => ColumnType::UserDefined(name),
            ("UNSUPPORTED", _) => ColumnType::Unsupported {
                cql_definition: self
                    .api_support
                    .as_ref()
                    .and_then(|support| support.cql_definition.clone()),
            },
            (name, _) => ColumnType::named(name),
        };
        Column {
            kind,
            api_support: self.api_support,
        }
    }
}

/// A name where that is all, as the API lists element types.
impl Serialize for ColumnType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.primitive_name() {
            Some(name) => serializer.serialize_str(name),
            None => Long::new(self).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ColumnType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Column::deserialize(deserializer).map(|column| column.kind)
    }
}

/// Written out, as the API lists columns.
impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Long::new(&self.kind).serialize(serializer)
    }
}

/// Read in either form.
impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match ShortOrLong::deserialize(deserializer)? {
            ShortOrLong::Short(name) => ColumnType::named(&name).into(),
            ShortOrLong::Long(long) => long.into_column(),
        })
    }
}

/// Columns by their names, in their order.
///
/// ```
/// use astra_db::schema::{ColumnType, Columns};
///
/// let columns = Columns::from_iter([("make", ColumnType::Text), ("year", ColumnType::Int)]);
/// assert_eq!(columns.get("year").unwrap().kind, ColumnType::Int);
/// assert_eq!(
///     serde_json::to_string(&columns)?,
///     r#"{"make":{"type":"text"},"year":{"type":"int"}}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Columns(IndexMap<String, Column>);

impl Columns {
    /// The column of this name.
    pub fn get(&self, name: &str) -> Option<&Column> {
        self.0.get(name)
    }

    /// Adds a column, or gives one of this name another type.
    pub fn insert(&mut self, name: impl Into<String>, column: impl Into<Column>) {
        self.0.insert(name.into(), column.into());
    }

    /// The columns in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.0.iter().map(|(name, column)| (name.as_str(), column))
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: Into<String>, C: Into<Column>> FromIterator<(N, C)> for Columns {
    fn from_iter<I: IntoIterator<Item = (N, C)>>(columns: I) -> Self {
        let columns = columns.into_iter();
        Self(
            columns
                .map(|(name, column)| (name.into(), column.into()))
                .collect(),
        )
    }
}
