//! `insert_many`, against a store that behaves as the server does, and loses requests or answers on
//! demand.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use astra_db::{
    Collection, Document, DocumentId, Error, ErrorCode, InsertManyError, InsertOutcome,
    Value as Exact, doc,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Outcome, Script, collection, failure, scripted};

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Answered,
    NotReceived,
    LostBeforeStoring,
    LostAfterStoring,
}

/// Stores `_id`s as insertMany does; a document with `bad` is refused, one with `late` may or may
/// not be stored.
#[derive(Clone, Default)]
struct Store {
    ids: Arc<Mutex<BTreeSet<String>>>,
    generated: Arc<Mutex<u64>>,
}

impl Store {
    /// A server over this store: the n-th request meets the n-th fate, those after the last are
    /// answered.
    fn script(&self, fates: Vec<Fate>) -> Script {
        let store = self.clone();
        Script::by_command(move |n, command| {
            let fate = fates.get(n).copied().unwrap_or(Fate::Answered);
            match fate {
                Fate::NotReceived => Outcome::NotSent,
                Fate::LostBeforeStoring => Outcome::Interrupted,
                Fate::LostAfterStoring => {
                    store.insert_many(&command["insertMany"]);
                    Outcome::Interrupted
                }
                Fate::Answered => Outcome::json(&store.insert_many(&command["insertMany"])),
            }
        })
    }

    fn insert_many(&self, command: &Value) -> Value {
        assert_eq!(command["options"]["returnDocumentResponses"], true);
        let ordered = command["options"]["ordered"] == true;
        let (mut responses, mut errors) = (Vec::new(), Vec::<Value>::new());
        for document in command["documents"].as_array().unwrap() {
            if ordered && !errors.is_empty() {
                responses.push(json!({"_id": document["_id"], "status": "SKIPPED"}));
                continue;
            }
            match self.insert(document) {
                Ok(id) => responses.push(json!({"_id": id, "status": "OK"})),
                Err(error) => {
                    // The server lists equal errors once.
                    let index = errors
                        .iter()
                        .position(|known| *known == error)
                        .unwrap_or(errors.len());
                    if index == errors.len() {
                        errors.push(error);
                    }
                    responses.push(
                        json!({"_id": document["_id"], "status": "ERROR", "errorsIdx": index}),
                    );
                }
            }
        }
        let mut answer = json!({"status": {"documentResponses": responses}});
        if !errors.is_empty() {
            answer["errors"] = errors.into();
        }
        answer
    }

    fn insert(&self, document: &Value) -> Result<Value, Value> {
        let error = |code: &str, family: &str| json!({"errorCode": code, "family": family, "scope": "DOCUMENT", "message": "m"});
        if document["bad"] == true {
            return Err(error("SHRED_BAD_FIELD_NAME", "REQUEST"));
        }
        if document["late"] == true {
            return Err(error("TIMEOUT_WRITING_DATA", "SERVER"));
        }
        let id = document.get("_id").cloned().unwrap_or_else(|| {
            let mut generated = self.generated.lock().unwrap();
            *generated += 1;
            json!(format!("generated-{generated}"))
        });
        if self.ids.lock().unwrap().insert(id.to_string()) {
            Ok(id)
        } else {
            Err(error("DOCUMENT_ALREADY_EXISTS", "REQUEST"))
        }
    }

    fn has(&self, id: &DocumentId) -> bool {
        self.ids
            .lock()
            .unwrap()
            .contains(&Exact::from(id.clone()).to_string())
    }
}

fn with_id(n: usize) -> Document {
    doc!({"_id": n})
}

fn partial<T>(result: astra_db::Result<T>) -> InsertManyError {
    match failure(result) {
        Error::InsertMany(error) => *error,
        other => panic!("{other}"),
    }
}

/// One letter for each outcome: Inserted, Failed, Skipped, Unknown.
fn letters(error: &InsertManyError) -> String {
    let letter = |outcome: &InsertOutcome| match outcome {
        InsertOutcome::Inserted(_) => 'I',
        InsertOutcome::Failed(_) => 'F',
        InsertOutcome::Skipped => 'S',
        InsertOutcome::Unknown(_) => 'U',
        _ => '?',
    };
    error.outcomes.iter().map(letter).collect()
}

#[tokio::test]
async fn documents_go_in_chunks_and_their_ids_come_back_in_order() {
    let store = Store::default();
    let script = store.script(Vec::new());
    let result = collection(&script)
        .insert_many((0..120).map(with_id))
        .await
        .unwrap();

    let ids: Vec<DocumentId> = (0..120_usize).map(DocumentId::from).collect();
    assert_eq!(result.inserted_ids, ids);
    let sizes: Vec<usize> = script
        .commands()
        .iter()
        .map(|command| command["insertMany"]["documents"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [50, 50, 20]);
}

#[tokio::test]
async fn borrowed_documents_may_be_inserted_and_none_is_no_request() {
    let store = Store::default();
    let script = store.script(Vec::new());
    let documents = vec![with_id(1), with_id(2)];
    collection(&script).insert_many(&documents).await.unwrap();
    let nothing: [Document; 0] = [];
    assert!(
        collection(&script)
            .insert_many(nothing)
            .await
            .unwrap()
            .inserted_ids
            .is_empty()
    );
    assert_eq!(script.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_more_requests_than_allowed_are_under_way() {
    let answer = r#"{"status":{"documentResponses":[{"_id":1,"status":"OK"}]}}"#;
    let script = Script::new(move |_| Outcome::After(Duration::from_secs(1), answer));
    let documents = (0..7).map(with_id);
    collection(&script)
        .insert_many(documents)
        .chunk_size(1)
        .concurrency(3)
        .await
        .unwrap();
    let start = script.times()[0];
    let seconds: Vec<u64> = script
        .times()
        .iter()
        .map(|time| (*time - start).as_secs())
        .collect();
    assert_eq!(seconds, [0, 0, 0, 1, 1, 1, 2]);
}

#[tokio::test]
async fn unordered_every_document_is_tried_and_each_failure_is_told_apart() {
    let store = Store::default();
    let script = store.script(Vec::new());
    let documents = vec![
        with_id(0),
        doc!({"bad": true}),
        with_id(2),
        with_id(0),
        doc!({"bad": true}),
        with_id(5),
    ];
    let error = partial(
        collection(&script)
            .insert_many(documents)
            .chunk_size(5)
            .await,
    );

    assert_eq!(letters(&error), "IFIFFI");
    let codes: Vec<(usize, ErrorCode)> = error
        .failed()
        .map(|(index, error)| (index, error.code.clone()))
        .collect();
    // 1 and 4 share one error object in the answer.
    assert_eq!(
        codes,
        [
            (1, ErrorCode::ShredBadFieldName),
            (3, ErrorCode::DocumentAlreadyExists),
            (4, ErrorCode::ShredBadFieldName)
        ]
    );
    let text = "insert_many stored 3 of 6 documents: 3 failed, 0 were skipped, 0 are unknown";
    assert_eq!(error.to_string(), text);
}

#[tokio::test]
async fn ordered_nothing_is_sent_after_the_first_failure() {
    let store = Store::default();
    let script = store.script(Vec::new());
    let documents = [
        with_id(0),
        with_id(1),
        with_id(2),
        doc!({"bad": true}),
        with_id(4),
        with_id(5),
        with_id(6),
    ];
    let error = partial(
        collection(&script)
            .insert_many(documents)
            .ordered(true)
            .chunk_size(2)
            .await,
    );

    assert_eq!(letters(&error), "IIIF");
    assert_eq!(error.skipped().collect::<Vec<_>>(), [4, 5, 6]);
    assert_eq!(script.attempts(), 2);
}

#[tokio::test]
async fn an_iterator_is_not_read_further_than_needed() {
    let store = Store::default();
    let script = store.script(Vec::new());
    let endless = [doc!({"bad": true})].into_iter().cycle();
    let error = partial(
        collection(&script)
            .insert_many(endless)
            .ordered(true)
            .chunk_size(3)
            .await,
    );
    assert_eq!(letters(&error), "FSS");
    assert_eq!(error.document_count, 3);

    let very_long = (0..u64::MAX).map(|_| doc!({"bad": true}));
    let error = partial(
        collection(&script)
            .insert_many(very_long)
            .ordered(true)
            .chunk_size(1)
            .await,
    );
    assert_eq!(error.skipped().next(), Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_chunk_without_ids_whose_answer_is_lost_is_unknown_and_the_others_go_on() {
    let store = Store::default();
    let script = store.script(vec![Fate::Answered, Fate::LostAfterStoring]);
    let documents = (0..6).map(|n| doc!({"n": n}));
    let error = partial(
        collection(&script)
            .insert_many(documents)
            .chunk_size(2)
            .concurrency(1)
            .await,
    );

    assert_eq!(letters(&error), "IIUUII");
    assert_eq!(error.unknown().collect::<Vec<_>>(), [2, 3]);
    assert_eq!(script.attempts(), 3);
    assert!(matches!(error.cause, Error::Transport(_)));
}

#[tokio::test(start_paused = true)]
async fn a_chunk_with_ids_is_sent_again_and_what_is_taken_then_is_unknown() {
    let store = Store::default();
    let script = store.script(vec![Fate::LostBeforeStoring]);
    let documents = (0..3).map(with_id);
    assert_eq!(
        collection(&script)
            .insert_many(documents)
            .await
            .unwrap()
            .inserted_ids
            .len(),
        3
    );

    let store = Store::default();
    let script = store.script(vec![Fate::LostAfterStoring]);
    let error = partial(
        collection(&script)
            .insert_many([with_id(0), doc!({"_id": 1, "bad": true})])
            .await,
    );
    assert_eq!(letters(&error), "UF");
    assert_eq!(script.attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn documents_whose_request_never_arrived_are_skipped() {
    let script = Script::of([Outcome::NotSent]);
    let error = partial(
        collection(&script)
            .insert_many([with_id(0), with_id(1)])
            .await,
    );
    assert_eq!(letters(&error), "SS");
    assert_eq!(script.attempts(), 3);
    let error = Error::InsertMany(Box::new(error));
    assert!(error.is_retryable() && !error.is_outcome_unknown());
}

#[tokio::test]
async fn an_answer_that_tells_of_each_document_is_final_even_if_its_errors_would_pass() {
    let store = Store::default();
    let script = store.script(Vec::new());
    let error = partial(
        collection(&script)
            .insert_many([with_id(0), doc!({"_id": 1, "late": true})])
            .await,
    );
    assert_eq!(letters(&error), "IU");
    assert_eq!(script.attempts(), 1);
}

#[tokio::test]
async fn a_refusal_of_the_whole_request_is_that_of_each_document() {
    let refusal = r#"{"errors":[{"errorCode":"VECTOR_SEARCH_NOT_SUPPORTED","family":"REQUEST","message":"m"}]}"#;
    let script = Script::of([Outcome::Reply(200, refusal)]);
    let error = partial(
        collection(&script)
            .insert_many([with_id(0), with_id(1)])
            .await,
    );
    assert_eq!(letters(&error), "FF");
    assert_eq!(
        Error::InsertMany(Box::new(error)).code(),
        Some(&ErrorCode::VectorSearchNotSupported)
    );
}

#[tokio::test]
async fn an_answer_that_does_not_fit_the_request_makes_its_documents_unknown() {
    for answer in [
        r#"{"status":{"insertedIds":[0,1]}}"#,
        r#"{"status":{"documentResponses":[{"_id":0,"status":"OK"}]}}"#,
        r#"{"status":{"documentResponses":[{"_id":0,"status":"ERROR"},{"_id":0,"status":"ERROR","errorsIdx":7}]}}"#,
        "{}",
    ] {
        let script = Script::of([Outcome::Reply(200, answer)]);
        let error = partial(
            collection(&script)
                .insert_many([with_id(0), with_id(1)])
                .await,
        );
        assert_eq!(letters(&error), "UU", "{answer}");
        assert!(matches!(error.cause, Error::Decode(_)), "{answer}");
    }
}

#[tokio::test]
async fn a_document_that_cannot_be_written_is_skipped_and_named() {
    let store = Store::default();
    let script = store.script(Vec::new());
    let maps: Collection<std::collections::BTreeMap<(), u8>> = scripted(&script).collection("c");
    let documents = [
        std::collections::BTreeMap::new(),
        [((), 1)].into(),
        std::collections::BTreeMap::new(),
    ];
    let error = partial(maps.insert_many(&documents).await);
    assert_eq!(letters(&error), "ISI");
    assert!(
        error.cause.to_string().contains("document 1 of insertMany"),
        "{}",
        error.cause
    );

    let error = partial(maps.insert_many(&documents).ordered(true).await);
    assert_eq!(letters(&error), "IS");
    assert_eq!(error.skipped().collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_long_load_takes_as_long_as_it_takes_unless_the_whole_is_limited() {
    let answer = r#"{"status":{"documentResponses":[{"_id":1,"status":"OK"}]}}"#;
    let script = Script::new(move |_| Outcome::After(Duration::from_secs(9), answer));
    let documents = collection(&script);
    let insert = |count| {
        let insert = documents.insert_many((0..count).map(with_id));
        insert.chunk_size(1).concurrency(1)
    };
    assert_eq!(insert(50).await.unwrap().inserted_ids.len(), 50);

    let error = partial(insert(5).timeout(Duration::from_secs(30)).await);
    // 30 s: three answers of 9 s, the fourth is cut off, the fifth is not sent.
    assert_eq!(letters(&error), "IIIUS");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chunks_go_on_while_the_documents_are_still_being_made() {
    let answer = r#"{"status":{"documentResponses":[{"_id":1,"status":"OK"}]}}"#;
    let script = Script::new(move |_| Outcome::Reply(200, answer));
    let sent = script.clone();
    // The second document is made only after the first one has arrived.
    let documents = (0..3).map(move |n| {
        while sent.attempts() < n {
            std::thread::yield_now();
        }
        with_id(n)
    });
    let insert = collection(&script).insert_many(documents).chunk_size(1);
    assert_eq!(insert.await.unwrap().inserted_ids.len(), 3);
}

fn any_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        3 => Just(Fate::Answered),
        1 => Just(Fate::NotReceived),
        1 => Just(Fate::LostBeforeStoring),
        1 => Just(Fate::LostAfterStoring),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_is_lost_the_outcomes_agree_with_the_store(
        ids in prop::collection::vec(prop_oneof![4 => (0..40_u32).prop_map(Some), 1 => Just(None)], 1..40),
        bad in prop::collection::btree_set(0..40_usize, 0..4),
        fates in prop::collection::vec(any_fate(), 0..20),
        taken in prop::collection::btree_set(0..40_u32, 0..5),
        ordered: bool,
        chunk_size in 1..10_usize,
    ) {
        let store = Store::default();
        store.ids.lock().unwrap().extend(taken.iter().map(ToString::to_string));
        let document = |(index, id): (usize, &Option<u32>)| {
            let is_bad = bad.contains(&index);
            id.map_or_else(|| doc!({"bad": is_bad}), |id| doc!({"_id": id, "bad": is_bad}))
        };
        let documents: Vec<Document> = ids.iter().enumerate().map(document).collect();
        let script = store.script(fates);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let result = runtime.block_on(async {
            collection(&script).insert_many(&documents).ordered(ordered).chunk_size(chunk_size).await
        });

        let outcomes = match result {
            Ok(result) => result.inserted_ids.into_iter().map(InsertOutcome::Inserted).collect(),
            Err(Error::InsertMany(error)) => error.outcomes,
            Err(other) => panic!("{other}"),
        };
        prop_assert!(ordered || outcomes.len() == documents.len());
        let inserted: Vec<&DocumentId> =
            outcomes.iter().filter_map(|outcome| if let InsertOutcome::Inserted(id) = outcome { Some(id) } else { None }).collect();
        for id in &inserted {
            prop_assert!(store.has(id));
            let is_taken = id.as_i64().is_some_and(|id| taken.contains(&u32::try_from(id).unwrap()));
            prop_assert!(!is_taken, "{} was there before", id);
        }
        // Every stored document was reported as stored or as unknown.
        let unknown = outcomes.iter().filter(|outcome| matches!(outcome, InsertOutcome::Unknown(_))).count();
        let stored = store.ids.lock().unwrap().len() - taken.len();
        prop_assert!(inserted.len() <= stored && stored <= inserted.len() + unknown, "{} {} {}", inserted.len(), stored, unknown);
        if ordered {
            let first_other = outcomes.iter().position(|outcome| !matches!(outcome, InsertOutcome::Inserted(_)));
            let later_inserted = first_other.is_some_and(|first| outcomes[first..].iter().any(|outcome| matches!(outcome, InsertOutcome::Inserted(_))));
            prop_assert!(!later_inserted, "{:?}", outcomes);
        }
    }
}
