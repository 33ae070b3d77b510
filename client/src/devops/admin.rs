//! `Admin`: the databases of an organization.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use uuid::Uuid;

use super::connection::{Answer, Connection, Request};
use super::database_info::DatabaseInfo;
use super::new_database::NewDatabase;
use super::region::Region;
use super::wait::{FIRST_WAIT, Goal, Progress, StatusListener, wait_after};
use crate::database_status::DatabaseStatus;
use crate::deadline::{Deadline, Requests};
use crate::endpoint::Environment;
use crate::error::{DevOpsError, DevOpsRefusal, Error, Result};
use crate::options::Options;
use crate::timeouts::TimeoutCategory;

/// How many databases come in one answer of a list.
const PAGE: usize = 100;

const NO_INFO: &str = "the database could not be looked up";

/// The databases of an organization on Astra. Made by
/// [`DataApiClient::admin`](crate::DataApiClient::admin).
///
/// Its methods return when the database is where it should be, which takes minutes for a new one.
/// They look at it after one second, then more and more seldom, at most for
/// [`Timeouts::database_admin`](crate::Timeouts::database_admin). Dropping the future ends the wait
/// and nothing else: what has been begun goes on.
///
/// ```no_run
/// # async fn run(client: astra_db::DataApiClient) -> Result<(), astra_db::Error> {
/// let admin = client.admin()?.on_status(|status| println!("{status} …"));
/// let database = admin.resume_database("01234567-89ab-cdef-0123-456789abcdef").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Admin {
    connection: Connection,
    options: Arc<Options>,
    waits: bool,
    first_wait: Duration,
    listener: Option<StatusListener>,
}

impl Admin {
    pub(crate) fn new(environment: Environment, options: Arc<Options>) -> Result<Self> {
        Ok(Self {
            connection: Connection::new(environment, &options)?,
            options,
            waits: true,
            first_wait: FIRST_WAIT,
            listener: None,
        })
    }

    /// The same with changed options: another token or other time limits.
    #[must_use]
    pub fn with_options(mut self, change: impl FnOnce(Options) -> Options) -> Self {
        self.options = Arc::new(change(Options::clone(&self.options)));
        self
    }

    /// Returns as soon as the API has accepted what is to be done.
    #[must_use]
    pub fn without_waiting(mut self) -> Self {
        self.waits = false;
        self
    }

    /// How long to wait before the second look at a database; 1 s. The waits grow to 15 times as
    /// much.
    #[must_use]
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.first_wait = interval;
        self
    }

    /// Calls this with each status that is seen while waiting.
    #[must_use]
    pub fn on_status(mut self, listener: impl Fn(&DatabaseStatus) + Send + Sync + 'static) -> Self {
        self.listener = Some(StatusListener(Arc::new(listener)));
        self
    }

    /// All databases that the token may see, without those that were dropped.
    ///
    /// # Errors
    /// [`Error::DevOps`] if the API refuses the token or cannot be reached.
    pub async fn list_databases(&self) -> Result<Vec<DatabaseInfo>> {
        const FAILED: &str = "the databases could not be listed";
        let deadline = self.deadline(TimeoutCategory::DatabaseAdmin);
        let mut all: Vec<DatabaseInfo> = Vec::new();
        loop {
            let mut path = format!("/databases?include=nonterminated&limit={PAGE}");
            if let Some(last) = all.last() {
                path.push_str("&starting_after=");
                path.push_str(&segment(&last.id).to_string());
            }
            let answer = self.send(Request::get(path, FAILED), &deadline).await?;
            let mut page: Vec<DatabaseInfo> = answer.json(FAILED)?;
            let is_last = page.len() < PAGE;
            all.append(&mut page);
            if is_last {
                return Ok(all);
            }
        }
    }

    /// The regions in which serverless databases with vectors can be created, those included that
    /// the organization has to ask for.
    ///
    /// # Errors
    /// [`Error::DevOps`] if the API refuses the token or cannot be reached.
    #[doc(alias = "findAvailableRegions")]
    pub async fn list_regions(&self) -> Result<Vec<Region>> {
        const FAILED: &str = "the regions could not be listed";
        // Without filter-by-org=disabled only those that are enabled are listed.
        const PATH: &str = "/regions/serverless?region-type=vector&filter-by-org=disabled";
        let deadline = self.deadline(TimeoutCategory::DatabaseAdmin);
        let answer = self.send(Request::get(PATH, FAILED), &deadline).await?;
        answer.json(FAILED)
    }

    /// The database of an id.
    ///
    /// # Errors
    /// [`Error::is_not_found`] if there is none.
    pub async fn database(&self, id: &str) -> Result<DatabaseInfo> {
        let deadline = self.deadline(TimeoutCategory::DatabaseAdmin);
        self.look(id, NO_INFO, &deadline).await
    }

    /// Creates a database and waits until it answers.
    ///
    /// A request whose answer was lost is not repeated, as there would be two databases:
    /// [`Error::is_outcome_unknown`] is true then, and [`Admin::list_databases`] shows whether it is
    /// being created.
    ///
    /// # Errors
    /// [`Error::DevOps`] with what the API refused, or with the status that was seen last if the
    /// time is up.
    #[doc(alias = "createDatabase")]
    pub async fn create_database(&self, database: NewDatabase) -> Result<DatabaseInfo> {
        const FAILED: &str = "the database could not be created";
        let deadline = self.deadline(TimeoutCategory::DatabaseAdmin);
        if self.waits {
            self.may_look(&deadline).await?;
        }
        let body = serde_json::to_string(&database);
        let body = body.map_err(|error| Error::config(error.to_string()))?;
        let request = Request {
            body: Some(body),
            ..Request::new(Method::POST, "/databases", FAILED)
        };
        let answer = self.send(request, &deadline).await?;
        let unreadable = || DevOpsError::new(FAILED, DevOpsRefusal::Unreadable);
        let id = answer.id().ok_or_else(|| devops(unreadable()))?;
        self.reach(&id, Goal::Active, FAILED, &deadline).await?;
        self.look(&id, FAILED, &deadline).await
    }

    /// Drops a database with everything in it, and waits until it is gone.
    ///
    /// # Errors
    /// [`Error::is_not_found`] if there is none of this id.
    #[doc(alias = "terminate")]
    pub async fn drop_database(&self, id: &str) -> Result<()> {
        const FAILED: &str = "the database could not be dropped";
        let deadline = self.deadline(TimeoutCategory::DatabaseAdmin);
        let path = format!("{}/terminate", path_of(id));
        let request = Request::new(Method::POST, path, FAILED);
        self.send(request, &deadline).await?;
        self.reach(id, Goal::Terminated, FAILED, &deadline).await
    }

    /// Wakes a database that nobody has used for a while, and waits until it answers. One that is
    /// awake stays as it is.
    ///
    /// # Errors
    /// [`Error::is_not_found`] if there is none of this id.
    pub async fn resume_database(&self, id: &str) -> Result<DatabaseInfo> {
        const FAILED: &str = "the database could not be resumed";
        let deadline = self.deadline(TimeoutCategory::DatabaseAdmin);
        let sleeps = |database: &DatabaseInfo| {
            use DatabaseStatus::{Hibernated, Hibernating};
            matches!(database.status, Hibernated | Hibernating)
        };
        let request = Request::new(Method::POST, format!("{}/resume", path_of(id)), FAILED);
        self.change_while(sleeps, id, request, &deadline).await?;
        self.reach(id, Goal::Active, FAILED, &deadline).await?;
        self.look(id, FAILED, &deadline).await
    }

    /// Creates a keyspace in a database and waits until it can be used. One that is there already is
    /// left as it is.
    ///
    /// # Errors
    /// [`Error::is_not_found`] if there is no database of this id.
    pub async fn create_keyspace(&self, id: &str, keyspace: &str) -> Result<()> {
        const FAILED: &str = "the keyspace could not be created";
        self.change_keyspace(Method::POST, id, keyspace, FAILED)
            .await
    }

    /// Drops a keyspace with everything in it, and waits until it is gone. One that is not there is
    /// fine.
    ///
    /// # Errors
    /// [`Error::is_not_found`] if there is no database of this id.
    pub async fn drop_keyspace(&self, id: &str, keyspace: &str) -> Result<()> {
        const FAILED: &str = "the keyspace could not be dropped";
        self.change_keyspace(Method::DELETE, id, keyspace, FAILED)
            .await
    }

    async fn change_keyspace(
        &self,
        method: Method,
        id: &str,
        keyspace: &str,
        failed: &'static str,
    ) -> Result<()> {
        let deadline = self.deadline(TimeoutCategory::KeyspaceAdmin);
        let should_exist = method == Method::POST;
        let exists = |database: &DatabaseInfo| database.keyspaces.iter().any(|it| it == keyspace);
        let path = format!("{}/keyspaces/{}", path_of(id), segment(keyspace));
        let request = Request::new(method, path, failed);
        let differs = |database: &DatabaseInfo| exists(database) != should_exist;
        self.change_while(differs, id, request, &deadline).await?;
        let mut looks = 0;
        loop {
            self.reach(id, Goal::Active, failed, &deadline).await?;
            if !self.waits || exists(&self.look(id, failed, &deadline).await?) == should_exist {
                return Ok(());
            }
            self.pause(looks, None, failed, &deadline).await?;
            looks += 1;
        }
    }

    /// Sends a request if the database needs it. The API refuses it while another change is under way, after which it may
    /// not be needed.
    async fn change_while(
        &self,
        is_needed: impl Fn(&DatabaseInfo) -> bool,
        id: &str,
        request: Request,
        deadline: &Deadline,
    ) -> Result<()> {
        let failed = request.failed;
        let mut looks = 0;
        loop {
            let database = self.look(id, failed, deadline).await?;
            if !is_needed(&database) {
                return Ok(());
            }
            match self.send(request.clone(), deadline).await {
                Err(Error::DevOps(error)) if error.status() == Some(409) && self.waits => {
                    let status = Some(database.status);
                    self.pause(looks, status, failed, deadline).await?;
                    looks += 1;
                }
                other => return other.map(drop),
            }
        }
    }

    /// Looks at a database until it is where it should be.
    async fn reach(
        &self,
        id: &str,
        goal: Goal,
        failed: &'static str,
        deadline: &Deadline,
    ) -> Result<()> {
        if !self.waits {
            return Ok(());
        }
        let mut looks = 0;
        loop {
            let status = match self.look(id, failed, deadline).await {
                Ok(database) => Some(database.status),
                Err(error) if error.is_not_found() => Some(DatabaseStatus::Terminated),
                // A look that failed says nothing about the database.
                Err(error) if error.is_retryable() => None,
                Err(error) => return Err(error),
            };
            if let (Some(status), Some(StatusListener(listener))) = (&status, &self.listener) {
                listener(status);
            }
            match status.as_ref().map(|status| goal.progress(status)) {
                Some(Progress::Reached) => return Ok(()),
                Some(Progress::Failed(status)) => {
                    let refusal = DevOpsRefusal::Ended(status);
                    return Err(devops(DevOpsError::new(failed, refusal)));
                }
                Some(Progress::Underway) | None => {
                    self.pause(looks, status, failed, deadline).await?;
                }
            }
            looks += 1;
        }
    }

    /// Waits before the next look, or says that the time is up.
    async fn pause(
        &self,
        looks: u32,
        status: Option<DatabaseStatus>,
        failed: &'static str,
        deadline: &Deadline,
    ) -> Result<()> {
        let wait = wait_after(looks, self.first_wait);
        if let Some(left) = deadline.remaining()
            && left <= wait
        {
            tokio::time::sleep(left).await;
            let limit = deadline.elapsed();
            let refusal = DevOpsRefusal::Timeout { limit, status };
            return Err(devops(DevOpsError::new(failed, refusal)));
        }
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// Some tokens may create a database, but not look at it: that is found out before.
    async fn may_look(&self, deadline: &Deadline) -> Result<()> {
        let nobodys = Uuid::new_v4().to_string();
        match self.look(&nobodys, NO_INFO, deadline).await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }

    async fn look(
        &self,
        id: &str,
        failed: &'static str,
        deadline: &Deadline,
    ) -> Result<DatabaseInfo> {
        let answer = self
            .send(Request::get(path_of(id), failed), deadline)
            .await?;
        answer.json(failed)
    }

    async fn send(&self, request: Request, deadline: &Deadline) -> Result<Answer> {
        self.connection
            .send(&request, &self.options, deadline)
            .await
    }

    fn deadline(&self, category: TimeoutCategory) -> Deadline {
        Deadline::start(&self.options, category, Requests::Many)
    }
}

fn devops(error: DevOpsError) -> Error {
    Error::DevOps(Box::new(error))
}

fn path_of(id: &str) -> String {
    format!("/databases/{}", segment(id))
}

fn segment(text: &str) -> PercentEncode<'_> {
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');
    utf8_percent_encode(text, PLAIN)
}
