//! `insert_many_stream`, against a store that behaves as the server does: slow, overloaded, or with
//! the faults of a real cluster.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use astra_db::http::StatusCode;
use astra_db::testing::{Fault, Faults};
use astra_db::{
    Collection, Document, Error, RejectionReason, StreamOutcome, Transport, TransportError,
    TransportReply, TransportRequest, doc,
};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::support::builder;

/// Stores documents by `_id`. One with `bad` is refused.
#[derive(Clone, Debug, Default)]
struct Store(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    documents: BTreeMap<String, Value>,
    /// How many times a document was stored.
    writes: u64,
    under_way: usize,
    /// How many requests were under way at a time, at each request.
    loads: Vec<usize>,
    /// More requests at a time are answered with 429.
    most: usize,
    /// Answers all requests with 401.
    locked: bool,
    /// Stores, but loses the answer.
    deaf: bool,
    /// Never answers.
    stuck: bool,
    generated: u64,
}

impl Store {
    fn with(change: impl FnOnce(&mut State)) -> Self {
        let store = Self::default();
        change(&mut store.0.lock().unwrap());
        store
    }

    fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().unwrap());
    }

    fn get<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.0.lock().unwrap())
    }

    fn collection(&self) -> Collection {
        over(self.clone())
    }

    async fn answer(&self, body: &[u8]) -> Result<TransportReply, TransportError> {
        let refuse = |status: StatusCode, code: &str| {
            let error = json!({"errors": [{"errorCode": code, "message": "no"}]});
            Ok(TransportReply::new(status, error.to_string()))
        };
        {
            let mut state = self.0.lock().unwrap();
            let load = state.under_way;
            state.loads.push(load);
            if state.locked {
                return refuse(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED_REQUEST");
            }
            if state.most > 0 && load > state.most {
                return Ok(TransportReply::new(StatusCode::TOO_MANY_REQUESTS, ""));
            }
        }
        if self.get(|state| state.stuck) {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        let command: Value = serde_json::from_slice(body).unwrap();
        let mut state = self.0.lock().unwrap();
        let answer = state.execute(&command);
        if state.deaf {
            return Err(TransportError::interrupted("connection reset"));
        }
        Ok(TransportReply::new(StatusCode::OK, answer.to_string()))
    }
}

impl State {
    fn execute(&mut self, command: &Value) -> Value {
        if let Some(find) = command.get("find") {
            let ids = find["filter"]["_id"]["$in"].as_array().unwrap();
            let found = ids
                .iter()
                .filter_map(|id| self.documents.get(&id.to_string()));
            return json!({"data": {"documents": found.collect::<Vec<_>>(), "nextPageState": null}});
        }
        if let Some(replace) = command.get("findOneAndReplace") {
            let id = replace["filter"]["_id"].to_string();
            self.documents.insert(id, replace["replacement"].clone());
            return json!({"data": {"document": {}}, "status": {"matchedCount": 1, "modifiedCount": 1}});
        }
        if command.get("listTables").is_some() {
            return json!({"status": {"tables": ["rows"]}});
        }
        let insert = &command["insertMany"];
        assert_eq!(insert["options"]["ordered"], false);
        let (mut responses, mut errors) = (Vec::new(), Vec::<Value>::new());
        let mut refuse = |code: &str, id: &Value| {
            errors.push(json!({"errorCode": code, "family": "REQUEST", "message": "refused"}));
            json!({"_id": id, "status": "ERROR", "errorsIdx": errors.len() - 1})
        };
        for document in insert["documents"].as_array().unwrap() {
            let mut id = document["_id"].clone();
            if id.is_null() {
                self.generated += 1;
                id = json!(format!("generated-{}", self.generated));
            }
            responses.push(if document.get("bad").is_some() {
                refuse("SHRED_DOC_LIMIT_VIOLATION", &id)
            } else {
                match self.documents.entry(id.to_string()) {
                    Entry::Occupied(_) => refuse("DOCUMENT_ALREADY_EXISTS", &id),
                    Entry::Vacant(free) => {
                        free.insert(document.clone());
                        self.writes += 1;
                        json!({"_id": id, "status": "OK"})
                    }
                }
            });
        }
        let status = json!({"documentResponses": responses});
        match errors.as_slice() {
            [] => json!({"status": status}),
            _ => json!({"status": status, "errors": errors}),
        }
    }
}

impl Transport for Store {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
        /// Counts a request that is given up, too.
        struct UnderWay(Store);
        impl Drop for UnderWay {
            fn drop(&mut self) {
                self.0.set(|state| state.under_way -= 1);
            }
        }
        self.set(|state| state.under_way += 1);
        let under_way = UnderWay(self.clone());
        Box::pin(async move { under_way.0.answer(&request.body).await })
    }
}

fn over(transport: impl Transport) -> Collection {
    let client = builder().transport(transport).build().unwrap();
    let database = client.database("store").unwrap().keyspace("ks");
    database.collection("c")
}

fn documents(count: u64) -> impl futures_util::Stream<Item = Document> + Send + 'static {
    stream::iter((0..count).map(|n| doc!({"_id": n, "name": "x"})))
}

#[tokio::test(start_paused = true)]
async fn whatever_a_cluster_does_every_document_is_stored_once_and_counted_once() {
    let mut played = 0;
    for seed in 1..=12 {
        let store = Store::default();
        let faults = Faults::seeded(seed).percent(30);
        let collection = over(faults.over(store.clone()));
        let mut load = collection
            .insert_many_stream(documents(3_000))
            .chunk_size(50);
        let progress = loop {
            match load.await {
                Ok(progress) => break progress,
                // One that met ten faults.
                Err(error) => {
                    assert!(error.cause.as_ref().unwrap().is_retryable(), "seed {seed}");
                    load = error.resume();
                }
            }
        };
        assert_eq!(store.get(|state| state.documents.len()), 3_000);
        assert_eq!(store.get(|state| state.writes), 3_000, "seed {seed}");
        assert_eq!(progress.settled, 3_000, "seed {seed}");
        assert_eq!(
            progress.inserted + progress.already_stored,
            3_000,
            "seed {seed}"
        );
        played += faults.played().of(Fault::AnswerLost) + faults.played().of(Fault::RateLimited);
    }
    assert!(played > 12, "{played}");
}

#[tokio::test(start_paused = true)]
async fn requests_get_fewer_when_the_server_is_overloaded_and_more_when_it_is_not() {
    let store = Store::with(|state| state.most = 5);
    let load = store.collection().insert_many_stream(documents(15_000));
    let progress = load.await.unwrap();
    assert_eq!(progress.inserted, 15_000);
    let loads = store.get(|state| state.loads.clone());
    // From four on by one at a time to the first that is too many, then half.
    assert_eq!(loads.iter().max(), Some(&6));
    let refused = loads.iter().filter(|load| **load > 5).count();
    assert!(
        (3..loads.len() / 10).contains(&refused),
        "{refused} of {}",
        loads.len()
    );
    assert!(loads.iter().filter(|load| **load == 5).count() > 10);

    let store = Store::default();
    let load = store.collection().insert_many_stream(documents(15_000));
    load.concurrency(9).await.unwrap();
    assert_eq!(
        store.get(|state| state.loads.iter().max().copied()),
        Some(9)
    );
}

#[tokio::test(start_paused = true)]
async fn timeouts_leave_one_request_at_a_time() {
    let store = Store::with(|state| state.stuck = true);
    let collection = store.collection();
    let load = tokio::spawn(async move {
        collection
            .insert_many_stream(documents(1_000))
            .await
            .unwrap()
    });
    tokio::time::sleep(Duration::from_secs(35)).await;
    store.set(|state| state.stuck = false);
    assert_eq!(load.await.unwrap().inserted, 1_000);
    let loads = store.get(|state| state.loads.clone());
    assert_eq!(loads[..4], [1, 2, 3, 4]);
    assert_eq!(loads[4..8].iter().max(), Some(&2), "{loads:?}");
}

#[tokio::test(start_paused = true)]
async fn a_rejected_document_stops_the_load_which_can_go_on() {
    let store = Store::default();
    let bad = |n: u64| n == 120 || n == 130 || n == 700;
    let documents = (0..1_000).map(move |n: u64| {
        if bad(n) {
            doc!({"_id": n, "bad": true})
        } else {
            doc!({"_id": n})
        }
    });
    let load = store
        .collection()
        .insert_many_stream(stream::iter(documents));
    let error = load.await.unwrap_err();
    assert!(error.cause.is_none());
    let rejected: Vec<u64> = error
        .rejected
        .iter()
        .map(|rejected| rejected.index)
        .collect();
    assert_eq!(rejected, [120, 130]);
    assert_eq!(
        error.rejected[0].document.as_deref(),
        Some(r#"{"_id":120,"bad":true}"#)
    );
    assert_eq!(
        error.to_string(),
        "insert_many_stream stopped after 200 documents: document 120 was not stored: \
         SHRED_DOC_LIMIT_VIOLATION: refused"
    );
    let error = error.resume().await.unwrap_err();
    assert_eq!(
        (error.progress.settled, error.rejected[0].index),
        (800, 700)
    );
    let progress = error.resume().await.unwrap();
    assert_eq!((progress.inserted, progress.rejected), (997, 3));
    assert_eq!(store.get(|state| state.writes), 997);
}

#[tokio::test(start_paused = true)]
async fn callbacks_hear_of_rejected_documents_and_of_progress_in_order() {
    let store = Store::default();
    let documents = (0..1_000).map(|n: u64| {
        if n.is_multiple_of(300) {
            doc!({"_id": n, "bad": true})
        } else {
            doc!({"_id": n})
        }
    });
    let (rejected, settled) = (
        Arc::new(Mutex::new(Vec::new())),
        Arc::new(Mutex::new(Vec::new())),
    );
    let (to_rejected, to_settled) = (Arc::clone(&rejected), Arc::clone(&settled));
    let load = store
        .collection()
        .insert_many_stream(stream::iter(documents));
    let progress = load
        .on_rejected(move |rejected| to_rejected.lock().unwrap().push(rejected.index))
        .on_progress(move |progress| to_settled.lock().unwrap().push(progress.settled))
        .await
        .unwrap();
    assert_eq!((progress.inserted, progress.rejected), (996, 4));
    assert_eq!(*rejected.lock().unwrap(), [0, 300, 600, 900]);
    let hundreds: Vec<u64> = (1..=10).map(|n| n * 100).collect();
    assert_eq!(*settled.lock().unwrap(), hundreds);
}

#[tokio::test(start_paused = true)]
async fn a_load_that_the_database_refuses_goes_on_where_it_stopped() {
    let store = Store::default();
    let collection = store.collection();
    let lock = store.clone();
    let documents = (0..5_000).map(move |n: u64| {
        lock.set(|state| state.locked |= n == 2_500);
        doc!({"_id": n})
    });
    // Without a success before, the refusal is no outage.
    store.set(|state| state.locked = true);
    let load = collection
        .insert_many_stream(stream::iter(documents))
        .concurrency(2);
    let error = load.await.unwrap_err();
    assert!(error.cause.as_ref().unwrap().is_unauthorized());
    assert_eq!(error.progress.settled, 0);
    store.set(|state| state.locked = false);
    let error = error.resume().await.unwrap_err();
    assert!(
        error.progress.settled >= 2_000,
        "{}",
        error.progress.settled
    );
    store.set(|state| state.locked = false);
    let progress = error.resume().await.unwrap();
    assert_eq!((progress.settled, progress.inserted), (5_000, 5_000));
    assert_eq!(store.get(|state| state.writes), 5_000);
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_asked_for_no_more_than_there_is_room_for() {
    let store = Store::with(|state| state.stuck = true);
    let taken = Arc::new(Mutex::new(0_u64));
    let count = Arc::clone(&taken);
    let endless = stream::iter((0_u64..).map(move |n| {
        *count.lock().unwrap() += 1;
        doc!({"_id": n})
    }));
    let load = store
        .collection()
        .insert_many_stream(endless)
        .concurrency(3)
        .chunk_size(10);
    let load = tokio::time::timeout(Duration::from_secs(9), load.into_future());
    assert!(load.await.is_err());
    assert_eq!(*taken.lock().unwrap(), 60);
}

#[tokio::test(start_paused = true)]
async fn one_request_at_a_time_stores_nothing_after_a_rejected_document() {
    let store = Store::default();
    let bad = stream::iter([doc!({"bad": true})]);
    let load = store
        .collection()
        .insert_many_stream(documents(150).chain(bad).chain(documents(500).skip(150)));
    let error = load.concurrency(1).await.unwrap_err();
    assert_eq!(error.rejected[0].index, 150);
    // The others of its request are stored.
    assert_eq!(store.get(|state| state.writes), 199);
}

#[tokio::test(start_paused = true)]
async fn what_has_begun_goes_on_while_the_caller_is_slow() {
    let store = Store::default();
    let load = store.collection().insert_many_stream(documents(1_000));
    let mut outcomes = load.outcomes();
    assert!(matches!(
        outcomes.next().await,
        Some(Ok(StreamOutcome::Inserted))
    ));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(store.get(|state| state.writes), 1_000);
    assert_eq!(outcomes.by_ref().count().await, 999);
    assert_eq!(outcomes.progress().settled, 1_000);
}

#[tokio::test(start_paused = true)]
async fn a_stream_with_nothing_ready_does_not_hold_its_documents_back() {
    let store = Store::default();
    let (mut sender, receiver) = futures_channel();
    let load = tokio::spawn(
        store
            .collection()
            .insert_many_stream(receiver)
            .into_future(),
    );
    for n in 0..3 {
        sender(n);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(store.get(|state| state.writes), n + 1);
    }
    drop(sender);
    assert_eq!(load.await.unwrap().unwrap().inserted, 3);
}

/// Sends documents, and ends when the sender is dropped.
fn futures_channel() -> (
    impl FnMut(u64),
    impl futures_util::Stream<Item = Document> + Send + 'static,
) {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let send = move |n: u64| sender.send(doc!({"_id": n})).unwrap();
    (
        send,
        stream::poll_fn(move |context| receiver.poll_recv(context)),
    )
}

#[tokio::test(start_paused = true)]
async fn what_is_there_already_counts_as_stored_if_it_is_the_same_and_is_replaced_on_demand() {
    let store = Store::default();
    let collection = store.collection();
    collection.insert_many_stream(documents(150)).await.unwrap();
    let again = || {
        stream::iter((100..200).map(|n| {
            let name = if n < 120 { "other" } else { "x" };
            doc!({"_id": n, "name": name})
        }))
    };
    let error = collection.insert_many_stream(again()).await.unwrap_err();
    assert_eq!(error.rejected.len(), 20);
    let RejectionReason::Refused(refusal) = &error.rejected[0].reason else {
        panic!("{error}");
    };
    assert_eq!(refusal.code.as_str(), "DOCUMENT_ALREADY_EXISTS");
    assert_eq!(
        (error.progress.inserted, error.progress.already_stored),
        (50, 30)
    );

    let progress = collection
        .insert_many_stream(again())
        .upsert(true)
        .await
        .unwrap();
    assert_eq!(
        (progress.inserted, progress.replaced, progress.rejected),
        (0, 100, 0)
    );
    let name = |id: u32| store.get(|state| state.documents[&id.to_string()]["name"].clone());
    assert_eq!((name(100), name(99)), (json!("other"), json!("x")));
}

#[tokio::test(start_paused = true)]
async fn a_document_without_an_id_is_not_sent_again_when_its_answer_is_lost() {
    let store = Store::with(|state| state.deaf = true);
    let documents = stream::iter([doc!({"name": "no id"}), doc!({"_id": 1})]);
    let load = store.collection().insert_many_stream(documents);
    let open = store.clone();
    let load = tokio::spawn(load.into_future());
    tokio::time::sleep(Duration::from_millis(11)).await;
    open.set(|state| state.deaf = false);
    let error = load.await.unwrap().unwrap_err();
    assert_eq!(error.rejected.len(), 1);
    assert!(matches!(
        error.rejected[0].reason,
        RejectionReason::OutcomeUnknown
    ));
    assert_eq!(error.progress.already_stored, 1);
    assert_eq!(store.get(|state| state.writes), 2);
}

#[tokio::test(start_paused = true)]
async fn rows_are_sent_again_when_their_answer_is_lost_unless_they_may_not_be() {
    let attempts = Arc::new(Mutex::new(0));
    let rows = || stream::iter([json!({"id": 1}), json!({"id": 2})]);
    let lossy = crate::support::Script::by_command({
        let attempts = Arc::clone(&attempts);
        move |_, _| {
            let mut attempts = attempts.lock().unwrap();
            *attempts += 1;
            if *attempts % 2 == 1 {
                return crate::support::Outcome::Interrupted;
            }
            crate::support::Outcome::json(&json!({"status": {
                "primaryKeySchema": {"id": {"type": "int"}},
                "documentResponses": [{"_id": [1], "status": "OK"}, {"_id": [2], "status": "OK"}],
            }}))
        }
    });
    let table = crate::support::scripted(&lossy).table::<Value>("rows");
    assert_eq!(table.insert_many_stream(rows()).await.unwrap().inserted, 2);
    let once = table.with_options(|options| options.idempotent(false));
    let error = once.insert_many_stream(rows()).await.unwrap_err();
    assert_eq!(error.rejected.len(), 2);
    assert!(matches!(
        error.rejected[1].reason,
        RejectionReason::OutcomeUnknown
    ));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_written_as_json_is_rejected_alone() {
    #[derive(Clone)]
    struct Odd(u32);
    impl serde::Serialize for Odd {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self.0 {
                2 => Err(serde::ser::Error::custom("two is odd")),
                n => json!({"_id": n}).serialize(serializer),
            }
        }
    }
    let store = Store::default();
    let collection = store.collection().clone_with_type::<Odd>();
    let error = collection
        .insert_many_stream(stream::iter((0..4).map(Odd)))
        .await
        .unwrap_err();
    assert_eq!(error.rejected.len(), 1);
    assert_eq!(
        error.rejected[0].to_string(),
        "document 2 was not stored: document 2 of insert_many_stream cannot be written as JSON: two is odd"
    );
    assert_eq!(error.resume().await.unwrap().inserted, 3);
}

#[tokio::test(start_paused = true)]
async fn a_limit_for_the_whole_ends_a_load() {
    let store = Store::default();
    let load = store.collection().insert_many_stream(documents(1_000_000));
    let error = load.timeout(Duration::from_secs(1)).await.unwrap_err();
    let cause = error.cause.as_ref().unwrap();
    assert!(matches!(**cause, Error::Timeout(_)), "{cause}");
    assert!(error.progress.settled > 1_000);
    assert_eq!(store.get(|state| state.under_way), 0);
}
