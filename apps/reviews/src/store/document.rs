//! Collections: opening them, and changing a document on a condition.

use std::time::Duration;

use astra_db::{Collection, CollectionDefinition, Database, ErrorCode, UpdateResult};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use shared::schema::{NotMade, Schema};

use super::error::StoreError;

/// The collection of the documents that have to be exact: reviews, ratings, and how far data of an earlier version has
/// been carried over. They share it because a free Astra database has room for few.
const NAME: &str = "reviews_and_ratings";

/// How often a change is sent again that others were faster than.
const ATTEMPTS: u32 = 40;

/// Creates that collection. Only what is filtered on is indexed, which lifts the limit on the length of texts.
pub(super) async fn create_reviews_and_ratings(schema: &Schema<'_>) -> Result<(), NotMade> {
    let indexed =
        CollectionDefinition::default().indexing_allow(["change", "pending", "pending_count"]);
    schema.collection(NAME, &indexed).await
}

/// Documents of that collection.
///
/// Every write of this app may be repeated unless it says otherwise: it inserts a document of a known `_id`, deletes, or
/// is an update whose condition no longer holds once it was made. So the client may send it again after a lost answer.
pub(super) fn reviews_and_ratings<T>(database: &Database) -> Collection<T> {
    repeatable(&database.collection(NAME))
}

/// Creates a collection if it does not exist.
pub(super) async fn open<T>(
    schema: &Schema<'_>,
    name: &str,
    definition: &CollectionDefinition,
) -> Result<Collection<T>, NotMade> {
    schema.collection(name, definition).await?;
    Ok(repeatable(&schema.database().collection(name)))
}

fn repeatable<T>(collection: &Collection<T>) -> Collection<T> {
    collection.with_options(|options| options.idempotent(true))
}

/// Inserts a document, and answers whether it is the one with its `_id` then. Whether one that is there already is this
/// one, because the answer to a first attempt was lost, `is_this` says.
pub(super) async fn insert_once<T: Serialize + DeserializeOwned + Send + 'static>(
    collection: &Collection<T>,
    document: &T,
    id: &str,
    is_this: impl Fn(&T) -> bool,
) -> Result<bool, StoreError> {
    match collection.insert_one(document).await {
        Ok(_) => Ok(true),
        Err(error) if error.is_already_exists() || error.is_outcome_unknown() => {
            let stored = collection.find_one(json!({ "_id": id })).await?;
            Ok(is_this(&stored.ok_or(error)?))
        }
        Err(error) => Err(error.into()),
    }
}

/// Sends an update with a condition until it is made, which is `true`, or no document satisfies the condition.
///
/// A lost race is "matched 1, modified 0" or an error, and nothing has been stored. So an update sent this way has to
/// change its document whenever it matches.
pub(super) async fn guarded<F>(update: impl Fn() -> F) -> Result<bool, StoreError>
where
    F: IntoFuture<Output = Result<UpdateResult, astra_db::Error>>,
{
    let mut attempt = 0;
    loop {
        match update().await {
            Ok(outcome) if outcome.modified_count > 0 || outcome.upserted_id.is_some() => {
                return Ok(true);
            }
            Ok(outcome) if outcome.matched_count == 0 => return Ok(false),
            Ok(_) if attempt < ATTEMPTS => {}
            Ok(_) => return Err(StoreError::LostRaces),
            Err(error)
                if attempt < ATTEMPTS
                    && error.code() == Some(&ErrorCode::FailedConcurrentOperations) => {}
            Err(error) => return Err(error.into()),
        }
        attempt += 1;
        tokio::time::sleep(pause(attempt)).await;
    }
}

/// A pause that grows to a tenth of a second and differs from one writer to the next, so that they do not meet again.
fn pause(attempt: u32) -> Duration {
    Duration::from_millis(fastrand::u64(1..=100.min(2 << attempt.min(6))))
}
