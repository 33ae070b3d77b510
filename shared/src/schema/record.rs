//! The document that says what has been made, and which instance is making more.

use std::time::Duration;

use astra_db::{Collection, Database, Error, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until};

use super::LOOK;

/// The `_id` of the record.
pub(super) const ID: &str = "schema";

/// How long an instance that has crashed keeps the others from making what is missing.
const LEASE: Duration = Duration::from_secs(30);
const RENEWAL: Duration = Duration::from_secs(10);
/// How often an update that changed nothing is sent again.
const RACES: usize = 5;
/// How often an instance looks whether another is done.
const PAUSE: Duration = Duration::from_millis(500);

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: String,
    /// Collections and tables with their definitions, as text.
    #[serde(default)]
    made: Vec<String>,
    /// Who is making what is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    maker: Option<Maker>,
    /// Samples are being added, or the instance that added them has crashed.
    #[serde(default)]
    seeding: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Maker {
    id: String,
    until: Timestamp,
}

impl Maker {
    fn new(id: &str) -> Self {
        let lease = i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX);
        let until = Timestamp::now().as_millis().saturating_add(lease);
        Self {
            id: id.to_owned(),
            until: Timestamp::from_millis(until),
        }
    }
}

/// What the instances of an application know about its collections and tables. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SchemaRecord(Collection<Record>);

impl SchemaRecord {
    pub(super) fn of(database: &Database, home: &str) -> Self {
        Self(database.collection(home))
    }

    /// Whether the database answers: one document is read by its id, whether it exists or not.
    ///
    /// # Errors
    ///
    /// When it does not.
    pub async fn answers(&self) -> Result<(), Error> {
        self.find().await.map(drop)
    }

    /// Whether the samples are being added, or were when an instance crashed.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn is_seeding(&self) -> Result<bool, Error> {
        Ok(self.find().await?.is_some_and(|record| record.seeding))
    }

    /// Writes down that samples are being added, or that all of them are there.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn set_seeding(&self, seeding: bool) -> Result<(), Error> {
        self.set(json!({ "$set": { "seeding": seeding } })).await
    }

    pub(super) async fn made(&self) -> Result<Vec<String>, Error> {
        Ok(self.find().await?.map_or_else(Vec::new, |it| it.made))
    }

    pub(super) async fn add(&self, made: &str) -> Result<(), Error> {
        self.set(json!({ "$addToSet": { "made": made } })).await
    }

    async fn find(&self) -> Result<Option<Record>, Error> {
        let found = self.0.find_one(json!({ "_id": ID }));
        found.timeout(LOOK).await
    }

    /// Done twice, these updates come to the same. One that lost a race changes nothing and reports no error.
    async fn set(&self, update: Value) -> Result<(), Error> {
        for _ in 0..RACES {
            let set = self.0.update_one(json!({ "_id": ID }), &update);
            let set = set.with_options(|options| options.idempotent(true));
            let done = set.await?;
            if done.modified_count > 0 || done.matched_count == 0 {
                break;
            }
        }
        Ok(())
    }
}

/// The right to make what is missing. One instance has it at a time.
#[derive(Debug)]
pub(super) struct Lease {
    id: String,
    /// When it is to be renewed; `None` while it is not held.
    renewal: Option<Instant>,
    waiting: bool,
}

impl Default for Lease {
    fn default() -> Self {
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            renewal: None,
            waiting: false,
        }
    }
}

impl Lease {
    pub(super) fn is_held(&self) -> bool {
        self.renewal.is_some()
    }

    /// Tries to take it, and waits a moment where another instance has it. Returns what the record says has been made.
    pub(super) async fn take(&mut self, record: &SchemaRecord) -> Result<Vec<String>, Error> {
        let Some(found) = record.find().await? else {
            let first = Record {
                id: ID.to_owned(),
                made: Vec::new(),
                maker: Some(Maker::new(&self.id)),
                seeding: false,
            };
            match record.0.insert_one(&first).await {
                Ok(_) => self.taken(),
                Err(error) if error.is_already_exists() || error.is_outcome_unknown() => {}
                Err(error) => return Err(error),
            }
            return Ok(Vec::new());
        };
        match &found.maker {
            // The answer to an earlier try was lost.
            Some(maker) if maker.id == self.id => self.taken(),
            Some(maker) if maker.until > Timestamp::now() => {
                if !std::mem::replace(&mut self.waiting, true) {
                    tracing::info!(
                        "another instance is making what is missing in the database; waiting for it"
                    );
                }
                sleep(PAUSE).await;
            }
            free => {
                let unchanged = match free {
                    Some(maker) => json!({ "_id": ID, "maker.id": maker.id }),
                    None => json!({ "_id": ID, "maker": { "$exists": false } }),
                };
                let mine = json!({ "$set": { "maker": Maker::new(&self.id) } });
                match record.0.update_one(unchanged, mine).await {
                    Ok(updated) if updated.modified_count == 1 => self.taken(),
                    Ok(_) => {}
                    Err(error) if error.is_outcome_unknown() => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(found.made)
    }

    fn taken(&mut self) {
        self.renewal = Some(Instant::now() + RENEWAL);
    }

    /// Resolves when it is time to renew it.
    pub(super) async fn wears_off(&self) {
        match self.renewal {
            Some(renewal) => sleep_until(renewal).await,
            None => std::future::pending().await,
        }
    }

    /// Keeps it for longer. If that fails, another instance may do the same work, which harms nothing.
    pub(super) async fn renew(&mut self, record: &SchemaRecord) {
        let longer = json!({ "$set": { "maker": Maker::new(&self.id) } });
        self.update(record, longer).await;
        self.taken();
    }

    pub(super) async fn release(self, record: &SchemaRecord) {
        if self.is_held() {
            self.update(record, json!({ "$unset": { "maker": 1 } }))
                .await;
        }
    }

    async fn update(&self, record: &SchemaRecord, update: Value) {
        let own = json!({ "_id": ID, "maker.id": self.id });
        let updated = record.0.update_one(own, update).timeout(LOOK).await;
        if let Err(error) = updated {
            tracing::debug!(%error, "the lease on making collections was not changed");
        }
    }
}
