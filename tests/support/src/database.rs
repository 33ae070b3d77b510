//! Databases for tests: the embedded one with the faults of a real cluster, and a server that is named.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use astra_db::testing::{Faults, Seeds};
use astra_db::{
    DataApiClient, DataApiClientBuilder, Database, DefaultRetryPolicy, Environment, Timeouts,
    UsernamePassword,
};

use futures_util::FutureExt as _;
use shared::EmbeddedTransport;

use crate::{say, skipped};

const KEYSPACE: &str = "test";

/// The seeds 1 to 50, or those that `FAULT_SEEDS` names, such as `7` or `1-500`.
pub fn fault_seeds() -> Seeds {
    const VARIABLE: &str = "FAULT_SEEDS";
    Seeds::from_variable(VARIABLE, std::env::var(VARIABLE).ok(), 1..=50)
}

/// Faults that are drawn from a seed, with waits so short that tests need not wait for them.
pub fn quick_faults(seed: u64) -> Faults {
    let moment = Duration::from_millis(3);
    Faults::seeded(seed).slow(moment).hang(moment)
}

/// An empty database in memory that has these faults. Waits between attempts are short, and what never answers is
/// given up soon.
pub async fn faulty(faults: &Faults, retry: DefaultRetryPolicy) -> Database {
    let engine = EmbeddedTransport::in_memory().unwrap();
    let as_it_is = DataApiClient::builder().transport(engine.clone());
    let as_it_is = as_it_is.build().unwrap().database("embedded").unwrap();
    as_it_is.create_keyspace(KEYSPACE).await.unwrap();

    let soon = Some(Duration::from_secs(2));
    let timeouts = Timeouts {
        collection_admin: soon,
        table_admin: soon,
        keyspace_admin: soon,
        ..Timeouts::default()
    };
    let client = DataApiClient::builder()
        .environment(Environment::Other)
        .transport(faults.over(engine))
        .timeouts(timeouts)
        .retry(retry.first_wait(Duration::from_millis(4)));
    let database = client.build().unwrap().database("embedded").unwrap();
    database.keyspace(KEYSPACE)
}

/// Runs a test on the server that `DATA_API_URL` names, as the user of `DATA_API_USERNAME` and `DATA_API_PASSWORD`, in
/// a keyspace of its own that is dropped at the end. Without the variable it says that the test is skipped.
pub async fn on_named_server<F: Future<Output = ()>>(test: impl FnOnce(Database) -> F) {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let Some(url) = variable("DATA_API_URL") else {
        return skipped("DATA_API_URL is not set, so there is no server to test with");
    };
    let cassandra = || "cassandra".to_owned();
    let username = variable("DATA_API_USERNAME").unwrap_or_else(cassandra);
    let password = variable("DATA_API_PASSWORD").unwrap_or_else(cassandra);
    let client: DataApiClientBuilder = DataApiClient::builder().environment(Environment::Other);
    let client = client.token(UsernamePassword::new(username, password));
    let database = client.build().unwrap().database(&url).unwrap();

    let keyspace = format!("test_{}", uuid::Uuid::new_v4().simple());
    database.create_keyspace(&*keyspace).await.unwrap();
    say(&format!("{url}: keyspace {keyspace}"));
    let test = AssertUnwindSafe(test(database.keyspace(&*keyspace)));
    let outcome = test.catch_unwind().await;
    database.drop_keyspace(&*keyspace).await.unwrap();
    if let Err(failure) = outcome {
        resume_unwind(failure);
    }
}
