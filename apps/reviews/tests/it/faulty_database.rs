//! People register, log in, review, change their minds and delete, in two tabs each and all at once, on a database with
//! the faults of a real cluster. Whatever is played, nobody is refused but while the database is away, and reviews and
//! ratings are exact.

use std::collections::BTreeMap;

use astra_db::table::Timestamp;
use astra_db::testing::{Fault, Faults, SeedReport};
use astra_db::{Database, DefaultRetryPolicy};
use reviews::Store;
use reviews::start::{housekeep, prepare};
use serde_json::json;
use test_support::{fault_seeds, faulty, on_named_server, quick_faults, say};
use tokio::task::JoinSet;

use crate::api::{Answer, Client, PASSWORD, TestApi};

const USERS: i64 = 3;

/// Somebody whose requests are repeated while the database is away, and by nothing else.
#[derive(Clone)]
struct Visitor {
    api: TestApi,
    faults: Faults,
}

impl Visitor {
    /// The answer, and whether the request was repeated; then it may have been carried out before.
    async fn persist<F>(&self, call: impl Fn() -> F) -> (u16, Answer, bool)
    where
        F: Future<Output = Answer>,
    {
        let mut is_repeated = false;
        loop {
            let before = self.faults.played().of(Fault::Outage);
            let was_away = self.faults.is_outage();
            let answer = call().await;
            let is_away = was_away || self.faults.played().of(Fault::Outage) > before;
            if answer.status.as_u16() != 503 || !is_away {
                return (answer.status.as_u16(), answer, is_repeated);
            }
            is_repeated = true;
        }
    }

    async fn log_in(&self, name: &str) -> Client {
        let (status, answer, is_repeated) = self.persist(|| self.api.register(name)).await;
        assert!(status == 201 || is_repeated && status == 409, "{answer:?}");
        let email = format!("{name}@example.com");
        let (status, answer, _) = self.persist(|| self.api.log_in(&email, PASSWORD)).await;
        assert_eq!(status, 201, "{answer:?}");
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        self.api.with_token(&token)
    }

    /// Sends a review in two tabs at once; it is there once. Answers its path.
    async fn review(&self, user: &Client, vehicle: &str, stars: i64) -> String {
        let mut tabs = JoinSet::new();
        for _ in 0..2 {
            let (this, user, vehicle) = (self.clone(), user.clone(), vehicle.to_owned());
            tabs.spawn(async move { this.persist(|| user.review(&vehicle, stars)).await });
        }
        let (mut created, mut was_repeated, mut ids) = (0, false, Vec::new());
        for (status, answer, is_repeated) in tabs.join_all().await {
            assert!(status == 201 || status == 409, "{answer:?}");
            created += usize::from(status == 201);
            was_repeated |= is_repeated;
            let body = answer.json();
            let id = if status == 201 {
                &body["id"]
            } else {
                &body["review_id"]
            };
            ids.push(id.as_str().unwrap().to_owned());
        }
        assert!(
            created == 1 || created == 0 && was_repeated,
            "{created} created"
        );
        assert_eq!(ids[0], ids[1]);
        format!("{vehicle}/reviews/{}", ids[0])
    }
}

/// What one user does; answers how many stars each of the two vehicles has from them in the end.
async fn visit(visitor: Visitor, number: i64, vehicles: [String; 2]) -> [Option<i64>; 2] {
    let user = visitor.log_in(&format!("user{number}")).await;
    let mut left = [None, None];
    for (vehicle, left) in vehicles.iter().zip(&mut left) {
        let path = visitor.review(&user, vehicle, number % 5 + 1).await;
        let stars = (number + 2) % 5 + 1;
        let change = json!({ "rating": stars });
        let (status, answer, _) = visitor.persist(|| user.patch(&path, change.clone())).await;
        assert_eq!(status, 200, "{answer:?}");
        *left = Some(stars);
        if number % 2 == 0 && *vehicle == vehicles[1] {
            let (status, answer, is_repeated) = visitor.persist(|| user.delete(&path)).await;
            assert!(status == 204 || is_repeated && status == 404, "{answer:?}");
            *left = None;
        }
    }
    left
}

async fn journey(database: Database, faults: Faults) {
    faults.stop();
    let api = TestApi::on(database, &[]).await;
    let vehicles = [
        api.vehicle("Porsche", "Taycan", 2022).await,
        api.vehicle("Porsche", "911", 1973).await,
    ];
    faults.resume();
    let mut visits = JoinSet::new();
    for number in 0..USERS {
        let (api, faults) = (api.clone(), faults.clone());
        visits.spawn(visit(Visitor { api, faults }, number, vehicles.clone()));
    }
    let left = visits.join_all().await;
    faults.stop();
    // Markers that lost answers have left are finished later, and change nothing.
    for settled in [false, true] {
        if settled {
            let later = Timestamp::now().as_millis() + 120_000;
            housekeep(&api.store, true, Timestamp::from_millis(later))
                .await
                .unwrap();
            assert_eq!(api.store.ratings.all_pending().await.unwrap(), []);
        }
        for (index, vehicle) in vehicles.iter().enumerate() {
            let mut expected: BTreeMap<i64, u64> = BTreeMap::new();
            for stars in left.iter().filter_map(|left| left[index]) {
                *expected.entry(stars).or_default() += 1;
            }
            let shown = api.anybody().get(vehicle).await.must_be(200).json();
            let (_, rows) = api.anybody().pages(&format!("{vehicle}/reviews")).await;
            for stars in 1..=5 {
                let counted = &shown["rating"]["stars"][stars.to_string()];
                let listed = rows.iter().filter(|row| row["rating"] == stars).count();
                let expected = expected.get(&stars).copied().unwrap_or_default();
                assert_eq!(
                    (counted.as_u64(), listed as u64),
                    (Some(expected), expected)
                );
            }
        }
    }
}

fn journeys(retry: &DefaultRetryPolicy) -> SeedReport {
    let seeded = |seed| {
        quick_faults(seed).without([Fault::CountFailed, Fault::SlowSchema, Fault::SchemaHang])
    };
    let report = fault_seeds().run(seeded, async |faults: Faults| {
        let database = faulty(&faults, retry.clone()).await;
        journey(database, faults).await;
    });
    say(&report.to_string());
    report
}

#[test]
fn whatever_the_database_does_reviews_and_ratings_are_exact() {
    // Requests run at once, so one of them can meet more faults than three attempts get through.
    let report = journeys(&DefaultRetryPolicy::default().max_attempts(6));
    report.assert_passed();
    if report.runs >= 50 {
        // The app counts no documents, and what becomes of schemas is a matter of its start.
        let never = [Fault::CountFailed, Fault::SlowSchema, Fault::SchemaHang];
        assert_eq!(report.played.missing(), never);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journey_on_a_server_that_is_named() {
    on_named_server(async |database| journey(database, Faults::seeded(1).only([])).await).await;
}

#[test]
fn without_the_retries_of_the_client_the_faults_bite() {
    let report = journeys(&DefaultRetryPolicy::never());
    assert!(report.failed.len() * 10 >= report.runs * 9, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_one_of_twenty_fresh_starts_survives_tables_taken_for_collections() {
    for seed in 1..=20 {
        let faults = quick_faults(seed).only([Fault::SchemaMismatch]).percent(0);
        let database = faulty(&faults, DefaultRetryPolicy::default()).await;
        let store = Store::open(database).await;
        let store = store.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let prepared = prepare(&store).await;
        prepared.unwrap_or_else(|error| panic!("seed {seed}: {error:#}"));
        // Each of the four tables, and again where a change of its schema follows.
        let played = faults.played().of(Fault::SchemaMismatch);
        assert!(played >= 4, "seed {seed}: played {played} times");
        assert!(!store.vehicles.is_empty().await.unwrap());
    }
}
