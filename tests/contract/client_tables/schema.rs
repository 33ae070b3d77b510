//! Tables, indexes and types: made, listed, made again from the list, changed, dropped.

use astra_db::schema::{
    ColumnType, IndexDefinition, IndexedColumn, Order, RegularIndex, SimilarityMetric,
    TableDefinition, TypeDefinition, VectorIndex,
};
use astra_db::{ErrorCode, Row};

use super::everywhere;

fn definition() -> TableDefinition {
    TableDefinition::default()
        .column("make", ColumnType::Text)
        .column("model", ColumnType::Ascii)
        .column("owner", ColumnType::Text)
        .column("year", ColumnType::Int)
        .column("id", ColumnType::Uuid)
        .column("extras", ColumnType::map(ColumnType::Text, ColumnType::Int))
        .column("colours", ColumnType::set(ColumnType::Text))
        .column("embedding", ColumnType::vector(3))
        .column(
            "keepers",
            ColumnType::list(ColumnType::user_defined("address")),
        )
        .partition_by(["make", "model"])
        .partition_sort("year", Order::Descending)
        .partition_sort("id", Order::Ascending)
}

fn address() -> TypeDefinition {
    TypeDefinition::default()
        .field("street", ColumnType::Text)
        .field("since", ColumnType::Date)
}

#[tokio::test]
async fn a_table_is_listed_as_it_was_made_and_can_be_made_again_from_the_list() {
    everywhere(async |db| {
        db.create_type("address", address()).await.unwrap();
        let vehicles = db.create_table("vehicles", definition()).await.unwrap();
        assert_eq!(db.list_table_names().await.unwrap(), ["vehicles"]);
        assert!(vehicles.exists().await.unwrap());
        let listed = vehicles.definition().await.unwrap().expect("it exists");
        assert_eq!(listed.primary_key, definition().primary_key);
        for (name, column) in definition().columns.iter() {
            assert_eq!(
                listed.columns.get(name).unwrap().kind,
                column.kind,
                "{name}"
            );
        }
        let embedding = listed.columns.get("embedding").unwrap();
        assert!(
            embedding
                .api_support
                .as_ref()
                .is_some_and(|support| !support.filter)
        );

        let copy = db.create_table("copy", listed.clone()).await.unwrap();
        assert_eq!(copy.definition().await.unwrap(), Some(listed));

        let again = db.create_table("copy", definition()).await.unwrap_err();
        assert!(again.is_already_exists(), "{again}");
        db.create_table("copy", definition())
            .if_not_exists()
            .await
            .unwrap();
        copy.drop().await.unwrap();
        assert!(!copy.exists().await.unwrap());
        assert_eq!(copy.definition().await.unwrap(), None);
        let gone = copy.drop().await.unwrap_err();
        assert!(gone.is_not_found(), "{gone}");
        copy.drop().if_exists().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn columns_are_added_and_dropped() {
    everywhere(async |db| {
        db.create_type("address", address()).await.unwrap();
        let vehicles = db.create_table("vehicles", definition()).await.unwrap();
        let added = [
            ("doors", ColumnType::TinyInt),
            ("owners", ColumnType::list(ColumnType::Text)),
        ];
        vehicles.add_columns(added.clone()).await.unwrap();
        let again = vehicles.add_columns(added).await.unwrap_err();
        assert!(again.is_already_exists(), "{again}");
        vehicles.drop_columns(["doors", "extras"]).await.unwrap();
        let columns = vehicles.definition().await.unwrap().unwrap().columns;
        assert!(columns.get("doors").is_none() && columns.get("extras").is_none());
        let owners = columns.get("owners").unwrap();
        assert_eq!(owners.kind, ColumnType::list(ColumnType::Text));
        let key = vehicles.drop_columns(["make"]).await.unwrap_err();
        assert_eq!(key.code(), Some(&ErrorCode::CannotDropPrimaryKeyColumns));
        vehicles.drop_vectorize(["embedding"]).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn indexes_are_listed_as_they_were_made() {
    everywhere(async |db| {
        db.create_type("address", address()).await.unwrap();
        let vehicles = db.create_table("vehicles", definition()).await.unwrap();
        let owner = RegularIndex::new("owner").case_sensitive(false);
        let keys = IndexedColumn::Keys("extras".into());
        let colours = IndexedColumn::Values("colours".into());
        let likeness = VectorIndex::new("embedding").metric(SimilarityMetric::DotProduct);
        vehicles
            .create_index("a_owner", owner.clone())
            .await
            .unwrap();
        vehicles.create_index("b_keys", keys.clone()).await.unwrap();
        vehicles.create_index("c_colours", "colours").await.unwrap();
        vehicles
            .create_vector_index("d_likeness", likeness.clone())
            .await
            .unwrap();

        let mut listed = vehicles.list_indexes().await.unwrap();
        listed.sort_by(|left, right| left.name.cmp(&right.name));
        let names: Vec<&str> = listed.iter().map(|index| index.name.as_str()).collect();
        assert_eq!(names, ["a_owner", "b_keys", "c_colours", "d_likeness"]);
        let mut listed_names = vehicles.list_index_names().await.unwrap();
        listed_names.sort();
        assert_eq!(listed_names, names);
        let with_all_options = owner.normalize(false).ascii(false);
        assert_eq!(listed[0].definition, with_all_options.into());
        assert_eq!(listed[1].definition, keys.into());
        let IndexDefinition::Regular(of_colours) = &listed[2].definition else {
            panic!("{:?}", listed[2]);
        };
        assert_eq!(of_colours.column, colours);
        let with_model = likeness.source_model("other");
        assert_eq!(listed[3].definition, with_model.into());

        // What is listed can be made again.
        for index in listed {
            db.drop_index(index.name.as_str()).await.unwrap();
            vehicles
                .create_index(index.name, index.definition)
                .await
                .unwrap();
        }
        let again = vehicles.create_index("a_owner", "owner").await.unwrap_err();
        assert!(again.is_already_exists(), "{again}");
        vehicles
            .create_index("a_owner", "owner")
            .if_not_exists()
            .await
            .unwrap();
        db.drop_index("a_owner").await.unwrap();
        let gone = db.drop_index("a_owner").await.unwrap_err();
        assert!(gone.is_not_found(), "{gone}");
        db.drop_index("a_owner").if_exists().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn types_are_made_changed_and_dropped() {
    everywhere(async |db| {
        db.create_type("address", address()).await.unwrap();
        assert_eq!(db.list_type_names().await.unwrap(), ["address"]);
        db.alter_type("address")
            .rename("street", "road")
            .add("zip", ColumnType::Int)
            .await
            .unwrap();
        let listed = db.list_types().await.unwrap();
        let expected = TypeDefinition::default()
            .field("road", ColumnType::Text)
            .field("since", ColumnType::Date)
            .field("zip", ColumnType::Int);
        assert_eq!(
            (listed[0].name.as_str(), &listed[0].definition),
            ("address", &expected)
        );
        db.create_type("copy", expected).await.unwrap();
        let again = db.create_type("copy", address()).await.unwrap_err();
        assert!(again.is_already_exists(), "{again}");

        let vehicles = db.create_table("vehicles", definition()).await.unwrap();
        let used = db.drop_type("address").await.unwrap_err();
        assert_eq!(used.code(), Some(&ErrorCode::CannotDropTypeUsedByTable));
        vehicles.drop().await.unwrap();
        db.drop_type("address").await.unwrap();
        db.drop_type("address").if_exists().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_text_index_is_asked_for_as_the_server_knows_it() {
    everywhere(async |db| {
        let definition = TableDefinition::default()
            .column("id", ColumnType::Int)
            .column("body", ColumnType::Text)
            .partition_by(["id"]);
        let texts = db.create_table("texts", definition).await.unwrap();
        texts.create_text_index("by_words", "body").await.unwrap();
        for (id, body) in [(1, "the quick brown fox"), (2, "a lazy dog")] {
            texts
                .insert_one(Row::new().with("id", id).with("body", body))
                .await
                .unwrap();
        }
        let filter = serde_json::json!({"body": {"$match": "fox"}});
        let found = texts.find(filter).await.unwrap().all().await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].read::<i32>("id").unwrap(), 1);
    })
    .await;
}
