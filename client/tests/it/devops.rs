//! Databases and keyspaces of Astra, through the DevOps API.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use astra_db::devops::{Admin, DatabaseStatus, DevOpsRefusal, NewDatabase};
use astra_db::{DataApiClient, DefaultRetryPolicy, Environment, Error, Executed};

use crate::support::devops_server::{DevOpsServer, TOKEN};

const MOMENT: Duration = Duration::from_millis(2);

fn client(server: &DevOpsServer, token: &str) -> DataApiClient {
    DataApiClient::new(token).with_options(|options| {
        let retry = DefaultRetryPolicy::default().first_wait(MOMENT);
        options.devops_url(&server.url).retry(retry)
    })
}

fn admin(server: &DevOpsServer) -> Admin {
    let admin = client(server, TOKEN).admin().unwrap();
    admin.poll_interval(MOMENT)
}

#[tokio::test]
async fn a_database_is_created_and_can_be_used_when_the_call_returns() {
    let server = DevOpsServer::start().await;
    let seen: Arc<Mutex<Vec<DatabaseStatus>>> = Arc::default();
    let statuses = Arc::clone(&seen);
    let admin =
        admin(&server).on_status(move |status| statuses.lock().unwrap().push(status.clone()));
    let shop = NewDatabase::new("shop", "gcp", "us-east1").keyspace("shop");
    let shop = admin.create_database(shop).await.unwrap();
    assert_eq!(
        (&*shop.name, &shop.status),
        ("shop", &DatabaseStatus::Active)
    );
    assert_eq!(
        (&shop.keyspaces[..], &shop.regions[..]),
        (&["shop".to_owned()][..], &["us-east1".to_owned()][..])
    );
    let expected = [
        DatabaseStatus::Pending,
        DatabaseStatus::Initializing,
        DatabaseStatus::Active,
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
    client(&server, TOKEN)
        .database_by_id(&shop.id, &shop.regions[0])
        .unwrap();
}

#[tokio::test]
async fn a_list_has_the_databases_of_all_pages() {
    let server = DevOpsServer::start().await;
    for number in 0..250 {
        server.database(&format!("database {number}"), &["ACTIVE"]);
    }
    let all = admin(&server).list_databases().await.unwrap();
    let mut ids: Vec<_> = all.iter().map(|database| &database.id).collect();
    ids.dedup();
    assert_eq!((ids.len(), &*all[249].name), (250, "database 249"));
    assert_eq!(server.seen("GET"), 3);
}

#[tokio::test]
async fn regions_are_listed_with_what_creating_a_database_takes() {
    let server = DevOpsServer::start().await;
    let regions = admin(&server).list_regions().await.unwrap();
    let region = &regions[0];
    assert_eq!(
        (&*region.cloud_provider, &*region.name, &*region.zone),
        ("GCP", "us-east1", "na")
    );
    assert!(region.is_enabled && regions.len() == 1);
    assert_eq!(region.display_name, "Moncks Corner, South Carolina");
}

#[tokio::test]
async fn a_sleeping_database_is_resumed_and_one_that_is_awake_is_left_alone() {
    let server = DevOpsServer::start().await;
    let asleep = server.database("asleep", &["HIBERNATED"]);
    let awake = server.database("awake", &["ACTIVE"]);
    let admin = admin(&server);
    for id in [&asleep, &awake] {
        let database = admin.resume_database(id).await.unwrap();
        assert_eq!(database.status, DatabaseStatus::Active);
    }
    assert_eq!(server.seen("/resume"), 1);
}

#[tokio::test]
async fn a_database_that_somebody_else_resumes_is_waited_for() {
    let server = DevOpsServer::start().await;
    let id = server.database("shop", &["HIBERNATED", "RESUMING", "ACTIVE"]);
    let database = admin(&server).resume_database(&id).await.unwrap();
    assert_eq!(database.status, DatabaseStatus::Active);
    assert_eq!(server.seen("/resume"), 1);
}

#[tokio::test]
async fn a_database_is_gone_when_it_was_dropped() {
    let server = DevOpsServer::start().await;
    let id = server.database("shop", &["ACTIVE"]);
    let admin = admin(&server);
    admin.drop_database(&id).await.unwrap();
    let database = admin.database(&id).await.unwrap();
    assert_eq!(database.status, DatabaseStatus::Terminated);
    let unknown = "01234567-89ab-cdef-0123-456789abcdef";
    let error = admin.drop_database(unknown).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(
        error.to_string(),
        "the database could not be dropped: the DevOps API answered HTTP 404, database not found; list the \
         databases to see which there are",
    );
}

#[tokio::test]
async fn a_handle_creates_and_drops_keyspaces_on_astra() {
    let server = DevOpsServer::start().await;
    let id = server.database("shop", &["ACTIVE"]);
    let db = client(&server, TOKEN)
        .database_by_id(&id, "us-east1")
        .unwrap();
    // The second time it is there, or gone, already.
    for _ in 0..2 {
        db.create_keyspace("reviews").await.unwrap();
    }
    let keyspaces = admin(&server).database(&id).await.unwrap().keyspaces;
    assert_eq!(keyspaces, ["default_keyspace", "reviews"]);
    for _ in 0..2 {
        db.drop_keyspace("reviews").await.unwrap();
    }
    let keyspaces = admin(&server).database(&id).await.unwrap().keyspaces;
    assert_eq!(keyspaces, ["default_keyspace"]);
    assert_eq!((server.seen("POST"), server.seen("DELETE")), (1, 1));
}

#[tokio::test]
async fn a_keyspace_waits_for_another_change_of_its_database() {
    let server = DevOpsServer::start().await;
    let id = server.database("shop", &["MAINTENANCE", "MAINTENANCE", "ACTIVE"]);
    admin(&server)
        .create_keyspace(&id, "reviews")
        .await
        .unwrap();
    assert!(server.seen("POST") > 1);
}

#[tokio::test]
async fn reads_are_repeated_and_a_creation_only_where_nothing_was_done() {
    let server = DevOpsServer::start().await;
    let admin = admin(&server).without_waiting();
    server.refuse(&[429, 503]);
    admin.list_databases().await.unwrap();
    let shop = || NewDatabase::new("shop", "AWS", "us-east-2");
    server.refuse(&[429]);
    admin.create_database(shop()).await.unwrap();
    server.refuse(&[503]);
    let error = admin.create_database(shop()).await.unwrap_err();
    assert_eq!(error.executed(), Executed::Maybe, "{error}");
    assert_eq!(server.seen("POST"), 3);
}

#[tokio::test]
async fn a_token_that_may_not_do_it_changes_nothing_and_is_not_shown() {
    let server = DevOpsServer::start().await;
    let admin = client(&server, "AstraCS:secret").admin().unwrap();
    let error = admin
        .create_database(NewDatabase::new("shop", "GCP", "us-east1"))
        .await;
    let error = error.unwrap_err();
    assert!(error.is_unauthorized() && !error.is_retryable());
    let text = format!("{error} {error:?} {admin:?}");
    assert!(
        text.contains("JWT not valid; use an application token"),
        "{text}"
    );
    assert!(!text.contains("secret"), "{text}");
    assert_eq!(server.seen("POST"), 0);
}

#[tokio::test]
async fn a_database_that_fails_or_takes_too_long_is_named_with_its_status() {
    let server = DevOpsServer::start().await;
    let failing = server.database("failing", &["RESUMING", "ERROR"]);
    let slow = server.database("slow", &["RESUMING"]);
    let admin = admin(&server);
    let error = admin.resume_database(&failing).await.unwrap_err();
    let Error::DevOps(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!(error.refusal, DevOpsRefusal::Ended(DatabaseStatus::Error));
    let hasty = admin.with_options(|options| options.timeout(Duration::from_millis(60)));
    let error = hasty.resume_database(&slow).await.unwrap_err();
    assert!(error.is_timeout());
    let text = error.to_string();
    assert!(
        text.ends_with("the database is RESUMING and may still get there"),
        "{text}"
    );
}

#[tokio::test]
async fn a_wait_that_is_dropped_ends_and_what_was_begun_goes_on() {
    let server = DevOpsServer::start().await;
    let admin = admin(&server).poll_interval(Duration::from_mins(1));
    let shop = NewDatabase::new("shop", "GCP", "us-east1");
    let creation = admin.create_database(shop);
    let ended = tokio::time::timeout(Duration::from_millis(500), creation).await;
    assert!(ended.is_err());
    let looks = server.seen("GET");
    let database = &admin.list_databases().await.unwrap()[0];
    assert_eq!((&*database.name, server.seen("GET")), ("shop", looks + 1));
}

#[tokio::test]
async fn only_astra_has_databases_to_administer() {
    let client = DataApiClient::builder()
        .environment(Environment::Hcd)
        .build();
    let error = client.unwrap().admin().unwrap_err();
    assert!(error.to_string().contains("on Astra alone"), "{error}");
}
