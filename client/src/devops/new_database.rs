//! What a database is created with.

use serde::Serialize;

/// A database to be created, see [`Admin::create_database`](super::Admin::create_database): a
/// serverless one that can store vectors.
///
/// ```
/// use astra_db::devops::NewDatabase;
///
/// let shop = NewDatabase::new("shop", "AWS", "us-east-2").keyspace("shop");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewDatabase {
    pub(super) name: String,
    cloud_provider: String,
    region: String,
    keyspace: String,
    tier: &'static str,
    capacity_units: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    db_type: Option<&'static str>,
}

impl NewDatabase {
    /// A database of a name in a region of a cloud provider: `AWS`, `GCP` or `AZURE`.
    pub fn new(
        name: impl Into<String>,
        cloud_provider: impl Into<String>,
        region: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            cloud_provider: cloud_provider.into().to_uppercase(),
            region: region.into(),
            keyspace: "default_keyspace".to_owned(),
            tier: "serverless",
            capacity_units: 1,
            db_type: Some("vector"),
        }
    }

    /// Its first keyspace; `default_keyspace` if this is not called.
    #[must_use]
    pub fn keyspace(mut self, name: impl Into<String>) -> Self {
        self.keyspace = name.into();
        self
    }

    /// Without vectors, for regions that offer none.
    #[must_use]
    pub fn without_vectors(mut self) -> Self {
        self.db_type = None;
        self
    }
}
