//! One and two instances of the app on a cluster of three nodes, with and without one that dies, at both consistencies
//! that a Data API can have for tables. Accounts, sessions and "one review per user and vehicle" are exact at either.
//! Lists and ratings are exact at every moment at `LOCAL_QUORUM`, and once the replicas agree at `LOCAL_ONE`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use astra_db::table::Timestamp;
use astra_db::{DataApiClient, Database, Environment};
use reviews::start::housekeep;
use reviews::use_cases::moderate;
use serde_json::{Value, json};
use shared::EmbeddedTransport;
use test_support::say;
use three_nodes::{Consistency, ThreeNodes};
use tokio::task::JoinSet;

use crate::api::{Client, PASSWORD, TestApi};

const USERS: usize = 4;
const VEHICLES: usize = 2;

/// A cluster, the instances of the app, and everything that went wrong.
struct Run {
    cluster: ThreeNodes,
    apps: Vec<TestApi>,
    users: Vec<String>,
    vehicles: Vec<String>,
    /// The reviews that were acknowledged: user and vehicle → path and stars.
    written: BTreeMap<(usize, usize), (String, i64)>,
    /// The reviews that a moderator has hidden.
    hidden: BTreeSet<(usize, usize)>,
    problems: Vec<String>,
}

async fn database(cluster: &ThreeNodes) -> Database {
    let client = DataApiClient::builder()
        .environment(Environment::Other)
        .transport(cluster.clone());
    let database = client.build().unwrap().database("cluster").unwrap();
    let database = database.keyspace("reviews");
    database.create_keyspace("reviews").await.unwrap();
    database
}

impl Run {
    async fn start(seed: u64, consistency: Consistency) -> Self {
        let node = || EmbeddedTransport::in_memory().unwrap();
        let cluster = ThreeNodes::new([node(), node(), node()], node(), consistency, seed);
        let database = database(&cluster).await;
        let mut apps = vec![TestApi::on(database.clone(), &[]).await];
        if seed % 2 == 1 {
            apps.push(TestApi::on(database, &[]).await);
        }
        let mut vehicles = Vec::new();
        for number in 0..VEHICLES {
            let model = format!("9{number}");
            vehicles.push(apps[0].vehicle("Porsche", &model, 2022).await);
        }
        cluster.deliver_all().await.unwrap();
        let (users, written, problems) = (Vec::new(), BTreeMap::new(), Vec::new());
        Self {
            cluster,
            apps,
            users,
            vehicles,
            written,
            hidden: BTreeSet::new(),
            problems,
        }
    }

    /// One of the instances, another one each time.
    fn app(&self, number: usize) -> &TestApi {
        &self.apps[number % self.apps.len()]
    }

    fn client(&self, user: usize, number: usize) -> Client {
        self.app(number).with_token(&self.users[user])
    }

    fn expect(&mut self, is_so: bool, otherwise: impl FnOnce() -> String) {
        if !is_so {
            self.problems.push(otherwise());
        }
    }

    /// Everybody registers twice at once, logs in, and is logged in.
    async fn register(&mut self) {
        let mut tabs = JoinSet::new();
        for tab in 0..2 * USERS {
            let app = self.app(tab / 2 + tab).clone();
            let name = format!("user{}", tab / 2);
            tabs.spawn(async move { (tab / 2, app.register(&name).await.status.as_u16()) });
        }
        let mut answers: BTreeMap<usize, Vec<u16>> = BTreeMap::new();
        for (user, status) in tabs.join_all().await {
            answers.entry(user).or_default().push(status);
        }
        for (user, mut statuses) in answers {
            statuses.sort_unstable();
            self.expect(statuses == [201, 409], || {
                format!("user {user} registers: {statuses:?}")
            });
            let email = format!("user{user}@example.com");
            let session = self.app(user).log_in(&email, PASSWORD).await;
            let status = session.status.as_u16();
            self.expect(status == 201, || format!("user {user} logs in: {status}"));
            let token = if status == 201 {
                session.json()["token"].as_str().unwrap().to_owned()
            } else {
                String::new()
            };
            let me = self.app(user + 1).with_token(&token);
            let status = me.get("/api/users/me").await.status.as_u16();
            self.expect(status == 200, || {
                format!("user {user} is logged in: {status}")
            });
            self.users.push(token);
        }
    }

    /// Everybody reviews every vehicle, in two tabs at once.
    async fn review(&mut self) {
        let mut tabs = JoinSet::new();
        for user in 0..USERS {
            for vehicle in 0..VEHICLES {
                let of = (user, vehicle);
                if self.written.contains_key(&of) || self.hidden.contains(&of) {
                    continue;
                }
                for tab in 0..2 {
                    let client = self.client(user, user + tab);
                    let path = self.vehicles[vehicle].clone();
                    let stars = i64::try_from((user + vehicle + tab) % 5).unwrap() + 1;
                    tabs.spawn(async move {
                        ((user, vehicle), stars, client.review(&path, stars).await)
                    });
                }
            }
        }
        let mut refused: BTreeMap<(usize, usize), Vec<u16>> = BTreeMap::new();
        for (of, stars, answer) in tabs.join_all().await {
            if answer.status.as_u16() == 201 {
                let path = answer.header("location").to_owned();
                let is_first = self.written.insert(of, (path, stars)).is_none();
                self.expect(is_first, || format!("two reviews of {of:?}"));
            } else {
                refused.entry(of).or_default().push(answer.status.as_u16());
            }
        }
        for (of, statuses) in refused {
            self.expect(statuses == [409], || {
                format!("{of:?} reviews: {statuses:?}")
            });
        }
    }

    /// Everybody changes the review of the first vehicle, and every other one deletes the one of the second.
    async fn change(&mut self) {
        let mut tabs = JoinSet::new();
        for (of, (path, stars)) in self.written.clone() {
            let client = self.client(of.0, of.0 + 1);
            if of.1 == 0 {
                let stars = stars % 5 + 1;
                tabs.spawn(async move {
                    let answer = client.patch(&path, json!({ "rating": stars })).await;
                    (of, Some((path, stars)), answer)
                });
            } else if of.0.is_multiple_of(2) {
                tabs.spawn(async move { (of, None, client.delete(&path).await) });
            }
        }
        for (of, now, answer) in tabs.join_all().await {
            let status = answer.status.as_u16();
            self.expect(answer.status.is_success(), || {
                format!("{of:?} changes: {status}")
            });
            match now {
                Some(now) => self.written.insert(of, now),
                None => self.written.remove(&of),
            };
        }
    }

    /// A moderator hides the reviews of the second vehicle that were not deleted.
    async fn hide(&mut self) {
        let mut tabs = JoinSet::new();
        for (of, (path, _)) in self.written.clone() {
            if of.1 == 1 && !of.0.is_multiple_of(2) {
                let store = self.app(of.0).store.clone();
                let ids: Vec<String> = path.split('/').map(str::to_owned).collect();
                let ids = (ids[3].parse().unwrap(), ids[5].parse().unwrap());
                tabs.spawn(async move {
                    let mut hidden = moderate::hide(&store, ids).await;
                    // The replica that answers may not have the review yet.
                    for _ in 0..100 {
                        if hidden.is_ok() {
                            break;
                        }
                        hidden = moderate::hide(&store, ids).await;
                    }
                    (of, hidden)
                });
            }
        }
        for (of, hidden) in tabs.join_all().await {
            self.expect(hidden.is_ok(), || format!("{of:?} is hidden: {hidden:?}"));
            self.written.remove(&of);
            self.hidden.insert(of);
        }
    }

    /// What vehicles, lists and users say is what was acknowledged.
    async fn check(&mut self, moment: &str) {
        for vehicle in 0..VEHICLES {
            let of_vehicle = self.written.iter().filter(|((_, of), _)| *of == vehicle);
            let mut expected: Vec<i64> = of_vehicle.map(|(_, (_, stars))| *stars).collect();
            expected.sort_unstable();
            for number in 0..self.apps.len() {
                let path = self.vehicles[vehicle].clone();
                let shown = self.app(number).anybody().get(&path).await.json();
                let rating = stars_of(&shown["rating"]);
                let list = self.app(number).anybody();
                let (_, rows) = list.pages(&format!("{path}/reviews")).await;
                let mut listed: Vec<i64> = rows
                    .iter()
                    .map(|row| row["rating"].as_i64().unwrap())
                    .collect();
                listed.sort_unstable();
                self.expect(rating == expected && listed == expected, || {
                    format!("{moment}: rating {rating:?}, list {listed:?}, expected {expected:?}")
                });
            }
        }
        for user in 0..USERS {
            let answer = self.client(user, user).get("/api/users/me/reviews").await;
            let count = answer.json()["items"].as_array().map_or(0, Vec::len);
            let expected = self.written.keys().filter(|(of, _)| *of == user).count();
            self.expect(count == expected, || {
                format!("{moment}: user {user} has {count} of {expected} reviews")
            });
        }
    }
}

/// The ratings behind a tally, in order.
fn stars_of(rating: &Value) -> Vec<i64> {
    let mut stars = Vec::new();
    for star in 1..=5 {
        let count = rating["stars"][star.to_string()].as_u64().unwrap();
        stars.extend(std::iter::repeat_n(star, usize::try_from(count).unwrap()));
    }
    stars
}

/// Answers what went wrong, and how many reads were stale.
async fn run(seed: u64, consistency: Consistency) -> (Vec<String>, u64) {
    let mut run = Run::start(seed, consistency).await;
    let always = consistency == Consistency::LocalQuorum;
    let dies = seed / 2 % 2 == 1;
    run.register().await;
    if dies {
        run.cluster.take_down(0);
    }
    run.review().await;
    if always {
        run.check("reviewed").await;
    }
    run.change().await;
    run.hide().await;
    if dies {
        run.cluster.bring_up(0);
    }
    if always {
        run.check("changed").await;
    }
    run.review().await;
    if always {
        run.check("reviewed again").await;
    }
    run.cluster.deliver_all().await.unwrap();
    let later = Timestamp::from_millis(Timestamp::now().as_millis() + 120_000);
    for app in &run.apps {
        housekeep(&app.store, true, later).await.unwrap();
    }
    run.cluster.deliver_all().await.unwrap();
    run.check("two minutes later").await;
    let pending = run.apps[0].store.ratings.all_pending().await.unwrap();
    run.expect(pending.is_empty(), || format!("left pending: {pending:?}"));
    (run.problems, run.cluster.stale_reads())
}

/// Runs as many seeds as `SEEDS` says, 50 if it says nothing.
async fn seeds(consistency: Consistency) {
    let seeds = std::env::var("SEEDS").map_or(50, |seeds| seeds.parse().unwrap());
    let (start, mut failed, mut stale) = (Instant::now(), Vec::new(), 0);
    for seed in 0..seeds {
        let (problems, stale_reads) = run(seed, consistency).await;
        stale += stale_reads;
        if !problems.is_empty() {
            say(&format!("{consistency:?}, seed {seed}: {problems:#?}"));
            failed.push(seed);
        }
    }
    say(&format!(
        "{consistency:?}: {} of {seeds} seeds failed, {stale} reads were stale, {:?}",
        failed.len(),
        start.elapsed()
    ));
    assert!(failed.is_empty(), "these seeds failed: {failed:?}");
    assert!(stale > seeds, "the replicas always agreed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_a_quorum_everything_is_exact_at_every_moment() {
    seeds(Consistency::LocalQuorum).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_one_replica_nobody_is_refused_or_doubled_and_everything_converges() {
    seeds(Consistency::LocalOne).await;
}
