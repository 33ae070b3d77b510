//! Search by a text: the server makes the vectors, of the documents and of the question.
//!
//! Run it like `quickstart`, on `astra-dev serve`: its provider `local` needs no network and no key, and knows spelling, not
//! meaning. On Astra name a provider of `find_embedding_providers`, with its key in `Options::embedding`.

#![expect(clippy::print_stdout, reason = "an example talks")]

use astra_db::{CollectionDocument, ConnectionString, Database, Sort};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Serialize, Deserialize, CollectionDocument)]
#[collection(
    name = "example_teas",
    vector(metric = "cosine", provider = "local", model = "hash-ngrams")
)]
struct Tea {
    #[serde(rename = "_id")]
    name: String,
    /// The text that the vector is made of. Left out of answers unless it is asked for.
    #[serde(rename = "$vectorize", skip_serializing_if = "Option::is_none")]
    about: Option<String>,
}

/// The names of the teas that are nearest to a question.
pub(crate) async fn run(db: &Database, question: &str) -> astra_db::Result<Vec<String>> {
    let teas = db.create_collection_of::<Tea>().if_not_exists().await?;
    teas.delete_all().await?;
    let tea = |name: &str, about: &str| Tea {
        name: name.to_owned(),
        about: Some(about.to_owned()),
    };
    teas.insert_many([
        tea("sencha", "a green tea of Japan, steamed"),
        tea("assam", "a malty black tea of India"),
        tea("rooibos", "a red bush of South Africa, without caffeine"),
    ])
    .await?;
    let nearest = teas
        .find(json!({}))
        .sort(Sort::vectorize(question))
        .limit(2)
        .all()
        .await?;
    teas.drop().await?;
    Ok(nearest.into_iter().map(|tea| tea.name).collect())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let uri: ConnectionString = std::env::var("DATA_API_URI")?.parse()?;
    let db = uri.connect()?;
    if !db.environment().is_astra() {
        db.create_keyspace(uri.keyspace()).await?;
    }
    for name in run(&db, "black teas from India").await? {
        println!("{name}");
    }
    Ok(())
}
