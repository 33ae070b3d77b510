//! `findAndRerank`

use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::part::{Part, optional_object};
use super::{awaited, call_options};
use crate::command::{Reply, decode_documents, malformed};
use crate::error::{ApiError, DecodeError, Error, Fitted, Result};
use crate::handle::NamedRef;
use crate::options::Options;
use crate::value::Vector;

/// Finds documents by likeness and by words at once, and lets a reranking model put them in order.
/// Made by [`Collection::find_and_rerank`](crate::Collection::find_and_rerank).
///
/// The server searches by vector and by text, merges what it finds, and asks the model how well each
/// passage answers the query. The collection needs a vector, an embedding service unless the query
/// brings its vector, lexical search and a reranking service. There is one page, and no paging.
///
/// ```no_run
/// # async fn run(articles: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use serde_json::json;
///
/// let found = articles
///     .find_and_rerank(json!({"language": "en"}), "how to brew tea")
///     .limit(5)
///     .include_scores(true)
///     .await?;
/// for article in found {
///     println!("{:?} {}", article.scores.map(|scores| scores.rerank), article.document);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct FindAndRerank<T> {
    collection: NamedRef,
    filter: Part,
    query: HybridQuery,
    projection: Option<Part>,
    service: Option<Part>,
    wire: WireOptions,
    options: Arc<Options>,
    item: PhantomData<fn() -> T>,
}

/// What [`FindAndRerank`] searches for: one text for both searches, or each its own.
///
/// ```
/// use astra_db::HybridQuery;
///
/// let one = HybridQuery::from("how to brew tea");
/// let each = HybridQuery::default().vector([0.1, 0.2]).lexical("brew tea");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct HybridQuery {
    #[serde(rename = "$vectorize", skip_serializing_if = "Option::is_none")]
    vectorize: Option<String>,
    #[serde(rename = "$lexical", skip_serializing_if = "Option::is_none")]
    lexical: Option<String>,
    #[serde(rename = "$vector", skip_serializing_if = "Option::is_none")]
    vector: Option<Vector>,
}

impl HybridQuery {
    /// The text the embedding service makes the vector of.
    #[must_use]
    pub fn vectorize(mut self, text: impl Into<String>) -> Self {
        self.vectorize = Some(text.into());
        self
    }

    /// The words to search for.
    #[must_use]
    pub fn lexical(mut self, words: impl Into<String>) -> Self {
        self.lexical = Some(words.into());
        self
    }

    /// The vector itself. The model then has to be told what to compare:
    /// [`rerank_on`](FindAndRerank::rerank_on) and [`rerank_query`](FindAndRerank::rerank_query).
    #[must_use]
    pub fn vector(mut self, vector: impl Into<Vector>) -> Self {
        self.vector = Some(vector.into());
        self
    }
}

impl From<&str> for HybridQuery {
    fn from(text: &str) -> Self {
        Self::default().vectorize(text).lexical(text)
    }
}

impl From<String> for HybridQuery {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

/// A document that [`FindAndRerank`] found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reranked<T> {
    /// The document.
    pub document: T,
    /// Where its place comes from, if that was asked for.
    pub scores: Option<RerankScores>,
}

/// Why a document has its place among those that [`FindAndRerank`] found.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct RerankScores {
    /// What the model says; decides the order.
    #[serde(rename = "$rerank")]
    pub rerank: f64,
    /// Its similarity to the vector of the query.
    #[serde(rename = "$vector", default)]
    pub vector: Option<f64>,
    /// Its place in the search by vector, if that found it.
    #[serde(rename = "$vectorRank", default)]
    pub vector_rank: Option<u32>,
    /// Its place in the search by words, if that found it.
    #[serde(rename = "$bm25Rank", default)]
    pub bm25_rank: Option<u32>,
    /// Both places in one number (reciprocal rank fusion); decides between equal ones.
    #[serde(rename = "$rrf", default)]
    pub rrf: Option<f64>,
}

/// What [`FindAndRerank`] found, with all the server said.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FoundAndReranked<T> {
    /// The documents, the best first.
    pub items: Vec<Reranked<T>>,
    /// Documents that do not fit `T`. Awaiting [`FindAndRerank`] without `details` fails instead.
    pub unfit: Vec<DecodeError>,
    /// The vector that was searched by, where that was asked for.
    pub sort_vector: Option<Vector>,
    /// What the server wants to be known.
    pub warnings: Vec<ApiError>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hybrid_limits: Option<HybridLimits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rerank_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rerank_query: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    include_scores: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    include_sort_vector: bool,
}

#[derive(Debug, Serialize)]
struct HybridLimits {
    #[serde(rename = "$vector")]
    vector: u32,
    #[serde(rename = "$lexical")]
    lexical: u32,
}

#[derive(Serialize)]
struct Payload<'a> {
    filter: &'a RawValue,
    sort: HybridSort<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    projection: Option<&'a RawValue>,
    options: AllOptions<'a>,
}

#[derive(Serialize)]
struct HybridSort<'a> {
    #[serde(rename = "$hybrid")]
    hybrid: &'a HybridQuery,
}

#[derive(Serialize)]
struct AllOptions<'a> {
    #[serde(flatten)]
    wire: &'a WireOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    rerank: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Data<T> {
    documents: Vec<T>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    sort_vector: Option<Vector>,
    document_responses: Option<Vec<DocumentResponse>>,
}

#[derive(Deserialize)]
struct DocumentResponse {
    scores: RerankScores,
}

impl<T> FindAndRerank<T> {
    pub(crate) fn new(collection: NamedRef, filter: impl Serialize, query: HybridQuery) -> Self {
        Self {
            options: collection.options(),
            collection,
            filter: Part::new("filter", &filter),
            query,
            projection: None,
            service: None,
            wire: WireOptions::default(),
            item: PhantomData,
        }
    }

    call_options!();

    /// Which fields to answer; `$vector`, `$vectorize` and `$lexical` are left out unless named.
    pub fn projection(mut self, projection: impl Serialize) -> Self {
        self.projection = Some(Part::new("projection", &projection));
        self
    }

    /// The most documents to answer; 10 unless set.
    pub fn limit(mut self, limit: u32) -> Self {
        self.wire.limit = Some(limit);
        self
    }

    /// The most documents each of the two searches may bring, 1 to 100; 50 unless set.
    pub fn hybrid_limits(mut self, vector: u32, lexical: u32) -> Self {
        self.wire.hybrid_limits = Some(HybridLimits { vector, lexical });
        self
    }

    /// The field whose text the model judges; `$vectorize` unless set.
    pub fn rerank_on(mut self, path: impl Into<String>) -> Self {
        self.wire.rerank_on = Some(path.into());
        self
    }

    /// The question the model judges by; the `$vectorize` text of the query unless set.
    pub fn rerank_query(mut self, query: impl Into<String>) -> Self {
        self.wire.rerank_query = Some(query.into());
        self
    }

    /// Another model than the collection's, for this call:
    /// `{"provider": "nvidia", "modelName": "…"}`.
    pub fn rerank_service(mut self, service: impl Serialize) -> Self {
        self.service = Some(Part::new("rerank service", &service));
        self
    }

    /// Whether to answer [`Reranked::scores`].
    pub fn include_scores(mut self, include: bool) -> Self {
        self.wire.include_scores = include;
        self
    }

    /// Whether to answer [`FoundAndReranked::sort_vector`].
    pub fn include_sort_vector(mut self, include: bool) -> Self {
        self.wire.include_sort_vector = include;
        self
    }
}

impl<T: DeserializeOwned> FindAndRerank<T> {
    async fn found(self) -> Result<FoundAndReranked<T>> {
        const COMMAND: &str = "findAndRerank";
        let filter = self.filter.object(COMMAND)?;
        let projection = optional_object(self.projection, COMMAND)?;
        let service = optional_object(self.service, COMMAND)?;
        let payload = Payload {
            filter: &filter,
            sort: HybridSort {
                hybrid: &self.query,
            },
            projection: projection.as_deref(),
            options: AllOptions {
                wire: &self.wire,
                rerank: service.as_deref(),
            },
        };
        let call = self.collection.call(COMMAND, &payload)?;
        let reply = self.collection.send_one(call, &self.options).await?;
        let documents = documents(&reply)?;
        let status: Option<Status> = reply.status()?;
        let Status {
            sort_vector,
            document_responses,
        } = status.unwrap_or_default();
        let scores: Vec<Option<RerankScores>> = match document_responses {
            Some(responses) => responses
                .into_iter()
                .map(|response| Some(response.scores))
                .collect(),
            None => documents.iter().map(|_: &Fitted<T>| None).collect(),
        };
        if scores.len() != documents.len() {
            let complaint = format!("{} scores for {} documents", scores.len(), documents.len());
            return Err(malformed(
                &reply.call,
                "status.documentResponses",
                &complaint,
            ));
        }
        let pairs = documents.into_iter().zip(scores);
        let (mut items, mut unfit) = (Vec::new(), Vec::new());
        for (document, scores) in pairs {
            match document {
                Ok(document) => items.push(Reranked { document, scores }),
                Err(error) => unfit.push(*error),
            }
        }
        Ok(FoundAndReranked {
            items,
            unfit,
            sort_vector,
            warnings: reply.warnings,
        })
    }
}

impl<T: DeserializeOwned + Send + 'static> FindAndRerank<T> {
    async fn run(self) -> Result<Vec<Reranked<T>>> {
        let found = self.found().await?;
        match found.unfit.into_iter().next() {
            Some(unfit) => Err(Error::Decode(Box::new(unfit))),
            None => Ok(found.items),
        }
    }
}

awaited!(FindAndRerank<T> => Vec<Reranked<T>> as found => FoundAndReranked<T>, T: DeserializeOwned + Send + 'static);

/// In one pass if all documents fit, else each by itself.
fn documents<T: DeserializeOwned>(reply: &Reply) -> Result<Vec<Fitted<T>>> {
    if let Ok(Data { documents }) = reply.data() {
        return Ok(documents.into_iter().map(Ok).collect());
    }
    let Data { documents } = reply.data()?;
    Ok(decode_documents(&documents, &reply.call))
}
