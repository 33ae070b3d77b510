//! What the DevOps API says of a database.

use serde::Deserialize;

use crate::database_status::DatabaseStatus;

/// A database of Astra.
///
/// ```
/// # async fn run(client: astra_db::DataApiClient) -> Result<(), astra_db::Error> {
/// for database in client.admin()?.list_databases().await? {
///     println!("{} is {}", database.name, database.status);
///     if let Some(region) = database.regions.first() {
///         let db = client.database_by_id(&database.id, region)?;
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Wire")]
#[non_exhaustive]
pub struct DatabaseInfo {
    /// A UUID.
    pub id: String,
    /// The name it was created with.
    pub name: String,
    /// What it does at the moment.
    pub status: DatabaseStatus,
    /// Its keyspaces.
    pub keyspaces: Vec<String>,
    /// `AWS`, `GCP` or `AZURE`.
    pub cloud_provider: String,
    /// Where it runs, such as `us-east1`, the first region first.
    pub regions: Vec<String>,
    /// The organization it belongs to.
    pub organization: String,
    /// When it was created, as ISO 8601.
    pub created_at: Option<String>,
    /// When it was last used, as ISO 8601.
    pub last_used_at: Option<String>,
}

/// As it is on the wire.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: String,
    #[serde(default)]
    org_id: String,
    status: DatabaseStatus,
    creation_time: Option<String>,
    last_usage_time: Option<String>,
    info: WireInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireInfo {
    #[serde(default)]
    name: String,
    #[serde(default)]
    keyspaces: Vec<String>,
    #[serde(default)]
    cloud_provider: String,
    region: Option<String>,
    #[serde(default)]
    datacenters: Vec<WireDatacenter>,
}

#[derive(Deserialize)]
struct WireDatacenter {
    #[serde(default)]
    region: String,
}

impl From<Wire> for DatabaseInfo {
    fn from(wire: Wire) -> Self {
        let info = wire.info;
        let mut regions: Vec<String> = info.region.into_iter().collect();
        for datacenter in info.datacenters {
            if !datacenter.region.is_empty() && !regions.contains(&datacenter.region) {
                regions.push(datacenter.region);
            }
        }
        Self {
            id: wire.id,
            name: info.name,
            status: wire.status,
            keyspaces: info.keyspaces,
            cloud_provider: info.cloud_provider,
            regions,
            organization: wire.org_id,
            created_at: wire.creation_time,
            last_used_at: wire.last_usage_time,
        }
    }
}
