//! Search by likeness.

use astra_db::schema::SimilarityMetric;
use astra_db::{CollectionDefinition, Document, ErrorCode, Sort, Value, Vector, doc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{everywhere, new_collection, new_collection_of};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Colour {
    #[serde(rename = "_id")]
    name: String,
    #[serde(rename = "$vector", skip_serializing_if = "Option::is_none")]
    rgb: Option<Vector>,
    #[serde(rename = "$similarity", skip_serializing)]
    similarity: Option<f32>,
}

fn colour(name: &str, rgb: [f32; 3]) -> Colour {
    Colour {
        name: name.to_owned(),
        rgb: Some(rgb.into()),
        similarity: None,
    }
}

#[tokio::test]
async fn the_nearest_come_first_with_their_similarity() {
    everywhere(async |db| {
        let definition = CollectionDefinition::default().vector(3, SimilarityMetric::Cosine);
        let colours = new_collection_of(&db, definition)
            .await
            .clone_with_type::<Colour>();
        let red = colour("red", [1.0, 0.0, 0.0]);
        colours
            .insert_many([
                &red,
                &colour("orange", [1.0, 0.5, 0.0]),
                &colour("blue", [0.0, 0.0, 1.0]),
            ])
            .await
            .unwrap();

        let sort = Sort::vector([1.0, 0.0, 0.0]);
        let find = colours
            .find(json!({}))
            .sort(sort.clone())
            .limit(2)
            .include_similarity(true)
            .include_sort_vector(true);
        let cursor = find.await.unwrap();
        assert_eq!(cursor.sort_vector(), Some(&Vector::from([1.0, 0.0, 0.0])));
        let nearest = cursor.all().await.unwrap();
        let names: Vec<&str> = nearest.iter().map(|colour| colour.name.as_str()).collect();
        assert_eq!(names, ["red", "orange"]);
        assert_eq!(nearest[0].similarity, Some(1.0));
        // (1 + 1 / √1.25) / 2
        assert!(
            (nearest[1].similarity.unwrap() - 0.947_213_6).abs() < 1e-6,
            "{nearest:?}"
        );
        // Left out unless asked for, then as it was written.
        assert_eq!(nearest[0].rgb, None);
        let whole = colours
            .find_one(json!({"_id": "red"}))
            .projection(json!({"*": 1}))
            .await
            .unwrap();
        assert_eq!(whole, Some(red));

        let details = colours
            .find_one(json!({}))
            .sort(sort)
            .include_sort_vector(true)
            .details()
            .await
            .unwrap()
            .into_value();
        assert_eq!(
            details.document.map(|colour| colour.name).as_deref(),
            Some("red")
        );
        assert!(details.sort_vector.is_some());
    })
    .await;
}

#[tokio::test]
async fn vectors_are_read_in_the_form_they_were_written() {
    everywhere(async |db| {
        let definition = CollectionDefinition::default().vector(2, SimilarityMetric::DotProduct);
        let documents = new_collection_of(&db, definition).await;
        let mut packed = doc!({"_id": "packed"});
        packed.insert("$vector", Vector::from([0.1, 0.2]));
        documents
            .insert_many([packed, doc!({"_id": "listed", "$vector": [0.1, 0.2]})])
            .await
            .unwrap();
        let found = documents
            .find(json!({}))
            .projection(json!({"$vector": 1}))
            .await
            .unwrap()
            .all()
            .await
            .unwrap();
        let form = |id: &str| {
            let named =
                |document: &&Document| document.get("_id").and_then(Value::as_str) == Some(id);
            found
                .iter()
                .find(named)
                .and_then(|document| document.get("$vector"))
                .unwrap()
        };
        assert!(form("packed").as_object().is_some());
        assert!(form("listed").as_array().is_some());
        for id in ["packed", "listed"] {
            assert_eq!(
                form(id).decode::<Vector>().unwrap(),
                Vector::from([0.1, 0.2])
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_collection_without_vectors_refuses_them() {
    everywhere(async |db| {
        let documents = new_collection(&db).await;
        let error = documents
            .insert_one(doc!({"$vector": [1.0]}))
            .await
            .unwrap_err();
        assert_eq!(error.code(), Some(&ErrorCode::VectorSearchNotSupported));
        let error = documents
            .find(json!({}))
            .sort(Sort::vector([1.0]))
            .await
            .unwrap_err();
        assert_eq!(error.code(), Some(&ErrorCode::VectorSearchNotSupported));
    })
    .await;
}
