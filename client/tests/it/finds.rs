//! `find` with its cursor, `find_one`, and the commands that find and change.

use std::time::Duration;

use astra_db::{
    Collection, Document, Error, ErrorCode, PageState, ReturnDocument, Sort, Timestamp, Vector, doc,
};
use futures_util::{StreamExt, TryStreamExt};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Outcome, Script, collection, failure, scripted};

/// A find over 0..count, in pages of `size`; the page states are places.
fn pages(count: usize, size: usize) -> Script {
    Script::by_command(move |_, command| {
        let state = command["find"]["options"]["pageState"].as_str();
        let first: usize = state.map_or(0, |state| state.parse().unwrap());
        let last = (first + size).min(count);
        let documents: Vec<Value> = (first..last).map(|n| json!({"_id": n})).collect();
        let next = (last < count).then(|| last.to_string());
        Outcome::json(&json!({"data": {"documents": documents, "nextPageState": next}}))
    })
}

fn ids(documents: &[Document]) -> Vec<i64> {
    documents
        .iter()
        .map(|document| document.get("_id").unwrap().as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn everything_a_find_can_ask_is_sent_and_nothing_else() {
    let script = Script::of([Outcome::Reply(
        200,
        r#"{"data":{"documents":[],"nextPageState":null}}"#,
    )]);
    let products = collection(&script);
    products.find(json!({})).await.unwrap();
    products
        .find(json!({"price": {"$lt": 400}}))
        .sort([("price", 1), ("a", -1)])
        .projection(json!({"name": 1}))
        .skip(5)
        .limit(10)
        .include_similarity(true)
        .page_state("state")
        .await
        .unwrap();

    let bodies: Vec<String> = script
        .requests()
        .iter()
        .map(|request| String::from_utf8(request.body.to_vec()).unwrap())
        .collect();
    assert_eq!(bodies[0], r#"{"find":{"filter":{},"options":{}}}"#);
    assert_eq!(
        bodies[1],
        r#"{"find":{"filter":{"price":{"$lt":400}},"sort":{"price":1,"a":-1},"projection":{"name":1},"#.to_owned()
            + r#""options":{"limit":10,"skip":5,"includeSimilarity":true,"pageState":"state"}}}"#
    );
}

#[tokio::test]
async fn every_page_is_asked_with_the_same_filter_and_limit() {
    let script = pages(7, 3);
    let found = collection(&script)
        .find(json!({"a": 1}))
        .limit(100)
        .await
        .unwrap()
        .all()
        .await
        .unwrap();
    assert_eq!(ids(&found), [0, 1, 2, 3, 4, 5, 6]);
    let commands = script.commands();
    assert_eq!(commands.len(), 3);
    for command in &commands {
        assert_eq!(command["find"]["filter"], json!({"a": 1}));
        assert_eq!(command["find"]["options"]["limit"], 100);
    }
    assert_eq!(commands[0]["find"]["options"].get("pageState"), None);
    assert_eq!(commands[2]["find"]["options"]["pageState"], "6");
}

#[tokio::test]
async fn all_the_first_and_a_stream_need_no_cursor() {
    let script = pages(5, 2);
    let products = collection(&script);
    let all = products.find(json!({})).all().await.unwrap();
    assert_eq!(ids(&all), [0, 1, 2, 3, 4]);

    let first = products.find(json!({})).sort([("a", 1)]).first().await;
    assert_eq!(ids(&[first.unwrap().unwrap()]), [0]);
    let command = script.commands().pop().unwrap();
    assert_eq!(command["find"]["options"]["limit"], 1);
    let none = collection(&pages(0, 2)).find(json!({})).first().await;
    assert_eq!(none.unwrap(), None);

    let asked = script.commands().len();
    let mut stream = products.find(json!({})).stream();
    assert_eq!(script.commands().len(), asked, "nothing is sent before");
    let mut streamed = Vec::new();
    while let Some(document) = stream.try_next().await.unwrap() {
        streamed.push(document);
    }
    assert_eq!(ids(&streamed), [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn an_empty_page_is_not_the_end() {
    let answers = [
        r#"{"data":{"documents":[],"nextPageState":"1"}}"#,
        r#"{"data":{"documents":[{"_id":1}],"nextPageState":"2"}}"#,
        r#"{"data":{"documents":[],"nextPageState":"3"}}"#,
        r#"{"data":{"documents":[{"_id":2}],"nextPageState":null}}"#,
    ];
    let script = || Script::of(answers.map(|answer| Outcome::Reply(200, answer)));
    let all = collection(&script())
        .find(json!({}))
        .await
        .unwrap()
        .all()
        .await
        .unwrap();
    assert_eq!(ids(&all), [1, 2]);

    let mut cursor = collection(&script()).find(json!({})).await.unwrap();
    let mut sizes = Vec::new();
    while let Some(page) = cursor.next_page().await.unwrap() {
        sizes.push(page.items.len());
    }
    assert_eq!(sizes, [1, 1]);

    let streamed: Vec<Document> = collection(&script())
        .find(json!({}))
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids(&streamed), [1, 2]);
}

#[tokio::test]
async fn a_find_resumes_where_a_page_or_a_cursor_stopped() {
    let script = pages(5, 2);
    let products = collection(&script);
    let first = products.find(json!({})).page().await.unwrap();
    assert_eq!(ids(&first.items), [0, 1]);
    // The state travels as text.
    let link = serde_json::to_string(&first.next_page_state.unwrap()).unwrap();
    let state: PageState = serde_json::from_str(&link).unwrap();
    let mut cursor = products.find(json!({})).page_state(state).await.unwrap();
    assert_eq!(ids(&[cursor.try_next().await.unwrap().unwrap()]), [2]);
    assert_eq!(cursor.buffered_count(), 1);
    assert_eq!(cursor.page_state(), Some(&PageState::from("4")));
    assert_eq!(ids(&cursor.take_buffered()), [3]);
    assert_eq!(ids(&cursor.all().await.unwrap()), [4]);
}

#[tokio::test]
async fn after_an_error_a_cursor_ends_and_tells_where() {
    let refusal =
        r#"{"errors":[{"errorCode":"UNEXPECTED_DRIVER_ERROR","family":"SERVER","message":"m"}]}"#;
    let page = r#"{"data":{"documents":[{"_id":1}],"nextPageState":"s"}}"#;
    let script = Script::of([Outcome::Reply(200, page), Outcome::Reply(200, refusal)]);
    let mut cursor = collection(&script).find(json!({})).await.unwrap();
    assert!(cursor.next().await.unwrap().is_ok());
    let error = cursor.next().await.unwrap().unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::UnexpectedDriverError));
    assert!(cursor.next().await.is_none());
    assert_eq!(cursor.page_state(), Some(&PageState::from("s")));
    assert_eq!(script.attempts(), 4, "one page, three attempts at the next");
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_of_a_cursor_is_that_of_each_page() {
    let page = r#"{"data":{"documents":[{"_id":1}],"nextPageState":"s"}}"#;
    let last = r#"{"data":{"documents":[{"_id":1}],"nextPageState":null}}"#;
    let script = Script::new(move |n| {
        Outcome::After(Duration::from_secs(9), if n < 9 { page } else { last })
    });
    let all = collection(&script)
        .find(json!({}))
        .await
        .unwrap()
        .all()
        .await
        .unwrap();
    assert_eq!(all.len(), 10);
}

#[tokio::test(start_paused = true)]
async fn prefetching_asks_for_the_next_page_before_it_is_needed() {
    for (prefetch, requests) in [(false, 1), (true, 2)] {
        let script = pages(9, 3);
        let mut cursor = collection(&script)
            .find(json!({}))
            .prefetch(prefetch)
            .await
            .unwrap();
        cursor.try_next().await.unwrap();
        assert_eq!(script.attempts(), requests);
        assert_eq!(cursor.page_state(), Some(&PageState::from("3")));
        assert_eq!(cursor.all().await.unwrap().len(), 8);
        assert_eq!(script.attempts(), 3);
    }
}

#[tokio::test]
async fn the_sort_vector_is_asked_for_only_where_there_is_one() {
    let answer = r#"{"data":{"documents":[{"_id":1,"$similarity":0.5}],"nextPageState":null},
        "status":{"sortVector":[1.0,0.5],"warnings":[{"errorCode":"MISSING_INDEX","message":"m"}]}}"#;
    let script = Script::of([Outcome::Reply(200, answer)]);
    let products = collection(&script);
    // With it, the server would end an unsorted find after its first page.
    products
        .find(json!({}))
        .sort([("a", 1)])
        .include_sort_vector(true)
        .await
        .unwrap();
    assert_eq!(script.commands()[0]["find"]["options"], json!({}));

    let cursor = products
        .find(json!({}))
        .sort(Sort::vector([1.0, 0.5]))
        .include_sort_vector(true)
        .await
        .unwrap();
    assert_eq!(
        script.commands()[1]["find"]["sort"],
        json!({"$vector": {"$binary": "P4AAAD8AAAA="}})
    );
    assert_eq!(
        script.commands()[1]["find"]["options"],
        json!({"includeSortVector": true})
    );
    assert_eq!(cursor.sort_vector(), Some(&Vector::from([1.0, 0.5])));
    assert_eq!(cursor.warnings().len(), 1);
}

#[tokio::test]
async fn a_document_that_does_not_fit_its_type_is_named_by_its_place() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Product {
        price: u32,
        added: Timestamp,
    }
    for (wrong, path) in [
        (
            r#"{"price":"1","added":{"$date":1}}"#,
            "data.documents[1].price",
        ),
        (r#"{"price":1,"added":"today"}"#, "data.documents[1].added"),
    ] {
        let answer = format!(
            r#"{{"data":{{"documents":[{{"price":1,"added":{{"$date":1}}}},{wrong}],"nextPageState":null}}}}"#
        );
        let script = Script::of([Outcome::Reply(200, answer.leak())]);
        let products: Collection<Product> = scripted(&script).collection("c");
        let page = products.find(json!({})).page().await.unwrap();
        assert_eq!(page.unfit[0].path, path);
    }
}

#[tokio::test]
async fn a_filter_that_is_no_object_is_never_sent() {
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let products = collection(&script);
    for filter in [json!(null), json!([]), json!("a"), json!(1)] {
        let errors = [
            failure(products.find(&filter).await),
            failure(products.find_one(&filter).await),
            failure(products.delete_many(&filter).await),
            failure(products.delete_one(&filter).await),
            failure(products.update_many(&filter, json!({})).await),
            failure(products.update_one(json!({}), &filter).await),
            failure(products.count_documents(&filter, 1).await),
            failure(products.find_one_and_delete(&filter).await),
            failure(products.find(json!({})).projection(&filter).await),
        ];
        for error in errors {
            assert!(matches!(error, Error::Config(_)), "{filter}: {error}");
        }
    }
    assert_eq!(script.attempts(), 0);
}

#[tokio::test]
async fn find_one_answers_the_document_or_none() {
    let script = Script::of([
        Outcome::Reply(200, r#"{"data":{"document":null}}"#),
        Outcome::Reply(
            200,
            r#"{"data":{"document":{"_id":1,"$similarity":0.25}},"status":{"sortVector":[0.5]}}"#,
        ),
    ]);
    let products = collection(&script);
    assert_eq!(products.find_one(json!({"_id": 1})).await.unwrap(), None);
    assert_eq!(
        script.commands()[0],
        json!({"findOne": {"filter": {"_id": 1}, "options": {}}})
    );

    let found = products
        .find_one(json!({}))
        .sort(Sort::vectorize("tea"))
        .projection(json!({"name": 1}))
        .include_similarity(true)
        .include_sort_vector(true)
        .details()
        .await
        .unwrap()
        .into_value();
    assert_eq!(
        found.document.unwrap().get("$similarity").unwrap().as_f64(),
        Some(0.25)
    );
    assert_eq!(found.sort_vector, Some(Vector::from([0.5])));
    assert_eq!(
        script.commands()[1],
        json!({"findOne": {"filter": {}, "sort": {"$vectorize": "tea"}, "projection": {"name": 1},
            "options": {"includeSimilarity": true, "includeSortVector": true}}})
    );
}

#[tokio::test]
async fn documents_found_and_changed_come_back_with_what_was_done() {
    let script = Script::of([
        Outcome::Reply(
            200,
            r#"{"data":{"document":{"_id":1,"n":2}},"status":{"matchedCount":1,"modifiedCount":1}}"#,
        ),
        Outcome::Reply(
            200,
            r#"{"data":{"document":null},"status":{"matchedCount":0,"modifiedCount":0,"upsertedId":"x"}}"#,
        ),
        Outcome::Reply(
            200,
            r#"{"data":{"document":{"_id":1}},"status":{"deletedCount":1}}"#,
        ),
    ]);
    let counters = collection(&script);
    let update = counters
        .find_one_and_update(json!({"_id": 1}), json!({"$inc": {"n": 1}}))
        .sort([("n", -1)])
        .return_document(ReturnDocument::After);
    assert_eq!(update.await.unwrap(), Some(doc!({"_id": 1, "n": 2})));
    let replaced = counters
        .find_one_and_replace(json!({}), doc!({"n": 1}))
        .upsert(true)
        .details()
        .await
        .unwrap();
    assert_eq!(replaced.document, None);
    assert_eq!(replaced.result.upserted_id, Some("x".into()));
    assert!(
        counters
            .find_one_and_delete(json!({"_id": 1}))
            .projection(json!({"_id": 1}))
            .await
            .unwrap()
            .is_some()
    );

    assert_eq!(
        script.commands(),
        [
            json!({"findOneAndUpdate": {"filter": {"_id": 1}, "update": {"$inc": {"n": 1}}, "sort": {"n": -1},
                "options": {"returnDocument": "after", "upsert": false}}}),
            json!({"findOneAndReplace": {"filter": {}, "replacement": {"n": 1},
                "options": {"returnDocument": "before", "upsert": true}}}),
            // The server refuses findOneAndDelete with options, even empty ones.
            json!({"findOneAndDelete": {"filter": {"_id": 1}, "projection": {"_id": 1}}}),
        ]
    );
}

/// Only has to compile: handlers of web servers and spawned tasks need futures that are `Send`.
#[tokio::test]
async fn every_action_can_run_on_another_thread() {
    fn sent<T: Send>(_: &T) {}

    let script = Script::of([Outcome::Reply(
        200,
        r#"{"data":{"documents":[],"nextPageState":null}}"#,
    )]);
    let documents = collection(&script);
    let (many, filter) = (vec![doc!({"_id": 1})], json!({}));
    let find = documents.clone();
    let task = tokio::spawn(async move {
        let mut cursor = find.find(json!({})).await?;
        while let Some(document) = cursor.try_next().await? {
            drop(document);
        }
        cursor.next_page().await?;
        find.find(json!({})).page().await?;
        cursor.all().await
    });
    assert!(task.await.unwrap().unwrap().is_empty());
    let borrowed = async {
        documents.insert_many(&many).await?;
        documents
            .insert_many(many.iter().filter(|document| !document.is_empty()))
            .await?;
        documents.update_many(&filter, &filter).await?;
        documents.delete_many(&filter).await?;
        documents.distinct("a", &filter).await?;
        documents.find_one(&filter).details().await?;
        documents
            .find_one_and_update(&filter, &filter)
            .details()
            .await?;
        documents.replace_one(&filter, &many[0]).await
    };
    sent(&borrowed);
}
