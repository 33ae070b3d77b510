//! How long a start waits for its database, and what it says then.

use std::time::Duration;

use anyhow::Context as _;
use astra_db::{Database, Error};
use tokio::time::{Instant, sleep_until};

use crate::settings::{Backend, DataSettings};
use crate::startup::Startup;
use crate::unavailable::Unavailable;

/// How often it is tried.
const PAUSE: Duration = Duration::from_secs(1);
/// How often the log says that it is still waited for the same.
const REMINDER: Duration = Duration::from_secs(10);
/// How long a self-hosted server may refuse the credentials: one with too few live nodes refuses all of them.
const REFUSALS: Duration = Duration::from_secs(30);

pub(super) struct Wait<'a> {
    settings: &'a DataSettings,
    database: &'a Database,
    startup: &'a Startup,
    began: Instant,
    tried: Instant,
    refused: Option<Instant>,
    logged: Option<(Unavailable, Instant)>,
    keyspace: Keyspace,
}

#[derive(PartialEq)]
enum Keyspace {
    AsFound,
    Missing,
    Made,
}

impl<'a> Wait<'a> {
    pub(super) fn new(
        settings: &'a DataSettings,
        database: &'a Database,
        startup: &'a Startup,
    ) -> Self {
        let now = Instant::now();
        Self {
            settings,
            database,
            startup,
            began: now,
            tried: now,
            refused: None,
            logged: None,
            keyspace: Keyspace::AsFound,
        }
    }

    /// Does the work, after making the keyspace where it has turned out to be missing.
    pub(super) async fn attempt<T>(
        &mut self,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        self.tried = Instant::now();
        if self.keyspace == Keyspace::Missing {
            self.make_keyspace().await?;
        }
        let done = work.await?;
        self.startup.set(None);
        Ok(done)
    }

    async fn make_keyspace(&mut self) -> anyhow::Result<()> {
        let name = self.settings.keyspace.as_str();
        let create = self.database.create_keyspace(name);
        let create = match &self.settings.replication {
            Some(replication) => create.replication(replication.clone()),
            None => create,
        };
        let made = create.await;
        made.with_context(|| format!("making the keyspace {name}"))?;
        self.keyspace = Keyspace::Made;
        let is_embedded = matches!(self.settings.backend, Backend::Embedded { .. });
        if self.settings.replication.is_none() && !is_embedded {
            tracing::warn!(
                db.keyspace = name,
                "the keyspace is made with one copy of the data, so a disk that fails loses some of it: with more nodes \
                 set DATA_API_REPLICATION, such as dc1:3, before the first start; a keyspace that exists is changed in \
                 cqlsh, by ALTER KEYSPACE and then nodetool repair"
            );
        }
        Ok(())
    }

    /// Waits a moment where the failure may pass.
    pub(super) async fn after(&mut self, failed: anyhow::Error) -> anyhow::Result<()> {
        let Some(cause) = failed.chain().find_map(|it| it.downcast_ref::<Error>()) else {
            return Err(failed);
        };
        let reason = Unavailable::of(cause);
        if reason == Unavailable::NoKeyspace
            && self.keyspace == Keyspace::AsFound
            && !self.on_astra()
        {
            self.keyspace = Keyspace::Missing;
            return Ok(());
        }
        let next = self.tried + PAUSE;
        if next.max(Instant::now()) >= self.end(reason) {
            let waited = match self.began.elapsed().as_secs() {
                0 => String::new(),
                seconds => format!(" after {seconds} s"),
            };
            let (text, advice) = (self.text(reason), self.advice(reason));
            return Err(failed.context(format!("{text}{waited}; {advice}")));
        }
        self.startup.set(Some(reason));
        self.log(reason, cause);
        sleep_until(next).await;
        Ok(())
    }

    /// Until when such a failure is waited out.
    fn end(&mut self, reason: Unavailable) -> Instant {
        let whole = self.began + self.settings.wait;
        let is_refusal = matches!(
            reason,
            Unavailable::CredentialsRefused | Unavailable::MayNotRead | Unavailable::MayNotWrite
        );
        if reason.is_outage() {
            self.refused = None;
            whole
        } else if is_refusal && !self.on_astra() {
            let since = *self.refused.get_or_insert_with(Instant::now);
            whole.min(since + REFUSALS)
        } else {
            self.began
        }
    }

    fn log(&mut self, reason: Unavailable, cause: &Error) {
        let again =
            |(logged, at): (Unavailable, Instant)| logged == reason && at.elapsed() < REMINDER;
        if self.logged.is_some_and(again) {
            return;
        }
        self.logged = Some((reason, Instant::now()));
        let endpoint = self.database.endpoint();
        let left = (self.began + self.settings.wait).saturating_duration_since(Instant::now());
        let seconds = left.as_secs_f64().ceil();
        let cause = cause as &dyn std::error::Error;
        tracing::warn!(
            db.endpoint = endpoint,
            error = cause,
            "waiting for the database, for {seconds} s at most: {reason}"
        );
    }

    fn on_astra(&self) -> bool {
        self.database.environment().is_astra()
    }

    /// What happened, with names.
    fn text(&self, reason: Unavailable) -> String {
        let (endpoint, keyspace) = (self.database.endpoint(), &self.settings.keyspace);
        match reason {
            Unavailable::WakingUp => {
                format!("the database at {endpoint} was idle and is still waking up")
            }
            Unavailable::Away => format!("the database at {endpoint} does not answer"),
            Unavailable::Overloaded => {
                format!("the database at {endpoint} takes no more requests (HTTP 429)")
            }
            Unavailable::CredentialsRefused => {
                format!(
                    "{endpoint} refuses the {}: it is wrong, has expired or was revoked",
                    self.credentials()
                )
            }
            Unavailable::MayNotRead => format!(
                "the {} is valid, but may not read the keyspace {keyspace} at {endpoint}",
                self.credentials()
            ),
            Unavailable::MayNotWrite => format!(
                "the {} is valid, but may not write to the keyspace {keyspace} at {endpoint}, or not make collections and \
                 tables in it",
                self.credentials()
            ),
            Unavailable::NoKeyspace => format!("there is no keyspace {keyspace} at {endpoint}"),
            Unavailable::Full => format!(
                "the database at {endpoint} has no room for what is missing: it has as many collections, tables or indexes as it may"
            ),
            Unavailable::NoCollection | Unavailable::Failed => {
                format!("the database at {endpoint} could not carry out a command")
            }
        }
    }

    fn advice(&self, reason: Unavailable) -> &'static str {
        let on_astra = self.on_astra();
        match reason {
            Unavailable::WakingUp => {
                "its state is in the Astra portal; start again, or raise DATABASE_WAIT_SECONDS"
            }
            Unavailable::Away if on_astra => {
                "look up its state in the Astra portal: one that is idle wakes up at a request, one that was terminated has no address; or raise DATABASE_WAIT_SECONDS"
            }
            Unavailable::Away => {
                "check that the Data API runs there, and that its database has enough live nodes; where only data commands answer, restart the Data API; or raise DATABASE_WAIT_SECONDS"
            }
            Unavailable::Overloaded => "start again later, or raise DATABASE_WAIT_SECONDS",
            Unavailable::CredentialsRefused if on_astra => {
                "make an application token in the Astra portal, under Settings → Tokens, and set ASTRA_DB_APPLICATION_TOKEN to it"
            }
            Unavailable::CredentialsRefused => {
                "check DATA_API_USERNAME and DATA_API_PASSWORD, or DATA_API_URI"
            }
            Unavailable::MayNotRead | Unavailable::MayNotWrite if on_astra => {
                "use a token whose role may read, write and change the schema of this keyspace, such as Database Administrator"
            }
            Unavailable::MayNotRead | Unavailable::MayNotWrite => {
                "grant the user SELECT, MODIFY, CREATE and ALTER on this keyspace"
            }
            Unavailable::NoKeyspace if on_astra => {
                "make it in the Astra portal (your database → Keyspaces → Add keyspace) or by the DevOps API, or set ASTRA_DB_KEYSPACE to one that exists, such as default_keyspace"
            }
            Unavailable::NoKeyspace => "set ASTRA_DB_KEYSPACE to one that exists",
            Unavailable::Full => {
                "`astra-dev status` shows what is used; drop what is no longer needed, or use another database"
            }
            Unavailable::NoCollection | Unavailable::Failed => "the cause below says why",
        }
    }

    fn credentials(&self) -> &'static str {
        match self.settings.backend {
            Backend::Astra { .. } => "token",
            Backend::SelfHosted { .. } => "user or password",
            Backend::ConnectionString { .. } | Backend::Embedded { .. } => "token or password",
        }
    }
}

#[cfg(test)]
mod tests {
    use astra_db::http::StatusCode;
    use astra_db::{
        DataApiClient, Document, Environment, Transport, TransportError, TransportReply,
        TransportRequest,
    };
    use serde_json::json;

    use super::*;

    type Sent<'a> =
        std::pin::Pin<Box<dyn Future<Output = Result<TransportReply, TransportError>> + Send + 'a>>;

    /// Answers everything the same; without a body the connection breaks.
    #[derive(Debug)]
    struct Canned(u16, Option<String>);

    impl Transport for Canned {
        fn send(&self, _: TransportRequest) -> Sent<'_> {
            let status = StatusCode::from_u16(self.0).unwrap();
            let reply = self.1.clone().map(|body| TransportReply::new(status, body));
            let reply = reply.ok_or_else(|| TransportError::interrupted("empty reply"));
            Box::pin(std::future::ready(reply))
        }
    }

    fn refusal(code: &str) -> String {
        let error = json!({ "errorCode": code, "family": "REQUEST", "message": code });
        json!({ "errors": [error] }).to_string()
    }

    /// How a start on Astra ends that may not wait.
    async fn ends(status: u16, body: Option<String>, is_write: bool) -> String {
        let endpoint = "https://id-region.apps.astra.datastax.com";
        let client = DataApiClient::builder()
            .environment(Environment::Astra)
            .token("AstraCS:secret")
            .transport(Canned(status, body));
        let database = client.build().unwrap().database(endpoint).unwrap();
        let settings = DataSettings {
            backend: Backend::Astra {
                endpoint: endpoint.to_owned(),
                token: "AstraCS:secret".to_owned().into(),
            },
            keyspace: "shop".to_owned(),
            replication: None,
            wait: Duration::ZERO,
        };
        let startup = Startup::default();
        let ask = async |database: Database| {
            let carts = database.keyspace("shop").collection::<Document>("carts");
            if is_write {
                let cart = Document::try_from(json!({ "_id": 1 }))?;
                carts.insert_one(cart).await?;
            } else {
                carts.find_one(json!({ "_id": 1 })).await?;
            }
            Ok(())
        };
        let ended = super::super::wait_for(&database, &settings, &startup, ask).await;
        let said = format!("{:#}", ended.unwrap_err());
        assert!(
            said.contains(endpoint) && !said.contains("secret"),
            "{said}"
        );
        said
    }

    #[tokio::test]
    async fn the_end_on_astra_names_what_is_wrong_and_where_to_mend_it() {
        let cases = [
            (
                401,
                refusal("UNAUTHENTICATED_REQUEST"),
                false,
                "refuses the token: it is wrong, has expired or was revoked",
                "Settings → Tokens",
            ),
            (
                403,
                "forbidden".to_owned(),
                false,
                "is valid, but may not read the keyspace shop",
                "Database Administrator",
            ),
            (
                401,
                refusal("UNAUTHORIZED_ACCESS"),
                true,
                "is valid, but may not write to the keyspace shop",
                "Database Administrator",
            ),
            (
                200,
                refusal("UNKNOWN_KEYSPACE"),
                false,
                "there is no keyspace shop",
                "Add keyspace",
            ),
            (
                200,
                refusal("TOO_MANY_COLLECTIONS"),
                true,
                "has no room for what is missing",
                "astra-dev status",
            ),
        ];
        for (status, body, is_write, what, advice) in cases {
            let said = ends(status, Some(body), is_write).await;
            assert!(said.contains(what) && said.contains(advice), "{said}");
        }
    }

    #[tokio::test]
    async fn the_end_on_astra_says_what_was_waited_for() {
        let resuming = "Resuming your database, please try again shortly.";
        let cases = [
            (
                503,
                Some(resuming.to_owned()),
                "was idle and is still waking up",
                "DATABASE_WAIT_SECONDS",
            ),
            (
                429,
                Some(String::new()),
                "takes no more requests (HTTP 429)",
                "DATABASE_WAIT_SECONDS",
            ),
            (
                200,
                None,
                "does not answer",
                "one that is idle wakes up at a request",
            ),
        ];
        for (status, body, what, advice) in cases {
            let said = ends(status, body, false).await;
            assert!(said.contains(what) && said.contains(advice), "{said}");
        }
    }
}
