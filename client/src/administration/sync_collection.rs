//! Making a collection what a struct says it is.

use std::fmt;
use std::marker::PhantomData;

use serde_json::Value as Json;

use crate::action::awaited;
use crate::database::Database;
use crate::error::Result;
use crate::model::CollectionDocument;
use crate::options::Options;
use crate::schema::CollectionDefinition;
use crate::sync::{Drift, SyncPlan, SyncStep};

impl Database {
    /// Creates the collection that `T` is a document of if it does not exist. Run it when the
    /// program starts; a second time it does nothing.
    ///
    /// The settings of a collection never change: where they differ from those of the struct, it is
    /// reported as [`drift`](SyncPlan::drift).
    #[cfg_attr(feature = "derive", doc = "```no_run")]
    #[cfg_attr(not(feature = "derive"), doc = "```ignore")]
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// #[derive(serde::Serialize, serde::Deserialize, astra_db::CollectionDocument)]
    /// #[collection(name = "songs", vector(dimension = 3))]
    /// struct Song {
    ///     title: String,
    /// }
    ///
    /// // What would be done?
    /// println!("{}", db.sync_collection::<Song>().plan().await?);
    /// // Do it.
    /// let done = db.sync_collection::<Song>().await?;
    /// for drift in &done.drift {
    ///     eprintln!("{drift}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn sync_collection<T: CollectionDocument>(&self) -> SyncCollection<T> {
        SyncCollection {
            database: self.clone(),
            document: PhantomData,
        }
    }
}

/// Creates the collection of a struct if it does not exist. Made by [`Database::sync_collection`];
/// awaiting it returns what was done and what differs still.
#[must_use = "nothing is done until it is awaited"]
pub struct SyncCollection<T> {
    database: Database,
    document: PhantomData<fn() -> T>,
}

impl<T: CollectionDocument> SyncCollection<T> {
    /// What would be done, without doing it.
    pub async fn plan(&self) -> Result<SyncPlan> {
        let wanted = T::definition();
        let collection = self.database.collection::<Json>(T::COLLECTION_NAME);
        Ok(match collection.definition().await? {
            Some(found) => SyncPlan {
                steps: Vec::new(),
                drift: differences(&wanted, &found),
            },
            None => SyncPlan {
                steps: vec![SyncStep::CreateCollection {
                    name: T::COLLECTION_NAME.to_owned(),
                    definition: Box::new(wanted),
                }],
                drift: Vec::new(),
            },
        })
    }
}

impl<T: CollectionDocument + 'static> SyncCollection<T> {
    /// Other options for this call only.
    pub fn with_options(self, change: impl FnOnce(Options) -> Options) -> Self {
        Self {
            database: self.database.with_options(change),
            ..self
        }
    }

    async fn run(self) -> Result<SyncPlan> {
        let plan = self.plan().await?;
        if plan.steps.is_empty() {
            return Ok(plan);
        }
        let create = self.database.create_collection(T::COLLECTION_NAME);
        match create.definition(T::definition()).await {
            Ok(_) => Ok(plan),
            // Another program was faster, and made it with other settings.
            Err(error) if error.is_already_exists() => self.plan().await,
            Err(error) => Err(error),
        }
    }
}

awaited!(SyncCollection<T> => SyncPlan, T: CollectionDocument + 'static);

impl<T> fmt::Debug for SyncCollection<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SyncCollection")
            .field("document", &std::any::type_name::<T>())
            .finish_non_exhaustive()
    }
}

/// The settings that are not what the struct says. What the struct leaves to the server is not
/// compared, except for those that a collection does not have unless somebody asked for them.
fn differences(wanted: &CollectionDefinition, found: &CollectionDefinition) -> Vec<Drift> {
    let json = |definition| serde_json::to_value(definition).unwrap_or_default();
    let (mut wanted, found) = (json(wanted), json(found));
    for asked in ["defaultId", "vector", "indexing"] {
        if found.get(asked).is_some() && wanted.get(asked).is_none() {
            wanted[asked] = Json::Null;
        }
    }
    let mut drift = Vec::new();
    compare("", &wanted, &found, &mut drift);
    drift
}

/// Adds what of `wanted` is otherwise in `found`. Definitions are a few levels deep.
fn compare(name: &str, wanted: &Json, found: &Json, drift: &mut Vec<Drift>) {
    match (wanted, found) {
        (Json::Object(wanted), Json::Object(found)) => {
            for (member, wanted) in wanted {
                let name = if name.is_empty() {
                    member.clone()
                } else {
                    format!("{name}.{member}")
                };
                compare(
                    &name,
                    wanted,
                    found.get(member).unwrap_or(&Json::Null),
                    drift,
                );
            }
        }
        // Paths, which are in no order.
        (Json::Array(wanted), Json::Array(found))
            if wanted.len() == found.len() && wanted.iter().all(|path| found.contains(path)) => {}
        (wanted, found) if wanted == found => {}
        _ => drift.push(Drift::CollectionSetting {
            name: name.to_owned(),
            wanted: wanted.clone(),
            found: found.clone(),
        }),
    }
}
