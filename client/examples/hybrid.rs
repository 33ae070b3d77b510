//! Search by words and by likeness at once, both merged and reranked.
//!
//! Run it like `quickstart`, on `astra-dev serve`: its services `local` need no network and no key. They know spelling, not
//! meaning, and rank by the places in both searches. On Astra leave out `rerank`, and name a provider of
//! `find_embedding_providers`.

#![expect(clippy::print_stdout, reason = "an example talks")]

use astra_db::{CollectionDocument, ConnectionString, Database, HybridQuery, Reranked};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Serialize, Deserialize, CollectionDocument)]
#[collection(
    name = "example_articles",
    vector(metric = "cosine", provider = "local", model = "hash-ngrams"),
    lexical = "english",
    rerank(provider = "local", model = "reciprocal-rank-fusion")
)]
pub(crate) struct Article {
    #[serde(rename = "_id")]
    pub(crate) name: String,
    #[serde(rename = "$vectorize", skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(rename = "$lexical", skip_serializing_if = "Option::is_none")]
    words: Option<String>,
}

/// The articles that answer a query, the best first.
pub(crate) async fn run(
    db: &Database,
    query: impl Into<HybridQuery>,
) -> astra_db::Result<Vec<Reranked<Article>>> {
    let articles = db.create_collection_of::<Article>().if_not_exists().await?;
    articles.delete_all().await?;
    let article = |name: &str, text: &str| Article {
        name: name.to_owned(),
        text: Some(text.to_owned()),
        words: Some(text.to_owned()),
    };
    articles
        .insert_many([
            article("brewing", "how to brew green tea without bitterness"),
            article("kettles", "kettles that hold their temperature"),
            article("coffee", "how to roast coffee at home"),
        ])
        .await?;
    let found = articles
        .find_and_rerank(json!({}), query)
        .hybrid_limits(10, 10)
        .limit(2)
        .include_scores(true)
        .await?;
    articles.drop().await?;
    Ok(found)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let uri: ConnectionString = std::env::var("DATA_API_URI")?.parse()?;
    let db = uri.connect()?;
    if !db.environment().is_astra() {
        db.create_keyspace(uri.keyspace()).await?;
    }
    // One text for both searches; `HybridQuery::default().vectorize("…").lexical("…")` gives each its own.
    for article in run(&db, "brewing green tea").await? {
        println!("{:?} {}", article.scores, article.document.name);
    }
    Ok(())
}
