//! Reranking services: passages put in order by how well they answer a query.

use super::Providers;
use super::call::Outgoing;
use super::catalogue::LOCAL;
use super::client::send_all;
use super::reply::RERANKING;
use crate::definition::RerankService;
use crate::error::{ApiError, schema};
use crate::json::{Object, Value};

/// The provider there is unless another is named.
pub(crate) const PROVIDER: &str = "nvidia";
/// Its model.
pub(crate) const MODEL: &str = "nvidia/llama-3.2-nv-rerankqa-1b-v2";
pub(crate) const URL: &str =
    "https://ai.api.nvidia.com/v1/retrieval/nvidia/llama-3_2-nv-rerankqa-1b-v2/reranking";
/// The model of the provider `local`: it looks at no text, and goes by the places a document has in both searches.
pub(crate) const RANK_FUSION: &str = "reciprocal-rank-fusion";

/// Passages of one call at most.
const BATCH: usize = 10;

/// The models that a service can name, with their providers.
pub(crate) const MODELS: [(&str, &str); 2] = [(PROVIDER, MODEL), (LOCAL, RANK_FUSION)];

/// Whether a service reranks by places alone.
pub(crate) fn is_rank_fusion(service: &RerankService) -> bool {
    service.provider == LOCAL
}

impl Providers {
    pub(crate) fn reranking_url(&self) -> &str {
        self.features.reranking_url(PROVIDER).unwrap_or(URL)
    }

    /// How well each passage answers a query; more is better.
    pub(crate) fn rerank(
        &self,
        service: &RerankService,
        query: &str,
        passages: &[String],
    ) -> Result<Vec<f32>, ApiError> {
        if self.keys.reranking.is_none() && self.keys.token.is_none() {
            return Err(schema::RERANKING_PROVIDER_AUTHENTICATION_KEY_NOT_PROVIDED.because(format!(
                "The reranking provider '{}' needs a key. Send it in the header 'reranking-api-key'.",
                service.provider
            )));
        }
        let calls = passages.chunks(BATCH).map(|passages| {
            let mut call = Outgoing::new(
                self.reranking_url().to_owned(),
                &body(&service.model_name, query, passages),
            );
            self.sign_for_nvidia(self.keys.reranking.as_ref(), &mut call);
            call
        });
        let mut scores = Vec::with_capacity(passages.len());
        for (outcome, passages) in send_all(calls.collect())
            .into_iter()
            .zip(passages.chunks(BATCH))
        {
            let answer = RERANKING.read(&service.provider, outcome, &[&["message"]])?;
            let read = read_scores(&answer, passages.len());
            scores.extend(read.ok_or_else(|| {
                RERANKING.unusable(
                    &service.provider,
                    "does not have a score for each passage and say what was used",
                )
            })?);
        }
        Ok(scores)
    }
}

fn body(model: &str, query: &str, passages: &[String]) -> Object {
    let text = |text: &str| Value::from(Object::from([("text", text)]));
    let passages: Vec<Value> = passages.iter().map(|passage| text(passage)).collect();
    Object::from([
        ("model", Value::from(model)),
        ("query", text(query)),
        ("passages", passages.into()),
        ("truncate", "NONE".into()),
    ])
}

/// The scores of an answer in the order of the passages.
fn read_scores(answer: &Value, passages: usize) -> Option<Vec<f32>> {
    let answer = answer.as_object()?;
    answer.get("usage")?.as_object()?;
    let mut scores = vec![None; passages];
    for ranking in answer.get("rankings")?.as_array()? {
        let ranking = ranking.as_object()?;
        let number = |name: &str| Some(ranking.get(name)?.as_number()?.as_str());
        let index: usize = number("index")?.parse().ok()?;
        *scores.get_mut(index)? = Some(number("logit")?.parse().ok()?);
    }
    scores.into_iter().collect()
}
