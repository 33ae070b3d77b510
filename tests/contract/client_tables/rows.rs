//! Rows: written, read in order and in pages, changed and deleted.

use std::collections::BTreeSet;

use astra_db::schema::{ColumnType, Order, TableDefinition};
use astra_db::table::{Timestamp, Uuid};
use astra_db::{Database, Error, ErrorCode, InsertOutcome, Row, Sort, Table, Value, Vector};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::everywhere;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Review {
    vehicle: Uuid,
    at: Timestamp,
    rating: Option<i32>,
    tags: BTreeSet<String>,
    embedding: Option<Vector>,
}

/// What tells reviews apart.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Key {
    vehicle: Uuid,
    at: Timestamp,
}

async fn new_table(db: &Database) -> Table<Review> {
    let definition = TableDefinition::default()
        .column("vehicle", ColumnType::Uuid)
        .column("at", ColumnType::Timestamp)
        .column("rating", ColumnType::Int)
        .column("tags", ColumnType::set(ColumnType::Text))
        .column("embedding", ColumnType::vector(2))
        .partition_by(["vehicle"])
        .partition_sort("at", Order::Descending);
    let made = db.create_table("reviews", definition).await.unwrap();
    made.clone_with_type()
}

fn review(vehicle: Uuid, n: i64) -> Review {
    Review {
        vehicle,
        at: Timestamp::from_millis(n),
        rating: i32::try_from(n % 5).ok(),
        tags: BTreeSet::from([format!("tag {}", n % 3)]),
        embedding: None,
    }
}

#[tokio::test]
async fn inserting_answers_a_typed_key_and_writes_over_what_was_there() {
    everywhere(async |db| {
        let reviews = new_table(&db).await;
        let first = review(Uuid::now_v7(), 1);
        let key: Key = reviews
            .insert_one(&first)
            .await
            .unwrap()
            .inserted_id
            .decode()
            .unwrap();
        let Key { vehicle, at } = &key;
        assert_eq!((*vehicle, *at), (first.vehicle, first.at));

        let row = Row::encode(&key).unwrap().with("rating", 5);
        reviews
            .clone_with_type::<Row>()
            .insert_one(row)
            .await
            .unwrap();
        let merged = reviews.find_one(&key).await.unwrap().unwrap();
        assert_eq!(
            merged,
            Review {
                rating: Some(5),
                ..first.clone()
            }
        );
        reviews
            .insert_one(Review {
                rating: None,
                ..first
            })
            .await
            .unwrap();
        assert_eq!(reviews.find_one(&key).await.unwrap().unwrap().rating, None);
    })
    .await;
}

#[tokio::test]
async fn many_rows_come_back_in_clustering_order_either_way_in_pages() {
    everywhere(async |db| {
        let reviews = new_table(&db).await;
        let (vehicle, other) = (Uuid::now_v7(), Uuid::now_v7());
        let rows = (0..230)
            .map(|n| review(vehicle, n))
            .chain([review(other, 7)]);
        let stored = reviews.insert_many(rows).chunk_size(20).await.unwrap();
        assert_eq!(stored.inserted_ids.len(), 231);
        assert_eq!(
            stored.inserted_ids[3].read::<Timestamp>("at").unwrap(),
            Timestamp::from_millis(3)
        );

        let times = |rows: Vec<Review>| {
            rows.iter()
                .map(|row| row.at.as_millis())
                .collect::<Vec<_>>()
        };
        let of_vehicle = || reviews.find(json!({"vehicle": vehicle}));
        let stored_order = times(of_vehicle().await.unwrap().all().await.unwrap());
        assert_eq!(stored_order, (0..230).rev().collect::<Vec<_>>());
        let reversed = of_vehicle()
            .sort([("at", 1)])
            .prefetch(true)
            .await
            .unwrap()
            .all()
            .await
            .unwrap();
        assert_eq!(times(reversed), (0..230).collect::<Vec<_>>());

        let page = of_vehicle().limit(60).page().await.unwrap();
        assert!(page.warnings.is_empty(), "{:?}", page.warnings);
        let state = page.next_page_state.expect("a second page");
        let rest = of_vehicle()
            .limit(60)
            .page_state(state)
            .page()
            .await
            .unwrap();
        let walked: Vec<i64> = times(page.items)
            .into_iter()
            .chain(times(rest.items))
            .collect();
        assert_eq!(walked, (170..230).rev().collect::<Vec<_>>());
        assert_eq!(rest.next_page_state, None);

        let filter = json!({"vehicle": vehicle, "at": {"$gte": Timestamp::from_millis(228)}});
        assert_eq!(
            reviews
                .find(filter)
                .await
                .unwrap()
                .all()
                .await
                .unwrap()
                .len(),
            2
        );
    })
    .await;
}

#[tokio::test]
async fn what_costs_a_scan_or_a_sort_in_memory_is_told() {
    everywhere(async |db| {
        let reviews = new_table(&db).await;
        let vehicle = Uuid::now_v7();
        reviews
            .insert_many((0..70).map(|n| review(vehicle, n)))
            .await
            .unwrap();
        let codes = |warnings: &[astra_db::ApiError]| {
            warnings
                .iter()
                .map(|warning| warning.code.to_string())
                .collect::<Vec<_>>()
        };
        let all = reviews.find_one(json!({})).details().await.unwrap();
        assert_eq!(codes(&all.warnings), ["ZERO_FILTER_OPERATIONS"]);
        let by_rating = reviews.find(json!({"rating": 3})).page().await.unwrap();
        assert_eq!(codes(&by_rating.warnings), ["MISSING_INDEX"]);
        reviews.create_index("by_rating", "rating").await.unwrap();
        let indexed = reviews.find(json!({"rating": 3})).page().await.unwrap();
        assert_eq!(
            (codes(&indexed.warnings), indexed.items.len()),
            (vec![], 14)
        );

        let sorted = reviews
            .find(json!({"vehicle": vehicle}))
            .sort([("rating", -1)])
            .await
            .unwrap();
        assert_eq!(
            codes(sorted.warnings()),
            ["IN_MEMORY_SORTING_DUE_TO_NON_PARTITION_SORTING"]
        );
        let rows = sorted.all().await.unwrap();
        assert_eq!(rows.len(), 50);
        assert!(rows.is_sorted_by_key(|row| -row.rating.unwrap()));
    })
    .await;
}

#[tokio::test]
async fn a_refused_row_leaves_the_others_stored_and_is_told_exactly() {
    everywhere(async |db| {
        let reviews = new_table(&db).await.clone_with_type::<Row>();
        let vehicle = Uuid::now_v7();
        let rows = |bad: i64| {
            (0..90).map(move |n| {
                let row = Row::new().with("vehicle", vehicle).with("at", Timestamp::from_millis(n));
                if n == bad { row.with("rating", "five") } else { row }
            })
        };
        let Err(Error::InsertManyRows(error)) = reviews.insert_many(rows(45)).chunk_size(20).await else {
            panic!("a text is no int");
        };
        assert_eq!(error.inserted().count(), 89);
        let failed: Vec<usize> = error.failed().map(|(index, _)| index).collect();
        assert_eq!(failed, [45]);
        assert!(matches!(&error.outcomes[45], InsertOutcome::Failed(refusal) if refusal.code == ErrorCode::InvalidColumnValues));
        assert!(error.inserted().all(|(index, key)| {
            key.read::<Timestamp>("at").unwrap().as_millis() == i64::try_from(index).unwrap()
        }));

        reviews.delete_all().await.unwrap();
        let ordered = reviews.insert_many(rows(45)).chunk_size(20).ordered(true).await;
        let Err(Error::InsertManyRows(error)) = ordered else {
            panic!("a text is no int");
        };
        assert_eq!(error.inserted().count(), 45);
        assert_eq!(error.skipped().count(), 44);
        let stored = reviews.find(json!({"vehicle": vehicle})).await.unwrap().all().await.unwrap();
        assert_eq!(stored.len(), 45);
    })
    .await;
}

#[tokio::test]
async fn an_update_changes_columns_and_makes_the_row_if_there_is_none() {
    everywhere(async |db| {
        let reviews = new_table(&db).await;
        let first = review(Uuid::now_v7(), 1);
        let key = reviews.insert_one(&first).await.unwrap().inserted_id;
        let change = json!({"$set": {"rating": 2}, "$push": {"tags": {"$each": ["new", "newer"]}}});
        reviews.update_one(&key, change).await.unwrap();
        reviews
            .update_one(&key, json!({"$pullAll": {"tags": ["tag 1", "new"]}}))
            .await
            .unwrap();
        let changed = reviews.find_one(&key).await.unwrap().unwrap();
        assert_eq!(
            (changed.rating, changed.tags),
            (Some(2), BTreeSet::from(["newer".to_owned()]))
        );

        let absent = key.with("at", Timestamp::from_millis(2));
        reviews
            .update_one(
                &absent,
                json!({"$set": {"embedding": Vector::from([1.0, 0.5])}}),
            )
            .await
            .unwrap();
        let made = reviews.find_one(&absent).await.unwrap().unwrap();
        assert_eq!(made.embedding, Some(Vector::from([1.0, 0.5])));
        reviews
            .update_one(&absent, json!({"$unset": {"embedding": ""}}))
            .await
            .unwrap();
        assert_eq!(reviews.find_one(&absent).await.unwrap(), None);

        let part = json!({"vehicle": first.vehicle});
        let error = reviews
            .update_one(part, json!({"$set": {"rating": 1}}))
            .await
            .unwrap_err();
        assert_eq!(
            error.code(),
            Some(&ErrorCode::MissingFullPrimaryKeyForUpdateDelete)
        );
    })
    .await;
}

#[tokio::test]
async fn rows_are_deleted_one_by_one_by_range_and_all_at_once() {
    everywhere(async |db| {
        let reviews = new_table(&db).await;
        let (vehicle, other) = (Uuid::now_v7(), Uuid::now_v7());
        let rows = (0..10).flat_map(|n| [review(vehicle, n), review(other, n)]);
        let keys = reviews.insert_many(rows).await.unwrap().inserted_ids;
        let count = async || {
            reviews
                .find(json!({}))
                .await
                .unwrap()
                .all()
                .await
                .unwrap()
                .len()
        };

        reviews.delete_one(&keys[0]).await.unwrap();
        assert_eq!(count().await, 19);
        let old = json!({"vehicle": vehicle, "at": {"$lt": Timestamp::from_millis(5)}});
        reviews.delete_many(old).await.unwrap();
        assert_eq!(count().await, 15);
        reviews
            .delete_many(json!({"vehicle": vehicle}))
            .await
            .unwrap();
        assert_eq!(count().await, 10);
        reviews.delete_all().await.unwrap();
        assert_eq!(count().await, 0);
    })
    .await;
}

#[tokio::test]
async fn columns_are_projected_and_their_different_values_gathered() {
    everywhere(async |db| {
        let reviews = new_table(&db).await;
        let vehicle = Uuid::now_v7();
        reviews
            .insert_many((0..120).map(|n| review(vehicle, n)))
            .await
            .unwrap();
        let rows = reviews.clone_with_type::<Row>();
        let row = rows
            .find_one(json!({}))
            .projection(json!({"rating": 1, "embedding": 1}))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.len(), 2);
        assert_eq!(row.get("embedding"), Some(&Value::Null));

        let mut tags = reviews
            .distinct("tags", json!({"vehicle": vehicle}))
            .await
            .unwrap();
        tags.sort_by_key(Value::to_string);
        assert_eq!(tags, ["tag 0", "tag 1", "tag 2"].map(Value::from));
        let embeddings = reviews.distinct("embedding", json!({})).await.unwrap();
        assert!(embeddings.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_nearest_rows_come_first_with_their_likeness() {
    everywhere(async |db| {
        let reviews = new_table(&db).await;
        reviews
            .create_vector_index("by_likeness", "embedding")
            .await
            .unwrap();
        let vehicle = Uuid::now_v7();
        let towards = |n: i64, vector: [f32; 2]| Review {
            embedding: Some(Vector::from(vector)),
            ..review(vehicle, n)
        };
        let rows = [
            towards(1, [0.0, 1.0]),
            towards(2, [1.0, 0.1]),
            towards(3, [1.0, 1.0]),
            review(vehicle, 4),
        ];
        reviews.insert_many(&rows).await.unwrap();
        let nearest = reviews
            .clone_with_type::<Row>()
            .find(json!({}))
            .sort(Sort::vector_column("embedding", [1.0, 0.0]))
            .include_similarity(true)
            .include_sort_vector(true)
            .page()
            .await
            .unwrap();
        let order: Vec<i64> = nearest
            .items
            .iter()
            .map(|row| row.read::<Timestamp>("at").unwrap().as_millis())
            .collect();
        assert_eq!(order, [2, 3, 1]);
        assert!(nearest.items[0].read::<f32>("$similarity").unwrap() > 0.99);
        assert_eq!(nearest.sort_vector, Some(Vector::from([1.0, 0.0])));
    })
    .await;
}
