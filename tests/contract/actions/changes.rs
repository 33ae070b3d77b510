//! Updates, replacements, deletions.

use astra_db::{DocumentId, Error, ReturnDocument, Value, doc};
use futures_util::future::join_all;
use serde_json::json;

use super::{everywhere, new_collection};

#[tokio::test]
async fn an_update_tells_whether_it_matched_and_whether_it_changed() {
    everywhere(async |db| {
        let carts = new_collection(&db).await;
        carts
            .insert_one(doc!({"_id": "c", "status": "open", "n": 1}))
            .await
            .unwrap();
        let guarded = json!({"_id": "c", "status": "open"});
        let close = json!({"$set": {"status": "closed"}});

        let first = carts.update_one(&guarded, &close).await.unwrap();
        assert_eq!((first.matched_count, first.modified_count), (1, 1));
        let second = carts.update_one(&guarded, &close).await.unwrap();
        assert_eq!((second.matched_count, second.modified_count), (0, 0));
        let unchanged = carts.update_one(json!({"_id": "c"}), &close).await.unwrap();
        assert_eq!(
            (
                unchanged.matched_count,
                unchanged.modified_count,
                unchanged.upserted_id
            ),
            (1, 0, None)
        );

        let upserted = carts
            .update_one(json!({"_id": "d", "a": 1}), json!({"$set": {"b": 2}}))
            .upsert(true)
            .await
            .unwrap();
        assert_eq!((upserted.matched_count, upserted.modified_count), (0, 0));
        assert_eq!(upserted.upserted_id, Some("d".into()));
        assert_eq!(
            carts.find_one(json!({"_id": "d"})).await.unwrap(),
            Some(doc!({"_id": "d", "a": 1, "b": 2}))
        );
    })
    .await;
}

#[tokio::test]
async fn a_sort_decides_which_of_several_is_meant() {
    everywhere(async |db| {
        let jobs = new_collection(&db).await;
        jobs.insert_many((0..5).map(|n| doc!({"_id": n, "n": n})))
            .await
            .unwrap();
        jobs.update_one(json!({}), json!({"$set": {"last": true}}))
            .sort([("n", -1)])
            .await
            .unwrap();
        let taken = jobs
            .find_one_and_delete(json!({}))
            .sort([("n", 1)])
            .await
            .unwrap();
        assert_eq!(taken, Some(doc!({"_id": 0, "n": 0})));
        jobs.delete_one(json!({})).sort([("n", 1)]).await.unwrap();
        jobs.replace_one(json!({}), doc!({"n": 100}))
            .sort([("n", 1)])
            .await
            .unwrap();
        let left = jobs
            .find(json!({}))
            .sort([("n", 1)])
            .await
            .unwrap()
            .all()
            .await
            .unwrap();
        assert_eq!(
            left,
            [
                doc!({"_id": 3, "n": 3}),
                doc!({"_id": 4, "n": 4, "last": true}),
                doc!({"_id": 2, "n": 100})
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn changes_of_many_go_on_until_all_are_changed() {
    everywhere(async |db| {
        let documents = new_collection(&db).await;
        documents
            .insert_many((0..130).map(|n| doc!({"_id": n, "even": n % 2 == 0})))
            .await
            .unwrap();
        let result = documents
            .update_all(json!({"$inc": {"n": 1}}))
            .await
            .unwrap();
        assert_eq!((result.matched_count, result.modified_count), (130, 130));
        // Documents that stop matching on the way are no trouble.
        let result = documents
            .update_many(json!({"even": true}), json!({"$set": {"even": false}}))
            .await
            .unwrap();
        assert_eq!((result.matched_count, result.modified_count), (65, 65));
        assert_eq!(
            documents
                .count_documents(json!({"n": 1, "even": false}), 1000)
                .await
                .unwrap(),
            130
        );
        let upserted = documents
            .update_many(json!({"n": 7}), json!({"$set": {"m": 1}}))
            .upsert(true)
            .await
            .unwrap();
        assert!(upserted.upserted_id.is_some());

        let deleted = documents
            .delete_many(json!({"_id": {"$gte": 30}}))
            .await
            .unwrap();
        assert_eq!(deleted.deleted_count, Some(100));
        assert_eq!(
            documents
                .delete_many(json!({"n": 9}))
                .await
                .unwrap()
                .deleted_count,
            Some(0)
        );
        assert_eq!(documents.delete_all().await.unwrap().deleted_count, None);
        assert_eq!(documents.count_documents(json!({}), 10).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_change_of_many_that_fails_on_the_way_tells_how_far_it_came() {
    everywhere(async |db| {
        let documents = new_collection(&db).await;
        // $inc of a text is refused, wherever in the order it comes.
        let number = |n| {
            if n < 119 {
                doc!({"_id": n, "n": n})
            } else {
                doc!({"_id": n, "n": "text"})
            }
        };
        documents.insert_many((0..120).map(number)).await.unwrap();
        let error = documents
            .update_all(json!({"$inc": {"n": 1}}))
            .await
            .unwrap_err();
        let told = if let Error::UpdateMany(partial) = &error {
            partial.modified_count
        } else {
            0
        };
        assert!(error.api().is_some(), "{error}");
        let changed = documents
            .find(json!({"_id": {"$lt": 119}}))
            .await
            .unwrap()
            .all()
            .await
            .unwrap();
        let changed = changed
            .iter()
            .filter(|document| document.get("n") != document.get("_id"))
            .count();
        assert!(told <= changed as u64, "{told} told, {changed} changed");
    })
    .await;
}

#[tokio::test]
async fn a_replacement_keeps_the_id_and_nothing_else() {
    everywhere(async |db| {
        let settings = new_collection(&db).await;
        settings
            .insert_one(doc!({"_id": 1, "a": 1, "b": 2}))
            .await
            .unwrap();
        let replaced = settings
            .replace_one(json!({"_id": 1}), doc!({"c": 3}))
            .await
            .unwrap();
        assert_eq!((replaced.matched_count, replaced.modified_count), (1, 1));
        assert_eq!(
            settings.find_one(json!({"_id": 1})).await.unwrap(),
            Some(doc!({"_id": 1, "c": 3}))
        );
        let stored = settings
            .replace_one(json!({"_id": 2}), doc!({"d": 4}))
            .upsert(true)
            .await
            .unwrap();
        assert_eq!(stored.upserted_id, Some(2.into()));
        let other_id = settings
            .replace_one(json!({"_id": 1}), doc!({"_id": 5}))
            .await
            .unwrap_err();
        assert_eq!(
            other_id.code().map(astra_db::ErrorCode::as_str),
            Some("DOCUMENT_REPLACE_DIFFERENT_DOCID")
        );
    })
    .await;
}

#[tokio::test]
async fn a_document_comes_back_before_or_after_its_change() {
    everywhere(async |db| {
        let counters = new_collection(&db).await;
        let increment = || {
            counters
                .find_one_and_update(json!({"_id": "v"}), json!({"$inc": {"n": 1}}))
                .upsert(true)
        };
        assert_eq!(increment().await.unwrap(), None);
        assert_eq!(increment().await.unwrap(), Some(doc!({"_id": "v", "n": 1})));
        let after = increment()
            .return_document(ReturnDocument::After)
            .projection(json!({"_id": 0}))
            .details()
            .await
            .unwrap();
        assert_eq!(after.document, Some(doc!({"n": 3})));
        assert_eq!(
            (after.result.matched_count, after.result.modified_count),
            (1, 1)
        );

        let replaced = counters.find_one_and_replace(json!({"_id": "v"}), doc!({"m": 0}));
        let replaced = replaced
            .return_document(ReturnDocument::After)
            .await
            .unwrap();
        assert_eq!(replaced, Some(doc!({"_id": "v", "m": 0})));
        assert!(
            counters
                .find_one_and_delete(json!({"_id": "v"}))
                .await
                .unwrap()
                .is_some()
        );
        assert_eq!(
            counters
                .find_one_and_delete(json!({"_id": "v"}))
                .await
                .unwrap(),
            None
        );
    })
    .await;
}

#[tokio::test]
async fn no_change_is_lost_when_many_make_one_at_a_time() {
    everywhere(async |db| {
        let counters = new_collection(&db).await;
        counters
            .insert_one(doc!({"_id": "n", "n": 0}))
            .await
            .unwrap();
        let add = async || {
            let mut seen = Vec::new();
            for _ in 0..10 {
                let update =
                    counters.find_one_and_update(json!({"_id": "n"}), json!({"$inc": {"n": 1}}));
                let counter = update
                    .return_document(ReturnDocument::After)
                    .await
                    .unwrap()
                    .unwrap();
                seen.push(counter.get("n").and_then(Value::as_i64).unwrap());
            }
            seen
        };
        let mut seen: Vec<i64> = join_all((0..20).map(|_| add())).await.concat();
        seen.sort_unstable();
        assert_eq!(seen, (1..=200).collect::<Vec<_>>());

        let one = doc!({"_id": "once"});
        let outcomes = join_all((0..20).map(|_| async { counters.insert_one(&one).await })).await;
        let stored: Vec<DocumentId> = outcomes
            .iter()
            .flatten()
            .map(|result| result.inserted_id.clone())
            .collect();
        assert_eq!(stored, ["once".into()]);
        assert!(
            outcomes
                .iter()
                .filter_map(|outcome| outcome.as_ref().err())
                .all(Error::is_already_exists)
        );
    })
    .await;
}
