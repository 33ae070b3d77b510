//! `Database`: a keyspace of a database, its collections, and raw commands.

use std::sync::Arc;

use crate::call_info::Target;
use crate::command::{Call, Reply};
use crate::deadline::Deadline;
use crate::endpoint::{Endpoint, Environment};
use crate::error::{ConfigErrorKind, Error, Result};
use crate::execute::Route;
use crate::options::Options;
use crate::transport::Transport;

/// A database, looked at through one keyspace.
///
/// Cheap to clone and never changing: [`Database::keyspace`] and [`Database::with_options`] give
/// another handle. Nothing is sent until a command is awaited.
///
/// ```
/// # async fn run() -> Result<(), astra_db::Error> {
/// use astra_db::{DataApiClient, Document};
/// use serde_json::json;
///
/// let db = DataApiClient::new("AstraCS:…").database("https://ID-REGION.apps.astra.datastax.com")?;
/// let shop = db.keyspace("shop");
/// assert_eq!(shop.keyspace_name(), Some("shop"));
/// assert_eq!(db.keyspace_name(), Some("default_keyspace"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Database {
    route: Arc<Route>,
    endpoint: Arc<str>,
    environment: Environment,
    keyspace: Option<Arc<str>>,
    options: Arc<Options>,
}

impl Database {
    pub(crate) fn new(
        transport: Arc<dyn Transport>,
        endpoint: &Endpoint,
        api_path: &str,
        options: Arc<Options>,
    ) -> Self {
        let api_path = api_path.trim_matches('/');
        let root = if api_path.is_empty() {
            Arc::clone(&endpoint.base)
        } else {
            format!("{}/{api_path}", endpoint.base).into()
        };
        Self {
            route: Arc::new(Route { transport, root }),
            endpoint: Arc::clone(&endpoint.base),
            environment: endpoint.environment,
            keyspace: endpoint.environment.default_keyspace().map(Arc::from),
            options,
        }
    }

    /// The same database through another keyspace. It need not exist yet.
    #[must_use]
    pub fn keyspace(&self, name: impl Into<Arc<str>>) -> Self {
        Self {
            keyspace: Some(name.into()),
            ..self.clone()
        }
    }

    /// The keyspace this handle uses: the one given, else `default_keyspace` on Astra, else none.
    pub fn keyspace_name(&self) -> Option<&str> {
        self.keyspace.as_deref()
    }

    /// The endpoint this handle was made with.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What kind of Data API is talked to.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// The same database with changed options; this handle stays as it is.
    ///
    /// ```
    /// # fn run(db: astra_db::Database) {
    /// use std::time::Duration;
    ///
    /// let hasty = db.with_options(|options| options.timeout(Duration::from_secs(2)));
    /// # }
    /// ```
    #[must_use]
    pub fn with_options(&self, change: impl FnOnce(Options) -> Options) -> Self {
        Self {
            options: Arc::new(change(Options::clone(&self.options))),
            ..self.clone()
        }
    }

    pub(crate) fn options(&self) -> &Arc<Options> {
        &self.options
    }

    /// The keyspace as a target, or what to do when there is none.
    pub(crate) fn keyspace_target(&self) -> Result<Target> {
        match &self.keyspace {
            Some(keyspace) => {
                check_segment("keyspace", keyspace)?;
                Ok(Target::keyspace(Arc::clone(keyspace)))
            }
            None => Err(Error::advised(
                ConfigErrorKind::KeyspaceNeeded,
                format!(
                    "no keyspace is chosen, and {} has none by default",
                    self.environment
                ),
                "use db.keyspace(\"name\")",
            )),
        }
    }

    /// A collection or table as a target.
    pub(crate) fn named_target(&self, name: &Arc<str>) -> Result<Target> {
        check_segment("collection or table", name)?;
        let keyspace = self.keyspace_target()?;
        Ok(Target {
            name: Some(Arc::clone(name)),
            ..keyspace
        })
    }

    /// Sends one call and brings its answer; an answer with `errors` is [`Error::Api`].
    pub(crate) async fn execute(
        &self,
        call: Call,
        options: &Options,
        deadline: &Deadline,
    ) -> Result<Reply> {
        self.route.execute(call, options, deadline).await
    }
}

/// An empty name, `.` or `..` would make the URL mean another command level.
fn check_segment(what: &str, name: &str) -> Result<()> {
    if matches!(name, "" | "." | "..") {
        return Err(Error::config(format!(
            "\"{name}\" is no {what} name: use letters, digits and underscores"
        )));
    }
    Ok(())
}
