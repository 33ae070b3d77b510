//! Finding: pages, sorts, projections, different values.

use std::collections::BTreeSet;

use astra_db::{Collection, Database, Document, ErrorCode, PageState, Value, doc};
use futures_util::TryStreamExt;
use serde_json::json;

use super::{everywhere, new_collection};

async fn numbers(database: &Database, count: u32) -> Collection {
    let documents = new_collection(database).await;
    let number = |n| doc!({"_id": n, "n": n, "even": n % 2 == 0, "tags": [n % 7, {"k": n % 3}]});
    documents
        .insert_many((0..count).map(number))
        .chunk_size(100)
        .await
        .unwrap();
    documents
}

fn ids(documents: impl IntoIterator<Item = Document>) -> Vec<i64> {
    let id = |document: Document| document.get("_id").and_then(Value::as_i64).unwrap();
    documents.into_iter().map(id).collect()
}

#[tokio::test]
async fn a_cursor_brings_every_document_once() {
    everywhere(async |db| {
        let documents = numbers(&db, 175).await;
        let all: BTreeSet<i64> = (0..175).collect();
        for prefetch in [false, true] {
            let cursor = documents.find(json!({})).prefetch(prefetch).await.unwrap();
            let found: Vec<Document> = cursor.try_collect().await.unwrap();
            assert_eq!(found.len(), 175);
            assert_eq!(ids(found).into_iter().collect::<BTreeSet<_>>(), all);
        }
        let even = documents
            .find(json!({"even": true}))
            .await
            .unwrap()
            .all()
            .await
            .unwrap();
        assert_eq!(even.len(), 88);
        let limited = documents
            .find(json!({}))
            .limit(120)
            .await
            .unwrap()
            .all()
            .await
            .unwrap();
        assert_eq!(limited.len(), 120);
    })
    .await;
}

#[tokio::test]
async fn pages_can_be_asked_for_one_by_one() {
    everywhere(async |db| {
        let documents = numbers(&db, 120).await;
        let mut found = Vec::new();
        let mut state: Option<PageState> = None;
        loop {
            let mut find = documents.find(json!({"n": {"$lt": 110}}));
            if let Some(state) = state.take() {
                find = find.page_state(state);
            }
            let page = find.page().await.unwrap();
            found.extend(ids(page.items));
            match page.next_page_state {
                Some(next) => state = Some(next),
                None => break,
            }
        }
        found.sort_unstable();
        assert_eq!(found, (0..110).collect::<Vec<_>>());

        let mut cursor = documents.find(json!({})).await.unwrap();
        let first = cursor.next_page().await.unwrap().unwrap();
        let rest = documents
            .find(json!({}))
            .page_state(first.next_page_state.unwrap())
            .await
            .unwrap();
        assert_eq!(first.items.len() + rest.all().await.unwrap().len(), 120);
    })
    .await;
}

#[tokio::test]
async fn a_sort_answers_fifty_at_most_and_skips_on() {
    everywhere(async |db| {
        let documents = numbers(&db, 80).await;
        let sorted = |skip| {
            documents
                .find(json!({}))
                .sort([("even", 1), ("n", -1)])
                .skip(skip)
                .limit(100)
        };
        let first = ids(sorted(0).await.unwrap().all().await.unwrap());
        let second = ids(sorted(50).await.unwrap().all().await.unwrap());
        let odd = (0..80).rev().filter(|n| n % 2 == 1);
        let even = (0..80).rev().filter(|n| n % 2 == 0);
        assert_eq!(first.len(), 50);
        assert_eq!(
            [first, second].concat(),
            odd.chain(even).collect::<Vec<i64>>()
        );
    })
    .await;
}

#[tokio::test]
async fn a_projection_answers_what_it_names() {
    everywhere(async |db| {
        let documents = numbers(&db, 1).await;
        let found = documents
            .find_one(json!({}))
            .projection(json!({"even": 1}))
            .await
            .unwrap();
        assert_eq!(found, Some(doc!({"_id": 0, "even": true})));
        let found = documents
            .find_one(json!({}))
            .projection(json!({"tags": 0, "_id": 0}))
            .await
            .unwrap();
        assert_eq!(found, Some(doc!({"n": 0, "even": true})));
    })
    .await;
}

#[tokio::test]
async fn different_values_are_gathered_from_all_documents() {
    everywhere(async |db| {
        let documents = numbers(&db, 120).await;
        let mut remainders: Vec<i64> = documents
            .distinct("tags.0", json!({}))
            .await
            .unwrap()
            .iter()
            .filter_map(Value::as_i64)
            .collect();
        remainders.sort_unstable();
        assert_eq!(remainders, (0..7).collect::<Vec<_>>());
        assert_eq!(
            documents
                .distinct("tags.k", json!({"n": {"$lt": 2}}))
                .await
                .unwrap()
                .len(),
            2
        );
        assert_eq!(
            documents.distinct("_id", json!({})).await.unwrap().len(),
            120
        );
    })
    .await;
}

#[tokio::test]
async fn what_the_server_refuses_comes_as_its_code() {
    everywhere(async |db| {
        let documents = numbers(&db, 1).await;
        let error = documents
            .find(json!({"a": {"$nope": 1}}))
            .await
            .unwrap_err();
        assert_eq!(error.code(), Some(&ErrorCode::FilterUnsupportedOperator));
        let error = documents.find(json!({})).skip(1).await.unwrap_err();
        assert_eq!(error.code(), Some(&ErrorCode::CommandFieldValueInvalid));
        let error = documents
            .find(json!({}))
            .page_state("nonsense")
            .await
            .unwrap_err();
        assert_eq!(error.code(), Some(&ErrorCode::UnexpectedDriverError));
    })
    .await;
}
