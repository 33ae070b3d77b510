//! Indexes of tables, as they are given to `createIndex`, `createVectorIndex` and
//! `createTextIndex`, and listed by `listIndexes`: what is listed can be given again.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value as Json};

use super::{Analyzer, SimilarityMetric};

/// An index of any kind.
///
/// ```
/// use astra_db::schema::{IndexDefinition, IndexedColumn, RegularIndex, SimilarityMetric, TextIndex, VectorIndex};
///
/// let by_make: IndexDefinition = RegularIndex::new("make").case_sensitive(false).into();
/// let by_extra: IndexDefinition = RegularIndex::new(IndexedColumn::Keys("extras".into())).into();
/// let by_likeness: IndexDefinition = VectorIndex::new("embedding").metric(SimilarityMetric::DotProduct).into();
/// let by_words: IndexDefinition = TextIndex::new("body").analyzer("english").into();
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum IndexDefinition {
    /// For filters.
    Regular(RegularIndex),
    /// For sorts by vector.
    Vector(VectorIndex),
    /// For `$match` and sorts by text.
    Text(TextIndex),
    /// An index the API did not make, or of a kind newer than this crate. It can be listed and
    /// dropped.
    Unknown {
        /// Its kind, `UNKNOWN` if the API has no name for it.
        index_type: String,
        /// What the server tells of it.
        definition: Json,
    },
}

/// What `createIndex` and its like take: the column and the options.
impl Serialize for IndexDefinition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Regular(index) => index.serialize(serializer),
            Self::Vector(index) => index.serialize(serializer),
            Self::Text(index) => index.serialize(serializer),
            Self::Unknown { definition, .. } => definition.serialize(serializer),
        }
    }
}

/// What of a column is indexed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexedColumn {
    /// Its value; the elements of a list or set, the entries of a map.
    Column(String),
    /// The keys of a map.
    Keys(String),
    /// The values of a map, or the elements of a list or set.
    Values(String),
}

impl From<&str> for IndexedColumn {
    fn from(column: &str) -> Self {
        Self::Column(column.to_owned())
    }
}

impl From<String> for IndexedColumn {
    fn from(column: String) -> Self {
        Self::Column(column)
    }
}

impl Serialize for IndexedColumn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Column(name) => serializer.serialize_str(name),
            Self::Keys(name) => serializer.collect_map([(name, "$keys")]),
            Self::Values(name) => serializer.collect_map([(name, "$values")]),
        }
    }
}

impl<'de> Deserialize<'de> for IndexedColumn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Json::deserialize(deserializer)?;
        if let Json::String(name) = written {
            return Ok(Self::Column(name));
        }
        let mut fields = written.as_object().into_iter().flatten();
        match (fields.next(), fields.next()) {
            (Some((name, part)), None) if part == "$keys" => Ok(Self::Keys(name.clone())),
            (Some((name, part)), None) if part == "$values" => Ok(Self::Values(name.clone())),
            _ => Err(serde::de::Error::custom(
                r#"expected the name of a column, {"column": "$keys"} or {"column": "$values"}"#,
            )),
        }
    }
}

/// An index for filters.
///
/// The three options are for text and ascii only, also in lists, sets and maps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RegularIndex {
    /// What is indexed.
    pub column: IndexedColumn,
    /// How text is compared.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: RegularIndexOptions,
}

/// How an index compares text; what is unset is the server's choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RegularIndexOptions {
    /// Whether `A` and `a` differ; they do by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_sensitive: Option<bool>,
    /// Whether text is brought into Unicode's normal form NFC; not by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalize: Option<bool>,
    /// Whether letters lose their accents, as far as ASCII has them without; not by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ascii: Option<bool>,
}

impl RegularIndex {
    /// An index of a column.
    pub fn new(column: impl Into<IndexedColumn>) -> Self {
        Self {
            column: column.into(),
            options: RegularIndexOptions::default(),
        }
    }

    /// Whether `A` and `a` differ.
    #[must_use]
    pub fn case_sensitive(mut self, case_sensitive: bool) -> Self {
        self.options.case_sensitive = Some(case_sensitive);
        self
    }

    /// Whether text is brought into Unicode's normal form NFC.
    #[must_use]
    pub fn normalize(mut self, normalize: bool) -> Self {
        self.options.normalize = Some(normalize);
        self
    }

    /// Whether letters lose their accents.
    #[must_use]
    pub fn ascii(mut self, ascii: bool) -> Self {
        self.options.ascii = Some(ascii);
        self
    }
}

/// An index of a vector column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VectorIndex {
    /// The column.
    pub column: String,
    /// How vectors are compared.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: VectorIndexOptions,
}

/// How an index compares vectors; what is unset is the server's choice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VectorIndexOptions {
    /// How likeness is measured; follows from the source model, else `cosine`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<SimilarityMetric>,
    /// The model the vectors come from, which tunes the index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_model: Option<String>,
}

impl VectorIndex {
    /// An index of a vector column.
    pub fn new(column: impl Into<String>) -> Self {
        Self {
            column: column.into(),
            options: VectorIndexOptions::default(),
        }
    }

    /// How likeness is measured.
    #[must_use]
    pub fn metric(mut self, metric: SimilarityMetric) -> Self {
        self.options.metric = Some(metric);
        self
    }

    /// The model the vectors come from.
    #[must_use]
    pub fn source_model(mut self, name: impl Into<String>) -> Self {
        self.options.source_model = Some(name.into());
        self
    }
}

/// An index of the words of a text column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextIndex {
    /// The column.
    pub column: String,
    /// How its text is cut into words.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: TextIndexOptions,
}

/// How an index cuts text into words; what is unset is the server's choice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextIndexOptions {
    /// By name, `standard` by default, or in detail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analyzer: Option<Analyzer>,
}

impl TextIndex {
    /// An index of the words of a column.
    pub fn new(column: impl Into<String>) -> Self {
        Self {
            column: column.into(),
            options: TextIndexOptions::default(),
        }
    }

    /// How its text is cut into words.
    #[must_use]
    pub fn analyzer(mut self, analyzer: impl Into<Analyzer>) -> Self {
        self.options.analyzer = Some(analyzer.into());
        self
    }
}

fn is_default<T: Default + PartialEq>(options: &T) -> bool {
    *options == T::default()
}

macro_rules! kinds {
    ($($index:ident => $variant:ident from $($column:ty),*;)*) => {$(
        impl From<$index> for IndexDefinition {
            fn from(index: $index) -> Self {
                Self::$variant(index)
            }
        }

        $(impl From<$column> for $index {
            fn from(column: $column) -> Self {
                Self::new(column)
            }
        })*
    )*};
}

kinds! {
    RegularIndex => Regular from &str, String, IndexedColumn;
    VectorIndex => Vector from &str, String;
    TextIndex => Text from &str, String;
}

/// A column by name: a regular index of it.
impl From<&str> for IndexDefinition {
    fn from(column: &str) -> Self {
        Self::Regular(column.into())
    }
}

/// A regular index of this part of a column.
impl From<IndexedColumn> for IndexDefinition {
    fn from(column: IndexedColumn) -> Self {
        Self::Regular(column.into())
    }
}

/// An index as [`Table::list_indexes`](crate::Table::list_indexes) gives it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct IndexDescriptor {
    /// Its name, which no other index of the keyspace has.
    pub name: String,
    /// What it is made of.
    pub definition: IndexDefinition,
}

/// As it is listed.
impl Serialize for IndexDescriptor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Listed<'a> {
            name: &'a str,
            definition: &'a IndexDefinition,
            index_type: &'a str,
        }

        let index_type = match &self.definition {
            IndexDefinition::Regular(_) => "regular",
            IndexDefinition::Vector(_) => "vector",
            IndexDefinition::Text(_) => "text",
            IndexDefinition::Unknown { index_type, .. } => index_type,
        };
        let listed = Listed {
            name: &self.name,
            definition: &self.definition,
            index_type,
        };
        listed.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for IndexDescriptor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Listed {
            name: String,
            definition: Map<String, Json>,
            index_type: String,
        }

        let Listed {
            name,
            definition,
            index_type,
        } = Listed::deserialize(deserializer)?;
        let definition = Json::Object(definition);
        let definition = match index_type.as_str() {
            "regular" => serde_json::from_value(definition).map(IndexDefinition::Regular),
            "vector" => serde_json::from_value(definition).map(IndexDefinition::Vector),
            "text" => serde_json::from_value(definition).map(IndexDefinition::Text),
            _ => Ok(IndexDefinition::Unknown {
                index_type,
                definition,
            }),
        };
        Ok(Self {
            name,
            definition: definition.map_err(serde::de::Error::custom)?,
        })
    }
}
