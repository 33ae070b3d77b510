//! Where databases can be created.

use serde::Deserialize;

/// A region of a cloud provider in which databases can be created.
///
/// ```
/// # async fn run(client: astra_db::DataApiClient) -> Result<(), astra_db::Error> {
/// for region in client.admin()?.list_regions().await? {
///     println!("{} {} ({})", region.cloud_provider, region.name, region.display_name);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Region {
    /// What [`NewDatabase`](super::NewDatabase) calls it, such as `us-east1`.
    pub name: String,
    /// What people call it, such as `Moncks Corner, South Carolina`.
    #[serde(default)]
    pub display_name: String,
    /// `AWS`, `GCP` or `AZURE`.
    pub cloud_provider: String,
    /// The part of the world: `na`, `emea`, `apac` or `sa`.
    #[serde(default)]
    pub zone: String,
    /// Which plans it is for: `standard`, `premium` or `premium_plus`.
    #[serde(default)]
    pub classification: String,
    /// Whether the organization can use it.
    #[serde(default, rename = "enabled")]
    pub is_enabled: bool,
}
