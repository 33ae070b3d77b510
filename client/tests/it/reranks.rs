//! `find_and_rerank`.

use astra_db::{Error, HybridQuery, Vector};
use serde_json::json;

use crate::support::{Outcome, Script, collection, failure};

const FOUND: &str = r#"{"data":{"documents":[{"_id":1},{"_id":2}],"nextPageState":null},
    "status":{"sortVector":[0.5],"documentResponses":[
        {"scores":{"$rerank":0.9,"$vector":0.8,"$vectorRank":1,"$bm25Rank":null,"$rrf":0.02}},
        {"scores":{"$rerank":-3.5,"$vector":0.7,"$vectorRank":2,"$bm25Rank":1,"$rrf":0.03}}]}}"#;

#[tokio::test]
async fn the_best_come_first_with_their_scores() {
    let script = Script::of([Outcome::Reply(200, FOUND)]);
    let found = collection(&script)
        .find_and_rerank(json!({"a": 1}), "tea")
        .projection(json!({"a": 1}))
        .limit(5)
        .hybrid_limits(20, 30)
        .rerank_on("text")
        .rerank_query("which tea")
        .rerank_service(json!({"provider": "nvidia", "modelName": "m"}))
        .include_scores(true)
        .include_sort_vector(true)
        .details()
        .await
        .unwrap();
    assert_eq!(found.sort_vector, Some(Vector::from([0.5])));
    let scores: Vec<_> = found
        .value
        .items
        .into_iter()
        .filter_map(|item| item.scores)
        .collect();
    assert_eq!((scores[0].rerank, scores[0].bm25_rank), (0.9, None));
    assert_eq!((scores[1].rerank, scores[1].vector_rank), (-3.5, Some(2)));
    let expected = json!({"findAndRerank": {
        "filter": {"a": 1},
        "sort": {"$hybrid": {"$vectorize": "tea", "$lexical": "tea"}},
        "projection": {"a": 1},
        "options": {"limit": 5, "hybridLimits": {"$vector": 20, "$lexical": 30}, "rerankOn": "text",
            "rerankQuery": "which tea", "includeScores": true, "includeSortVector": true,
            "rerank": {"provider": "nvidia", "modelName": "m"}},
    }});
    assert_eq!(script.commands(), [expected]);
}

#[tokio::test]
async fn without_scores_there_are_documents_only() {
    let script = Script::of([Outcome::Reply(200, r#"{"data":{"documents":[{"_id":1}]}}"#)]);
    let query = HybridQuery::default().vector([1.0]).lexical("tea");
    let found = collection(&script)
        .find_and_rerank(json!({}), query)
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].scores, None);
    let sort = json!({"$hybrid": {"$lexical": "tea", "$vector": {"$binary": "P4AAAA=="}}});
    assert_eq!(
        script.commands(),
        [json!({"findAndRerank": {"filter": {}, "sort": sort, "options": {}}})]
    );
}

#[tokio::test]
async fn scores_that_do_not_fit_the_documents_are_refused() {
    let answer =
        r#"{"data":{"documents":[]},"status":{"documentResponses":[{"scores":{"$rerank":1}}]}}"#;
    let script = Script::of([Outcome::Reply(200, answer)]);
    let error = failure(collection(&script).find_and_rerank(json!({}), "tea").await);
    assert!(matches!(error, Error::Decode(_)), "{error}");
}
