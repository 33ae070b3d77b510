//! Search by likeness: documents with vectors, the nearest first.
//!
//! Run it like `quickstart`.

#![expect(clippy::print_stdout, reason = "an example talks")]

use astra_db::schema::SimilarityMetric;
use astra_db::{CollectionDefinition, ConnectionString, Sort, Vector};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Serialize, Deserialize)]
struct Colour {
    #[serde(rename = "_id")]
    name: String,
    warm: bool,
    /// Left out of answers unless it is asked for.
    #[serde(rename = "$vector", skip_serializing_if = "Option::is_none")]
    rgb: Option<Vector>,
    /// There when it is asked for, never stored.
    #[serde(rename = "$similarity", skip_serializing)]
    similarity: Option<f32>,
}

fn colour(name: &str, warm: bool, rgb: [f32; 3]) -> Colour {
    Colour {
        name: name.to_owned(),
        warm,
        rgb: Some(rgb.into()),
        similarity: None,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let uri: ConnectionString = std::env::var("DATA_API_URI")?.parse()?;
    let db = uri.connect()?;
    if !db.environment().is_astra() {
        db.create_keyspace(uri.keyspace()).await?;
    }
    let definition = CollectionDefinition::default().vector(3, SimilarityMetric::Cosine);
    db.create_collection("example_colours")
        .definition(definition)
        .await?;
    let colours = db.collection::<Colour>("example_colours");
    colours.delete_all().await?;
    colours
        .insert_many([
            colour("red", true, [1.0, 0.0, 0.0]),
            colour("orange", true, [1.0, 0.6, 0.0]),
            colour("blue", false, [0.0, 0.0, 1.0]),
            colour("teal", false, [0.0, 0.5, 0.5]),
        ])
        .await?;

    let mut nearest = colours
        .find(json!({"warm": true}))
        .sort(Sort::vector([0.9, 0.5, 0.1]))
        .include_similarity(true)
        .limit(3)
        .await?;
    while let Some(found) = nearest.try_next().await? {
        println!(
            "{}: {:.3}",
            found.name,
            found.similarity.unwrap_or_default()
        );
    }

    let with_vector = colours
        .find_one(json!({"_id": "teal"}))
        .projection(json!({"*": 1}))
        .await?;
    println!("{with_vector:?}");

    colours.drop().await?;
    Ok(())
}
