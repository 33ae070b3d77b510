//! What goes in comes out; ids; inserts of many; counts.

use astra_db::{
    Binary, CollectionDefinition, Document, DocumentId, Error, ErrorCode, InsertOutcome, Number,
    ObjectId, Timestamp, Uuid, Value, doc,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{everywhere, new_collection, new_collection_of};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Everything {
    #[serde(rename = "_id")]
    id: DocumentId,
    text: String,
    long: Number,
    precise: Number,
    float: f64,
    at: Timestamp,
    uuid: Uuid,
    object: ObjectId,
    bytes: Binary,
    nothing: Option<bool>,
    #[serde(rename = "a.b & c")]
    odd_name: Vec<Value>,
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_went_in() {
    everywhere(async |db| {
        let typed = new_collection(&db).await.clone_with_type::<Everything>();
        let everything = Everything {
            id: Uuid::new_v4().into(),
            text: "née \"☕\" \u{1f375}\n".to_owned(),
            long: "9000000000000000123456789".parse().unwrap(),
            precise: "12.12312321312312312312312321".parse().unwrap(),
            float: 0.1 + 0.2,
            at: Timestamp::from_millis(-1),
            uuid: "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55".parse().unwrap(),
            object: ObjectId::new(),
            bytes: Binary::from((0..=255).collect::<Vec<u8>>()),
            nothing: None,
            odd_name: vec![Value::Null, 1.into(), Value::Array(vec![true.into()])],
        };
        let stored = typed.insert_one(&everything).await.unwrap();
        assert_eq!(stored.inserted_id, everything.id);
        let found = typed.find_one(json!({"_id": everything.id})).await.unwrap();
        assert_eq!(found.as_ref(), Some(&everything));
        let path = astra_db::field_path(["a.b & c"]);
        assert_eq!(
            typed.count_documents(json!({path: 1}), 10).await.unwrap(),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn ids_of_every_kind_address_their_document() {
    everywhere(async |db| {
        let documents = new_collection(&db).await;
        let ids: Vec<DocumentId> = vec![
            "text".into(),
            7.into(),
            "1.5".parse::<Number>().unwrap().into(),
            true.into(),
            DocumentId::Null,
            Timestamp::from_millis(1_700_000_000_000).into(),
            Uuid::now_v7().into(),
            ObjectId::new().into(),
        ];
        for id in &ids {
            let document = Document::from([("_id", Value::from(id.clone()))]);
            assert_eq!(
                documents.insert_one(&document).await.unwrap().inserted_id,
                *id
            );
            let twice = documents.insert_one(&document).await.unwrap_err();
            assert!(twice.is_already_exists(), "{id}: {twice}");
        }
        for id in &ids {
            assert!(
                documents
                    .find_one(json!({"_id": id}))
                    .await
                    .unwrap()
                    .is_some(),
                "{id}"
            );
            assert_eq!(
                documents
                    .delete_one(json!({"_id": id}))
                    .await
                    .unwrap()
                    .deleted_count,
                Some(1),
                "{id}"
            );
        }
        let generated = documents.insert_one(doc!({})).await.unwrap().inserted_id;
        assert!(generated.as_uuid().is_some(), "{generated}");
    })
    .await;
}

#[tokio::test]
async fn a_number_written_with_an_exponent_is_read_into_an_integer() {
    #[derive(Debug, Deserialize)]
    struct Line {
        #[serde(with = "astra_db::value::integer")]
        quantity: u32,
        exact: Number,
    }
    everywhere(async |db| {
        let documents = new_collection(&db).await;
        let mut line = Document::from([("quantity", "100.0".parse::<Number>().unwrap())]);
        line.insert("exact", "1.50".parse::<Number>().unwrap());
        documents.insert_one(line).await.unwrap();
        // The server strips trailing zeros: it answers 1E+2 and 1.5.
        let line = documents
            .clone_with_type::<Line>()
            .find_one(json!({}))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((line.quantity, line.exact.as_str()), (100, "1.5"));
    })
    .await;
}

#[tokio::test]
async fn of_many_inserted_documents_each_is_accounted_for() {
    everywhere(async |db| {
        let documents = new_collection(&db).await;
        documents
            .insert_many([doc!({"_id": 3}), doc!({"_id": 120})])
            .await
            .unwrap();

        let numbered = || (0..230).map(|n| doc!({"_id": n}));
        let Err(Error::InsertMany(error)) = documents.insert_many(numbered()).await else {
            panic!("3 is taken")
        };
        let failed: Vec<usize> = error.failed().map(|(index, _)| index).collect();
        assert_eq!(failed, [3, 120]);
        assert!(
            error
                .failed()
                .all(|(_, error)| error.code == ErrorCode::DocumentAlreadyExists)
        );
        assert_eq!(error.inserted().count(), 228);
        assert_eq!(
            documents.count_documents(json!({}), 1000).await.unwrap(),
            230
        );

        documents.delete_all().await.unwrap();
        documents.insert_one(doc!({"_id": 120})).await.unwrap();
        let ordered = documents.insert_many(numbered()).ordered(true).await;
        let Err(Error::InsertMany(error)) = ordered else {
            panic!("120 is taken")
        };
        assert_eq!(error.inserted().count(), 120);
        assert!(matches!(error.outcomes[120], InsertOutcome::Failed(_)));
        assert_eq!(
            error.skipped().collect::<Vec<_>>(),
            (121..230).collect::<Vec<_>>()
        );
        assert_eq!(
            documents.count_documents(json!({}), 1000).await.unwrap(),
            121
        );
    })
    .await;
}

#[tokio::test]
async fn many_large_documents_go_in_requests_the_server_takes() {
    everywhere(async |db| {
        // Unindexed, a text may be long: nearly the 4 MB of a document. Six are more than the 20 MB of a request.
        let definition = CollectionDefinition::default().indexing_deny(["*"]);
        let documents = new_collection_of(&db, definition).await;
        let text = "x".repeat(3_900_000);
        let result = documents
            .insert_many((0..6).map(|n| doc!({"_id": n, "text": text})))
            .await
            .unwrap();
        assert_eq!(result.inserted_ids.len(), 6);
        let found = documents
            .find_one(json!({"_id": 5}))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            found.get("text").and_then(Value::as_str).map(str::len),
            Some(text.len())
        );
    })
    .await;
}

#[tokio::test]
async fn counting_stops_at_the_bounds() {
    everywhere(async |db| {
        let documents = new_collection(&db).await;
        documents
            .insert_many((0..1001).map(|n| doc!({"_id": n, "small": n < 60})))
            .chunk_size(100)
            .await
            .unwrap();
        let small = json!({"small": true});
        assert_eq!(documents.count_documents(&small, 60).await.unwrap(), 60);
        let beyond = documents.count_documents(&small, 59).await.unwrap_err();
        assert!(
            matches!(
                beyond,
                Error::TooManyToCount {
                    counted: 59,
                    server_limit: false
                }
            ),
            "{beyond}"
        );
        let beyond = documents
            .count_documents(json!({}), 5000)
            .await
            .unwrap_err();
        assert!(
            matches!(
                beyond,
                Error::TooManyToCount {
                    counted: 1000,
                    server_limit: true
                }
            ),
            "{beyond}"
        );
        documents.estimated_document_count().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_collection_knows_whether_it_exists_and_how_it_was_made() {
    everywhere(async |db| {
        let documents = db.collection::<Document>("documents");
        assert!(!documents.exists().await.unwrap());
        assert_eq!(documents.definition().await.unwrap(), None);
        let missing = documents.find_one(json!({})).await.unwrap_err();
        assert!(missing.is_not_found(), "{missing}");

        new_collection(&db).await;
        assert!(documents.exists().await.unwrap());
        assert!(documents.definition().await.unwrap().is_some());
        documents.drop().await.unwrap();
        assert!(!documents.exists().await.unwrap());
    })
    .await;
}
