//! The faults of a real cluster, as a client sees them, and what was executed all the same.

use std::collections::BTreeMap;
use std::time::Duration;

use astra_db::testing::{Fault, FaultCounts, Faults, Seeds};
use astra_db::{Database, DefaultRetryPolicy, Error, ErrorCode, Executed, Timeouts};
use serde_json::{Value, json};

use crate::support::commands::{read, send, single_write};
use crate::support::{Outcome, Script, builder, failure};

/// A database with one document in every collection, and the table `rows`.
fn database_below() -> Script {
    Script::by_command(|_, command| {
        let (name, _) = command.as_object().unwrap().iter().next().unwrap();
        Outcome::json(&match name.as_str() {
            "listTables" => json!({"status": {"tables": ["rows"]}}),
            "findOne" => match command["findOne"]["filter"]["_id"].as_i64() {
                Some(404) => json!({"data": {"document": null}}),
                _ => json!({"data": {"document": {"_id": 1}}}),
            },
            "countDocuments" => json!({"status": {"count": 1}}),
            "updateOne" => json!({"status": {"matchedCount": 1, "modifiedCount": 1}}),
            _ => json!({"status": {"ok": 1}}),
        })
    })
}

fn database(faults: &Faults, below: &Script) -> Database {
    let client = builder().transport(faults.over(below.clone())).build();
    let database = client.unwrap().database("faulty").unwrap().keyspace("ks");
    database.with_options(|options| options.retry(DefaultRetryPolicy::never()))
}

/// How often a command reached the database below.
fn executed(below: &Script, command: &Value) -> usize {
    let body = command.to_string();
    let requests = below.requests();
    requests
        .iter()
        .filter(|request| request.body == body)
        .count()
}

fn count() -> Value {
    json!({"countDocuments": {}})
}

/// What a client sees of a fault that is played alone.
async fn seen(fault: Fault, command: Value) -> Error {
    let (faults, below) = (Faults::seeded(1).only([]), database_below());
    let database = database(&faults, &below);
    send(&database, read()).await.unwrap();
    let faults = faults.always(fault);
    let client = builder().transport(faults.over(below.clone())).build();
    let database = client.unwrap().database("faulty").unwrap().keyspace("ks");
    let database = database.with_options(|options| options.retry(DefaultRetryPolicy::never()));
    let error = failure(send(&database, command).await);
    assert_eq!(faults.played().of(fault), 1, "{fault}");
    error
}

#[tokio::test(start_paused = true)]
async fn refusals_are_not_executed_and_look_like_those_of_the_server() {
    use Executed::{Maybe, No};
    let table = json!({"findOne": {"filter": {"id": 1}}});
    for (fault, command, code, is_executed) in [
        (
            Fault::Unavailable,
            single_write(),
            "UNAVAILABLE_DATABASE",
            Maybe,
        ),
        (
            Fault::LoginRefused,
            single_write(),
            "UNAUTHORIZED_ACCESS",
            No,
        ),
        (Fault::CountFailed, count(), "COUNT_READ_FAILED", No),
        (Fault::ReadTimeout, read(), "TIMEOUT_READING_DATA", Maybe),
        (
            Fault::RaceLost,
            single_write(),
            "FAILED_CONCURRENT_OPERATIONS",
            No,
        ),
        (Fault::NodeDied, table, "UNEXPECTED_DRIVER_ERROR", Maybe),
        (
            Fault::WriteTimeout,
            single_write(),
            "TIMEOUT_WRITING_DATA",
            Maybe,
        ),
    ] {
        let error = seen(fault, command).await;
        assert_eq!(error.code(), Some(&ErrorCode::from(code)), "{error}");
        assert_eq!(error.executed(), is_executed, "{error}");
    }
    let error = seen(Fault::RateLimited, single_write()).await;
    assert!(
        matches!(&error, Error::Http(http) if http.status == 429),
        "{error}"
    );
    let error = seen(Fault::GatewayUnavailable, read()).await;
    assert!(
        matches!(&error, Error::Http(http) if http.status == 503),
        "{error}"
    );
    let error = seen(Fault::ConnectionRefused, single_write()).await;
    assert!(matches!(&error, Error::Connect(_)), "{error}");
    let error = seen(Fault::AnswerLost, single_write()).await;
    assert!(matches!(&error, Error::Transport(_)), "{error}");
    let error = seen(Fault::Hang, single_write()).await;
    assert!(error.is_timeout() && error.executed() == Maybe, "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_is_executed_is_executed_once_and_a_refusal_never_is() {
    for fault in Fault::ALL {
        let mut times = Vec::new();
        for seed in 1..=20 {
            let (faults, below) = (Faults::seeded(seed).only([]), database_below());
            send(&database(&faults, &below), read()).await.unwrap();
            let faults = faults.always(fault).slow(Duration::from_secs(2));
            let command = match fault {
                Fault::CountFailed => count(),
                Fault::ReadTimeout => json!({"find": {}}),
                Fault::SlowSchema | Fault::SchemaHang => json!({"createCollection": {"name": "c"}}),
                _ => single_write(),
            };
            let name = if fault == Fault::SchemaMismatch {
                "rows"
            } else {
                "c"
            };
            let database = database(&faults, &below);
            let outcome = match fault {
                Fault::SlowSchema | Fault::SchemaHang => database.command(&command).await,
                _ => database.command(&command).collection(name).await,
            };
            assert_eq!(
                outcome.is_ok(),
                matches!(fault, Fault::SlowSchema | Fault::RaceLostSilently),
                "{fault}"
            );
            times.push(executed(&below, &command));
        }
        times.sort_unstable();
        times.dedup();
        let expected: &[usize] = match fault {
            Fault::NodeDied | Fault::WriteTimeout | Fault::Hang => &[0, 1],
            Fault::AnswerLost | Fault::SlowSchema => &[1],
            _ => &[0],
        };
        assert_eq!(times, expected, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_race_is_lost_silently_only_for_a_document_that_is_there() {
    let (faults, below) = (Faults::seeded(1).only([]), database_below());
    let faults = faults.always(Fault::RaceLostSilently);
    let documents = database(&faults, &below).collection::<astra_db::Document>("c");
    let update = json!({"$set": {"n": 1}});
    let lost = documents.update_one(json!({"_id": 1}), update.clone());
    let lost = lost.await.unwrap();
    assert_eq!((lost.matched_count, lost.modified_count), (1, 0));
    let done = documents.update_one(json!({"_id": 404}), update).await;
    assert_eq!(done.unwrap().modified_count, 1);
    assert_eq!(faults.played().of(Fault::RaceLostSilently), 1);
    // Updates of rows are not conditional.
    let row = json!({"updateOne": {"filter": {"id": 1}, "update": {"$set": {"n": 1}}}});
    let rows = database(&faults, &below);
    rows.command(row).collection("rows").await.unwrap();
    assert_eq!(faults.played().total(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_first_request_to_a_table_is_refused_and_the_first_after_a_change_of_it() {
    let (faults, below) = (Faults::seeded(1), database_below());
    let faults = faults.only([Fault::SchemaMismatch]).percent(0);
    let database = database(&faults, &below);
    let touch = async || database.command(read()).collection("rows").await;
    let refused = failure(touch().await);
    assert_eq!(refused.code(), Some(&ErrorCode::UnexpectedServerError));
    assert_eq!(refused.executed(), Executed::No);
    assert!(refused.is_retryable());
    touch().await.unwrap();
    send(&database, read()).await.unwrap();
    let alter = json!({"alterTable": {"operation": {"add": {"columns": {"n": "int"}}}}});
    database.command(alter).collection("rows").await.unwrap();
    failure(touch().await);
    touch().await.unwrap();
    assert_eq!(faults.played().of(Fault::SchemaMismatch), 2);
}

#[tokio::test(start_paused = true)]
async fn after_an_outage_lists_never_answer_and_data_does() {
    let (faults, below) = (Faults::seeded(3).percent(0), database_below());
    let database = database(&faults, &below);
    send(&database, read()).await.unwrap();
    database
        .command(json!({"findCollections": {}}))
        .await
        .unwrap();
    faults.outage(4);
    for _ in 0..4 {
        let error = failure(send(&database, single_write()).await);
        assert!(error.is_retryable(), "{error}");
    }
    assert_eq!(executed(&below, &single_write()), 0);
    send(&database, single_write()).await.unwrap();
    let lists = database.list_collections();
    let limit = Duration::from_hours(1);
    let error = failure(lists.await);
    assert!(error.is_timeout(), "{error}");
    let patient = database.with_options(|options| options.timeout(Duration::ZERO));
    let list = tokio::time::timeout(limit, patient.list_collections().into_future());
    assert!(list.await.is_err(), "it never answers");
    faults.stop();
    database
        .command(json!({"findCollections": {}}))
        .await
        .unwrap();
    faults.resume();
    failure(database.list_collections().await);
}

/// Which of the first commands of two kinds meet which faults.
async fn met(
    seed: u64,
    order: impl IntoIterator<Item = &'static str>,
) -> BTreeMap<&'static str, Vec<String>> {
    let faults = Faults::seeded(seed).without([Fault::Outage, Fault::LoginRefused]);
    let database = database(&faults, &database_below());
    let mut met = BTreeMap::<_, Vec<_>>::new();
    for name in order {
        let outcome = database.command(single_write()).collection(name).await;
        let outcome = outcome.map_or_else(|error| error.to_string(), |reply| format!("{reply:?}"));
        let outcome = outcome.split(" attempt").next().unwrap().to_owned();
        met.entry(name)
            .or_default()
            .push(outcome.chars().take(40).collect());
    }
    met
}

#[tokio::test(start_paused = true)]
async fn a_seed_plays_the_same_whatever_comes_in_between() {
    let one_by_one = ["a"; 40].into_iter().chain(["b"; 40]);
    let in_turn = ["a", "b"].into_iter().cycle().take(80);
    let played = met(7, one_by_one.clone()).await;
    assert_eq!(played, met(7, in_turn).await);
    assert_ne!(played, met(8, one_by_one).await);
}

/// A program that does some of everything, and takes what comes.
async fn use_it_all(faults: Faults) {
    let database = database(&faults, &database_below());
    // What never answers is given up soon.
    let soon = Some(Duration::from_millis(5));
    let timeouts = Timeouts {
        collection_admin: soon,
        ..Timeouts::default()
    };
    let database = database.with_options(|options| options.timeouts(timeouts));
    for number in 0..30 {
        let _ = send(&database, read()).await;
        let _ = send(&database, single_write()).await;
        let _ = send(&database, count()).await;
        let rows = database.command(read()).collection("rows");
        let _ = rows.await;
        if number % 10 == 0 {
            let create = json!({"createCollection": {"name": "c"}});
            let _ = database.command(create).await;
        }
    }
}

fn quick(seed: u64) -> Faults {
    let moment = Duration::from_millis(1);
    Faults::seeded(seed).slow(moment).hang(moment)
}

#[test]
fn fifty_seeds_play_every_fault() {
    let report = Seeds::new(1..=50).run(quick, use_it_all);
    report.assert_passed();
    assert_eq!(report.runs, 50);
    assert_eq!(report.played.missing(), [], "{report}");
}

#[test]
fn a_failing_seed_is_reported_with_how_to_run_it_again() {
    let test = async |faults: Faults| assert_ne!(faults.seed(), 3, "three is too many");
    let report = Seeds::from_variable("SOME_SEEDS", Some("1-5".into()), 1..=50).run(quick, test);
    let text = report.to_string();
    assert!(text.starts_with("5 seeds in "), "{text}");
    assert!(
        text.contains("1 failed; played: schema mismatch 0, "),
        "{text}"
    );
    let again = "seed 3 (again: SOME_SEEDS=3): ";
    assert!(
        text.contains(again) && text.contains("three is too many"),
        "{text}"
    );
    assert_eq!(report.failed.len(), 1);
    assert_eq!(report.played, FaultCounts::default());
}
