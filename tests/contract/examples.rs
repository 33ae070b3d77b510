//! The client's examples of search by texts, on the local Data API and its own services.

use astra_db::HybridQuery;

use crate::actions::locally;

#[path = "../../client/examples/hybrid.rs"]
#[expect(dead_code, reason = "it has a main of its own")]
mod hybrid;

#[path = "../../client/examples/vectorize.rs"]
#[expect(dead_code, reason = "it has a main of its own")]
mod vectorize;

#[tokio::test]
async fn vectorize_finds_what_is_nearest_to_a_text() {
    locally(async |db| {
        let found = vectorize::run(&db, "black teas from India").await.unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], "assam");
        assert_eq!(vectorize::run(&db, "bushes").await.unwrap()[0], "rooibos");
    })
    .await;
}

#[tokio::test]
async fn hybrid_finds_by_words_and_by_likeness() {
    locally(async |db| {
        let found = hybrid::run(&db, "brewing green tea").await.unwrap();
        assert_eq!(found[0].document.name, "brewing");
        let scores = found[0].scores.as_ref().unwrap();
        assert_eq!((scores.vector_rank, scores.bm25_rank), (Some(1), Some(1)));
        // Each search has its own question.
        let each = HybridQuery::default()
            .vectorize("green teas")
            .lexical("roast");
        let found = hybrid::run(&db, each).await.unwrap();
        let by_words = |name: &str| {
            let article = found.iter().find(|found| found.document.name == name);
            article.unwrap().scores.as_ref().unwrap().bm25_rank
        };
        assert_eq!((by_words("brewing"), by_words("coffee")), (None, Some(1)));
    })
    .await;
}
