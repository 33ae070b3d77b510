//! Making, listing and dropping keyspaces.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{awaited, call_options, drop_named, execute};
use crate::call_info::Target;
use crate::database::Database;
#[cfg(feature = "devops")]
use crate::devops::Admin;
#[cfg(feature = "devops")]
use crate::endpoint::Endpoint;
use crate::error::{Error, Result};
use crate::options::Options;

impl Database {
    /// Makes a keyspace. One that is there already is left as it is.
    ///
    /// On Astra, where the Data API creates no keyspaces, this asks the DevOps API and waits until the
    /// keyspace can be used, with the feature `devops`; without it, it is an error that says so.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// use astra_db::Replication;
    ///
    /// db.create_keyspace("shop").await?;
    /// db.create_keyspace("books").replication(Replication::network_topology([("dc1", 3)])).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createKeyspace")]
    pub fn create_keyspace(&self, name: impl Into<String>) -> CreateKeyspace {
        CreateKeyspace {
            options: Arc::clone(self.options()),
            database: self.clone(),
            name: name.into(),
            replication: None,
        }
    }

    /// The names of all keyspaces the token may see, those of the system included.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// let names: Vec<String> = db.list_keyspaces().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "findKeyspaces")]
    pub fn list_keyspaces(&self) -> ListKeyspaces {
        ListKeyspaces {
            options: Arc::clone(self.options()),
            database: self.clone(),
        }
    }

    /// Drops a keyspace with everything in it. One that is not there is fine.
    ///
    /// On Astra this asks the DevOps API, see [`Database::create_keyspace`].
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// db.drop_keyspace("books").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "dropKeyspace")]
    pub fn drop_keyspace(&self, name: impl Into<String>) -> DropKeyspace {
        DropKeyspace {
            options: Arc::clone(self.options()),
            database: self.clone(),
            name: name.into(),
        }
    }

    /// Where keyspaces are changed on Astra, and the id of this database there.
    #[cfg(feature = "devops")]
    fn devops(&self, options: &Arc<Options>) -> Result<(Admin, String)> {
        let id = Endpoint::database_id(self.endpoint())?;
        let admin = Admin::new(self.environment(), Arc::clone(options))?;
        Ok((admin, id.to_string()))
    }
}

#[cfg(not(feature = "devops"))]
fn needs_devops(what: &str) -> Result<()> {
    Err(Error::config(format!(
        "keyspaces cannot be {what} through the Data API of Astra: turn on the feature \"devops\" of \
         astra-db, or use the Astra portal or the Astra CLI"
    )))
}

/// How many copies of the data there are, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replication {
    class: &'static str,
    #[serde(flatten)]
    factors: BTreeMap<String, u32>,
}

impl Replication {
    /// So many copies, wherever; for a single data centre.
    ///
    /// ```
    /// let replication = astra_db::Replication::simple(3);
    /// assert_eq!(
    ///     serde_json::to_value(replication)?,
    ///     serde_json::json!({"class": "SimpleStrategy", "replication_factor": 3}),
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn simple(replication_factor: u32) -> Self {
        // Spelt as the server reads it: it ignores `replicationFactor` without a word.
        let factors = BTreeMap::from([("replication_factor".into(), replication_factor)]);
        Self {
            class: "SimpleStrategy",
            factors,
        }
    }

    /// So many copies in each of these data centres.
    pub fn network_topology<D: Into<String>>(
        data_centers: impl IntoIterator<Item = (D, u32)>,
    ) -> Self {
        let factors = data_centers
            .into_iter()
            .map(|(name, count)| (name.into(), count))
            .collect();
        Self {
            class: "NetworkTopologyStrategy",
            factors,
        }
    }
}

/// Makes a keyspace. Made by [`Database::create_keyspace`].
#[derive(Clone, Debug)]
#[must_use = "a command is sent when it is awaited"]
pub struct CreateKeyspace {
    database: Database,
    name: String,
    replication: Option<Replication>,
    options: Arc<Options>,
}

impl CreateKeyspace {
    call_options!();

    /// How many copies of the data there are; one if this is not called.
    pub fn replication(mut self, replication: Replication) -> Self {
        self.replication = Some(replication);
        self
    }
}

#[derive(Serialize)]
struct CreateKeyspacePayload<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<KeyspaceOptions<'a>>,
}

#[derive(Serialize)]
struct KeyspaceOptions<'a> {
    replication: &'a Replication,
}

impl CreateKeyspace {
    #[cfg(feature = "devops")]
    async fn run_on_astra(self) -> Result<()> {
        if self.replication.is_some() {
            return Err(Error::config(
                "Astra decides itself how many copies there are: leave out .replication()",
            ));
        }
        let (admin, id) = self.database.devops(&self.options)?;
        admin.create_keyspace(&id, &self.name).await
    }

    async fn run(self) -> Result<()> {
        if self.database.environment().is_astra() {
            #[cfg(feature = "devops")]
            return self.run_on_astra().await;
            #[cfg(not(feature = "devops"))]
            return needs_devops("created");
        }
        let options = self.replication.as_ref();
        let payload = CreateKeyspacePayload {
            name: &self.name,
            options: options.map(|replication| KeyspaceOptions { replication }),
        };
        let (command, target) = ("createKeyspace", Target::database());
        let sent = execute(&self.database, &self.options, command, target, &payload);
        sent.await.map(drop)
    }
}

awaited!(CreateKeyspace => ());

/// Lists keyspaces. Made by [`Database::list_keyspaces`].
#[derive(Clone, Debug)]
#[must_use = "a command is sent when it is awaited"]
pub struct ListKeyspaces {
    database: Database,
    options: Arc<Options>,
}

impl ListKeyspaces {
    call_options!();
}

#[derive(Deserialize)]
struct KeyspacesStatus {
    keyspaces: Vec<String>,
}

impl ListKeyspaces {
    async fn run(self) -> Result<Vec<String>> {
        let Self { database, options } = &self;
        let payload = serde_json::Map::new();
        let target = Target::database();
        let reply = execute(database, options, "findKeyspaces", target, &payload).await?;
        Ok(reply.status::<KeyspacesStatus>()?.keyspaces)
    }
}

awaited!(ListKeyspaces => Vec<String>);

/// Drops a keyspace. Made by [`Database::drop_keyspace`].
#[derive(Clone, Debug)]
#[must_use = "a command is sent when it is awaited"]
pub struct DropKeyspace {
    database: Database,
    name: String,
    options: Arc<Options>,
}

impl DropKeyspace {
    call_options!();

    #[cfg(feature = "devops")]
    async fn run_on_astra(self) -> Result<()> {
        let (admin, id) = self.database.devops(&self.options)?;
        admin.drop_keyspace(&id, &self.name).await
    }

    async fn run(self) -> Result<()> {
        if self.database.environment().is_astra() {
            #[cfg(feature = "devops")]
            return self.run_on_astra().await;
            #[cfg(not(feature = "devops"))]
            return needs_devops("dropped");
        }
        let Self {
            database,
            options,
            name,
        } = &self;
        drop_named(database, options, "dropKeyspace", Target::database(), name).await
    }
}

awaited!(DropKeyspace => ());
