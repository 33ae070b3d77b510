//! What a collection is: its settings as given at creation, defaults filled in.

use crate::json::{self, Object, Value};

/// The settings of a collection.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CollectionDefinition {
    /// How ids are made for documents without one. None: version 4 UUIDs as plain strings.
    pub(crate) default_id: Option<DefaultId>,
    /// Made with a `defaultId` that names no type. The real server takes that, and then fails on every command to the
    /// collection until it is dropped.
    pub(crate) is_unusable: bool,
    pub(crate) vector: Option<VectorDefinition>,
    /// Which paths can be filtered and sorted by. None: all.
    pub(crate) indexing: Option<IndexingDefinition>,
    /// Where lexical search is on: the analyzer of the texts, as it was given.
    pub(crate) lexical: Option<Value>,
    /// Where reranking is on: the model it would use.
    pub(crate) rerank: Option<RerankService>,
}

/// A kind of `_id` the server makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DefaultId {
    ObjectId,
    Uuid,
    UuidV6,
    UuidV7,
}

impl DefaultId {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ObjectId => "objectId",
            Self::Uuid => "uuid",
            Self::UuidV6 => "uuidv6",
            Self::UuidV7 => "uuidv7",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::ObjectId, Self::Uuid, Self::UuidV6, Self::UuidV7]
            .into_iter()
            .find(|id| id.name() == name)
    }
}

/// The vectors of a collection.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct VectorDefinition {
    /// Numbers in each vector.
    pub(crate) dimension: usize,
    pub(crate) metric: Metric,
    /// The model the vectors come from; the real server tunes its index by it.
    pub(crate) source_model: String,
    /// The service that makes them from texts, as it was given.
    pub(crate) service: Option<Object>,
}

/// Where vectors may come from; the first is the default.
pub(crate) const SOURCE_MODELS: &[&str] = &[
    "other",
    "ada002",
    "bert",
    "cohere-v3",
    "gecko",
    "nv-qa-4",
    "openai-v3-large",
    "openai-v3-small",
];

/// How alike two vectors are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Metric {
    Cosine,
    DotProduct,
    Euclidean,
}

impl Metric {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cosine => "cosine",
            Self::DotProduct => "dot_product",
            Self::Euclidean => "euclidean",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Cosine, Self::DotProduct, Self::Euclidean]
            .into_iter()
            .find(|metric| metric.name() == name)
    }
}

/// Paths to index, or paths not to index; `*` stands for all.
#[derive(Clone, Debug)]
pub(crate) enum IndexingDefinition {
    Allow(Vec<String>),
    Deny(Vec<String>),
}

/// The order in which paths are listed means nothing, and neither does which of the two lists is empty.
impl PartialEq for IndexingDefinition {
    fn eq(&self, other: &Self) -> bool {
        let same = |a: &[String], b: &[String]| {
            a.len() == b.len() && a.iter().all(|path| b.contains(path))
        };
        match (self, other) {
            (Self::Allow(a), Self::Allow(b)) | (Self::Deny(a), Self::Deny(b)) => same(a, b),
            (Self::Allow(a), Self::Deny(b)) | (Self::Deny(b), Self::Allow(a)) => {
                a.is_empty() && b.is_empty()
            }
        }
    }
}

/// A reranking model.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RerankService {
    pub(crate) provider: String,
    pub(crate) model_name: String,
}

impl CollectionDefinition {
    /// The names of the indexes the real server makes for a collection, which no index of a table can have beside it:
    /// <https://github.com/stargate/data-api>, `CreateCollectionOperation`.
    pub(crate) fn index_names(&self, collection: &str) -> Vec<String> {
        const OF_PATHS: [&str; 8] = [
            "exists_keys",
            "array_size",
            "array_contains",
            "query_bool_values",
            "query_dbl_values",
            "query_text_values",
            "query_timestamp_values",
            "query_null_values",
        ];
        let nothing =
            matches!(&self.indexing, Some(IndexingDefinition::Deny(paths)) if paths == &["*"]);
        let of_paths = if nothing { &[][..] } else { &OF_PATHS[..] };
        let of_vector = self.vector.as_ref().map(|_| "query_vector_value");
        let of_lexical = self.lexical.as_ref().map(|_| "query_lexical_value");
        of_paths
            .iter()
            .copied()
            .chain(of_lexical)
            .chain(of_vector)
            .map(|suffix| format!("{collection}_{suffix}"))
            .collect()
    }

    /// The definition as `findCollections` explains it.
    pub(crate) fn options(&self) -> Object {
        let mut options = Object::new();
        if let Some(id) = self.default_id {
            options.insert("defaultId", Object::from([("type", id.name())]));
        } else if self.is_unusable {
            options.insert("defaultId", Object::new());
        }
        if let Some(vector) = &self.vector {
            options.insert("vector", vector.to_object());
        }
        if let Some(indexing) = &self.indexing {
            options.insert("indexing", indexing.to_object());
        }
        options.insert("lexical", lexical_object(self.lexical.as_ref()));
        options.insert("rerank", rerank_object(self.rerank.as_ref()));
        options
    }

    /// The text the definition is stored as: the same JSON as [`Self::options`].
    pub(crate) fn to_text(&self) -> String {
        Value::from(self.options()).to_json()
    }

    /// Reads a stored definition; none if the text is of no version this program knows.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let Ok(Value::Object(options)) = json::parse(text.as_bytes()) else {
            return None;
        };
        let part = |name: &str| options.get(name).and_then(Value::as_object);
        Some(Self {
            default_id: match part("defaultId").and_then(|id| id.get("type")) {
                Some(id) => Some(DefaultId::named(id.as_str()?)?),
                None => None,
            },
            is_unusable: part("defaultId").is_some_and(Object::is_empty),
            vector: match part("vector") {
                Some(vector) => Some(VectorDefinition::from_object(vector)?),
                None => None,
            },
            indexing: match part("indexing") {
                Some(indexing) => Some(IndexingDefinition::from_object(indexing)?),
                None => None,
            },
            lexical: part("lexical").and_then(|lexical| lexical.get("analyzer").cloned()),
            rerank: match part("rerank").and_then(|rerank| rerank.get("service")) {
                Some(service) => Some(RerankService::from_object(service.as_object()?)?),
                None => None,
            },
        })
    }
}

impl VectorDefinition {
    fn to_object(&self) -> Object {
        let mut vector = Object::from([("dimension", self.dimension)]);
        vector.insert("metric", self.metric.name());
        vector.insert("sourceModel", self.source_model.as_str());
        if let Some(service) = &self.service {
            vector.insert("service", service.clone());
        }
        vector
    }

    fn from_object(vector: &Object) -> Option<Self> {
        Some(Self {
            dimension: vector
                .get("dimension")?
                .as_number()?
                .as_str()
                .parse()
                .ok()?,
            metric: Metric::named(vector.get("metric")?.as_str()?)?,
            source_model: vector.get("sourceModel")?.as_str()?.to_owned(),
            service: vector.get("service").and_then(Value::as_object).cloned(),
        })
    }
}

impl IndexingDefinition {
    fn to_object(&self) -> Object {
        let (name, paths) = match self {
            Self::Allow(paths) => ("allow", paths),
            Self::Deny(paths) => ("deny", paths),
        };
        if paths.is_empty() {
            return Object::new();
        }
        let mut paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let buckets = buckets(paths.len());
        paths.sort_by_key(|path| bucket(path, buckets));
        let paths: Vec<Value> = paths.into_iter().map(Value::from).collect();
        Object::from([(name, paths)])
    }

    fn from_object(indexing: &Object) -> Option<Self> {
        let Some((name, paths)) = indexing.first() else {
            return Some(Self::Deny(Vec::new()));
        };
        let paths = paths
            .as_array()?
            .iter()
            .map(|path| path.as_str().map(str::to_owned))
            .collect::<Option<_>>()?;
        match name {
            "allow" => Some(Self::Allow(paths)),
            "deny" => Some(Self::Deny(paths)),
            _ => None,
        }
    }
}

// The real server keeps the paths in a `HashSet` of Java and lists them in its order, which clients then see:
// <https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/HashMap.html>.

/// The number of buckets for so many entries: doubled when three quarters would be more than full.
fn buckets(entries: usize) -> u32 {
    let mut buckets: u32 = 16;
    while usize::try_from(buckets / 4 * 3).is_ok_and(|room| entries > room) {
        buckets *= 2;
    }
    buckets
}

/// The bucket of a text, by the hash Java gives it.
fn bucket(text: &str, buckets: u32) -> u32 {
    let hash = text.encode_utf16().fold(0_u32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(u32::from(unit))
    });
    (hash ^ (hash >> 16)) % buckets
}

impl RerankService {
    fn from_object(service: &Object) -> Option<Self> {
        let text = |name: &str| service.get(name)?.as_str().map(str::to_owned);
        Some(Self {
            provider: text("provider")?,
            model_name: text("modelName")?,
        })
    }
}

fn lexical_object(analyzer: Option<&Value>) -> Object {
    let mut lexical = Object::from([("enabled", analyzer.is_some())]);
    if let Some(analyzer) = analyzer {
        lexical.insert("analyzer", analyzer.clone());
    }
    lexical
}

fn rerank_object(service: Option<&RerankService>) -> Object {
    let mut rerank = Object::from([("enabled", service.is_some())]);
    if let Some(service) = service {
        let RerankService {
            provider,
            model_name,
        } = service;
        rerank.insert(
            "service",
            Object::from([("provider", provider.as_str()), ("modelName", model_name)]),
        );
    }
    rerank
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> CollectionDefinition {
        CollectionDefinition {
            default_id: Some(DefaultId::UuidV7),
            is_unusable: false,
            vector: Some(VectorDefinition {
                dimension: 5,
                metric: Metric::DotProduct,
                source_model: "other".to_owned(),
                service: Some(Object::from([
                    ("provider", "local"),
                    ("modelName", "hash-ngrams"),
                ])),
            }),
            indexing: Some(IndexingDefinition::Deny(vec![
                "a.b".to_owned(),
                "c".to_owned(),
            ])),
            lexical: Some("english".into()),
            rerank: Some(RerankService {
                provider: "nvidia".to_owned(),
                model_name: "m".to_owned(),
            }),
        }
    }

    #[test]
    fn indexed_paths_are_listed_in_the_order_of_a_java_hash_set() {
        let listed = |paths: &[&str]| {
            let paths = paths.iter().map(|path| (*path).to_owned()).collect();
            Value::from(IndexingDefinition::Allow(paths).to_object()).to_json()
        };
        assert_eq!(listed(&["b", "a"]), r#"{"allow":["a","b"]}"#);
        assert_eq!(
            listed(&["name", "addr.city"]),
            r#"{"allow":["name","addr.city"]}"#
        );
        assert_eq!(
            listed(&["addr.city", "name"]),
            r#"{"allow":["name","addr.city"]}"#
        );
        assert_eq!(listed(&[]), "{}");
    }

    #[test]
    fn a_stored_definition_is_read_back_equal() {
        let unusable = CollectionDefinition {
            is_unusable: true,
            ..CollectionDefinition::default()
        };
        for definition in [everything(), unusable, CollectionDefinition::default()] {
            assert_eq!(
                CollectionDefinition::from_text(&definition.to_text()),
                Some(definition)
            );
        }
    }

    #[test]
    fn a_definition_explains_only_what_was_set() {
        assert_eq!(
            CollectionDefinition::default().to_text(),
            r#"{"lexical":{"enabled":false},"rerank":{"enabled":false}}"#
        );
        assert_eq!(
            everything().to_text(),
            r#"{"defaultId":{"type":"uuidv7"},"vector":{"dimension":5,"metric":"dot_product","sourceModel":"other","service":{"provider":"local","modelName":"hash-ngrams"}},"indexing":{"deny":["c","a.b"]},"lexical":{"enabled":true,"analyzer":"english"},"rerank":{"enabled":true,"service":{"provider":"nvidia","modelName":"m"}}}"#
        );
    }

    #[test]
    fn indexed_paths_compare_without_order() {
        let deny = |paths: [&str; 2]| IndexingDefinition::Deny(paths.map(str::to_owned).to_vec());
        let allow = |paths: [&str; 2]| IndexingDefinition::Allow(paths.map(str::to_owned).to_vec());
        assert_eq!(deny(["a", "b"]), deny(["b", "a"]));
        assert_ne!(deny(["a", "b"]), deny(["a", "c"]));
        assert_ne!(deny(["a", "b"]), allow(["a", "b"]));
    }

    #[test]
    fn a_collection_without_indexes_needs_no_names_for_them() {
        let deny = |path: &str| CollectionDefinition {
            indexing: Some(IndexingDefinition::Deny(vec![path.to_owned()])),
            ..CollectionDefinition::default()
        };
        assert_eq!(deny("*").index_names("c"), Vec::<String>::new());
        assert_eq!(deny("a").index_names("c").len(), 8);
        assert_eq!(
            everything().index_names("c").last().map(String::as_str),
            Some("c_query_vector_value")
        );
    }

    #[test]
    fn a_definition_of_another_version_is_not_guessed_at() {
        for text in [
            "",
            "[]",
            r#"{"vector":{"dimension":3}}"#,
            r#"{"defaultId":{"type":"snowflake"}}"#,
        ] {
            assert_eq!(CollectionDefinition::from_text(text), None, "{text}");
        }
    }
}
