//! Making, listing, changing and dropping tables, indexes and types: what is sent where.

use astra_db::Row;
use astra_db::schema::{
    ColumnType, IndexDefinition, IndexedColumn, Order, RegularIndex, ServiceOptions,
    SimilarityMetric, TableDefinition, TextIndex, TypeDefinition, VectorIndex,
};
use serde_json::{Value, json};

use crate::support::{Answer, Outcome, Script, Server, builder, failure, scripted};

/// What was sent to where, when everything is answered with `ok`.
async fn sent(calls: impl AsyncFn(astra_db::Database)) -> Vec<(String, Value)> {
    let server = Server::start(|_| Answer::from(r#"{"status":{"ok":1}}"#)).await;
    calls(server.database(builder()).keyspace("ks")).await;
    let seen = server.seen().into_iter();
    seen.map(|request| (request.path, request.body)).collect()
}

#[tokio::test]
async fn tables_are_made_and_dropped() {
    let seen = sent(async |db| {
        let definition = TableDefinition::default()
            .column("id", ColumnType::Uuid)
            .column("at", ColumnType::Timestamp)
            .column(
                "scores",
                ColumnType::map(ColumnType::Int, ColumnType::Double),
            )
            .column("embedding", ColumnType::vector(3))
            .column(
                "homes",
                ColumnType::set(ColumnType::user_defined("address")),
            )
            .partition_by(["id"])
            .partition_sort("at", Order::Descending);
        let made = db
            .create_table("reviews", definition.clone())
            .await
            .unwrap();
        assert_eq!(made.name(), "reviews");
        db.create_table("reviews", definition)
            .if_not_exists()
            .await
            .unwrap();
        made.drop().await.unwrap();
        db.drop_table("reviews").if_exists().await.unwrap();
    })
    .await;
    let definition = json!({
        "columns": {
            "id": {"type": "uuid"}, "at": {"type": "timestamp"},
            "scores": {"type": "map", "keyType": "int", "valueType": "double"},
            "embedding": {"type": "vector", "dimension": 3},
            "homes": {"type": "set", "valueType": {"type": "userDefined", "udtName": "address"}},
        },
        "primaryKey": {"partitionBy": ["id"], "partitionSort": {"at": -1}},
    });
    let expected = [
        json!({"createTable": {"name": "reviews", "definition": definition}}),
        json!({"createTable": {"name": "reviews", "definition": definition, "options": {"ifNotExists": true}}}),
        json!({"dropTable": {"name": "reviews"}}),
        json!({"dropTable": {"name": "reviews", "options": {"ifExists": true}}}),
    ];
    assert_eq!(seen, expected.map(|body| ("/v1/ks".to_owned(), body)));
}

#[tokio::test]
async fn tables_are_altered_one_operation_at_a_time() {
    let seen = sent(async |db| {
        let reviews = db.table::<Row>("reviews");
        reviews
            .add_columns([("stars", ColumnType::TinyInt)])
            .await
            .unwrap();
        reviews.drop_columns(["stars"]).await.unwrap();
        let service = ServiceOptions::new("nvidia", "NV-Embed-QA");
        reviews
            .add_vectorize([("embedding", service)])
            .await
            .unwrap();
        reviews.drop_vectorize(["embedding"]).await.unwrap();
    })
    .await;
    let service = json!({"provider": "nvidia", "modelName": "NV-Embed-QA"});
    let expected = [
        json!({"add": {"columns": {"stars": {"type": "tinyint"}}}}),
        json!({"drop": {"columns": ["stars"]}}),
        json!({"addVectorize": {"columns": {"embedding": service}}}),
        json!({"dropVectorize": {"columns": ["embedding"]}}),
    ];
    let command = |operation| json!({"alterTable": {"operation": operation}});
    assert_eq!(
        seen,
        expected.map(|operation| ("/v1/ks/reviews".to_owned(), command(operation)))
    );
}

#[tokio::test]
async fn indexes_of_every_kind_are_made_on_the_table_and_dropped_in_the_keyspace() {
    let seen = sent(async |db| {
        let t = db.table::<Row>("t");
        t.create_index("a", "year").await.unwrap();
        let make = RegularIndex::new("make")
            .case_sensitive(false)
            .normalize(true)
            .ascii(false);
        t.create_index("b", make).if_not_exists().await.unwrap();
        t.create_index("c", IndexedColumn::Keys("m".into()))
            .await
            .unwrap();
        t.create_index("d", IndexedColumn::Values("m".into()))
            .await
            .unwrap();
        let likeness = VectorIndex::new("v")
            .metric(SimilarityMetric::DotProduct)
            .source_model("ada002");
        t.create_vector_index("e", likeness).await.unwrap();
        t.create_vector_index("f", "v").await.unwrap();
        t.create_text_index("g", TextIndex::new("body").analyzer("english"))
            .await
            .unwrap();
        db.drop_index("a").if_exists().await.unwrap();
    })
    .await;
    let text = json!({"caseSensitive": false, "normalize": true, "ascii": false});
    let expected = [
        json!({"createIndex": {"name": "a", "definition": {"column": "year"}}}),
        json!({"createIndex": {"name": "b", "definition": {"column": "make", "options": text}, "options": {"ifNotExists": true}}}),
        json!({"createIndex": {"name": "c", "definition": {"column": {"m": "$keys"}}}}),
        json!({"createIndex": {"name": "d", "definition": {"column": {"m": "$values"}}}}),
        json!({"createVectorIndex": {"name": "e", "definition": {"column": "v", "options": {"metric": "dot_product", "sourceModel": "ada002"}}}}),
        json!({"createVectorIndex": {"name": "f", "definition": {"column": "v"}}}),
        json!({"createTextIndex": {"name": "g", "definition": {"column": "body", "options": {"analyzer": "english"}}}}),
        json!({"dropIndex": {"name": "a", "options": {"ifExists": true}}}),
    ];
    let bodies: Vec<Value> = seen.iter().map(|(_, body)| body.clone()).collect();
    assert_eq!(bodies, expected);
    let paths: Vec<&str> = seen.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths[..7], ["/v1/ks/t"; 7]);
    assert_eq!(paths[7], "/v1/ks");
}

#[tokio::test]
async fn types_are_made_altered_and_dropped_in_the_keyspace() {
    let seen = sent(async |db| {
        let address = TypeDefinition::default().field("street", ColumnType::Text);
        db.create_type("address", address)
            .if_not_exists()
            .await
            .unwrap();
        db.alter_type("address")
            .rename("street", "road")
            .add("zip", ColumnType::Int)
            .await
            .unwrap();
        db.alter_type("address")
            .add("city", ColumnType::Text)
            .await
            .unwrap();
        db.drop_type("address").await.unwrap();
    })
    .await;
    let fields = json!({"fields": {"street": {"type": "text"}}});
    let expected = [
        json!({"createType": {"name": "address", "definition": fields, "options": {"ifNotExists": true}}}),
        json!({"alterType": {"name": "address", "rename": {"fields": {"street": "road"}}, "add": {"fields": {"zip": {"type": "int"}}}}}),
        json!({"alterType": {"name": "address", "add": {"fields": {"city": {"type": "text"}}}}}),
        json!({"dropType": {"name": "address"}}),
    ];
    assert_eq!(seen, expected.map(|body| ("/v1/ks".to_owned(), body)));
}

#[tokio::test]
async fn everything_that_is_listed_is_read() {
    let script = Script::of([
        Outcome::Reply(200, r#"{"status":{"tables":["a","b"]}}"#),
        Outcome::Reply(
            200,
            r#"{"status":{"indexes":[
                {"name":"ix","definition":{"column":{"m":"$keys"},"options":{}},"indexType":"regular"},
                {"name":"ixv","definition":{"column":"v","options":{"metric":"dot_product","sourceModel":"other"}},"indexType":"vector"},
                {"name":"ixt","definition":{"column":"body","options":{"analyzer":"standard"}},"indexType":"text"},
                {"name":"old","definition":{"column":"UNKNOWN","apiSupport":{"cqlDefinition":"x"}},"indexType":"UNKNOWN"}]}}"#,
        ),
        Outcome::Reply(
            200,
            r#"{"status":{"types":[{"type":"userDefined","udtName":"address","definition":{"fields":{"street":{"type":"text"}}},
                "apiSupport":{"createTable":true,"insert":true,"read":true,"filter":false,"cqlDefinition":"ks.address"}}]}}"#,
        ),
    ]);
    let db = scripted(&script);
    assert_eq!(db.list_table_names().await.unwrap(), ["a", "b"]);
    let indexes = db.table::<Row>("t").list_indexes().await.unwrap();
    let keys = IndexDefinition::from(IndexedColumn::Keys("m".into()));
    assert_eq!(indexes[0].definition, keys);
    let likeness = VectorIndex::new("v")
        .metric(SimilarityMetric::DotProduct)
        .source_model("other");
    assert_eq!(indexes[1].definition, likeness.into());
    assert_eq!(
        indexes[2].definition,
        TextIndex::new("body").analyzer("standard").into()
    );
    assert!(matches!(
        indexes[3].definition,
        IndexDefinition::Unknown { .. }
    ));
    let types = db.list_types().await.unwrap();
    let address = TypeDefinition::default().field("street", ColumnType::Text);
    assert_eq!(
        (types[0].name.as_str(), &types[0].definition),
        ("address", &address)
    );
    let explained = json!({"options": {"explain": true}});
    assert_eq!(script.commands()[1], json!({"listIndexes": explained}));
    assert_eq!(script.commands()[2], json!({"listTypes": explained}));
}

#[tokio::test(start_paused = true)]
async fn making_is_repeated_after_a_lost_answer_where_that_is_harmless() {
    let definition = || {
        TableDefinition::default()
            .column("id", ColumnType::Int)
            .partition_by(["id"])
    };
    let script = Script::of([
        Outcome::Interrupted,
        Outcome::Reply(200, r#"{"status":{"ok":1}}"#),
    ]);
    scripted(&script)
        .create_table("t", definition())
        .if_not_exists()
        .await
        .unwrap();
    assert_eq!(script.commands().len(), 2);
    let script = Script::of([Outcome::Interrupted]);
    let error = failure(scripted(&script).create_table("t", definition()).await);
    assert!(error.is_outcome_unknown());
}

#[tokio::test]
async fn a_refusal_beside_a_status_is_an_error() {
    let script = Script::of([Outcome::Reply(
        200,
        r#"{"status":{"ok":0},"errors":[{"errorCode":"CANNOT_ADD_EXISTING_TABLE","message":"m","family":"REQUEST","scope":"SCHEMA","title":"t"}]}"#,
    )]);
    let definition = TableDefinition::default()
        .column("id", ColumnType::Int)
        .partition_by(["id"]);
    let error = failure(scripted(&script).create_table("t", definition).await);
    assert!(error.is_already_exists(), "{error}");
}
