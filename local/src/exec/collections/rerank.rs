//! findAndRerank: two searches, put together and put in order by a reranking model.

mod hybrid;

use std::sync::Arc;

use self::hybrid::{Hybrid, HybridLimits, is_text};
use super::lexical::ranked;
use super::nearest::Search;
use super::project::Projector;
use super::scope::{OnCollection, Scope};
use super::select::{Selected, selected};
use crate::command::arguments::Arguments;
use crate::command::fields::{FILTER, LIMIT, PROJECTION, SORT};
use crate::command::service::{SERVICE, ServiceOptions};
use crate::command::shape::{Field, Shape, invalid};
use crate::command::{Clauses, Command};
use crate::definition::RerankService;
use crate::document::insert::no_vectors;
use crate::document::special;
use crate::error::{ApiError, request, schema, sort};
use crate::exec::schema::providers::{chosen_reranking, reranking_is_off};
use crate::json::{Object, Value, float};
use crate::language::filter::Filter;
use crate::limits::Limits;
use crate::path::DocumentPath;
use crate::providers::reranking;
use crate::response::{Answer, Data};
use crate::storage::{Reader, Storage};
use crate::vector;

/// Documents of an answer without a limit.
const DEFAULT_LIMIT: u32 = 10;
/// Documents of each search without a limit.
const DEFAULT_HYBRID_LIMIT: i32 = 50;

#[derive(Debug)]
pub(crate) struct FindAndRerank {
    clauses: Clauses,
    hybrid: Hybrid,
    limits: Option<HybridLimits>,
    /// The text to rerank by, where it is not the one to search by.
    rerank_query: Option<String>,
    /// A model in place of the collection's own.
    rerank: Option<ServiceOptions>,
    limit: usize,
    /// The path of the passages.
    rerank_on: Option<String>,
    include_scores: bool,
    include_sort_vector: bool,
}

impl Command for FindAndRerank {
    const SHAPE: Shape = Shape::of(&[
        FILTER,
        PROJECTION,
        SORT,
        Field::shape(
            "options",
            &Shape::of(&[
                LIMIT,
                Field::clause("hybridLimits"),
                Field::text("rerankOn"),
                Field::text("rerankQuery"),
                Field::flag("includeScores"),
                Field::flag("includeSortVector"),
                Field::shape("rerank", &SERVICE),
            ]),
        ),
    ]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        let mut options = arguments.options();
        let hybrid = Hybrid::read(arguments.json("sort").as_ref())?;
        let limits = options.json("hybridLimits").map(HybridLimits::read);
        Ok(Self {
            clauses: Clauses::take(arguments),
            hybrid,
            limits: limits.transpose()?,
            rerank_query: options.text("rerankQuery").filter(|text| is_text(text)),
            rerank: options.shape("rerank").map(ServiceOptions::from_arguments),
            limit: usize::try_from(options.count("limit").unwrap_or(DEFAULT_LIMIT))
                .unwrap_or(usize::MAX),
            rerank_on: options.text("rerankOn"),
            include_scores: options.is_on("includeScores"),
            include_sort_vector: options.is_on("includeSortVector"),
        })
    }

    fn clauses(&self) -> Option<&Clauses> {
        Some(&self.clauses)
    }
}

impl OnCollection for FindAndRerank {
    fn run(self, scope: &Arc<Scope>, storage: &Storage) -> Result<Answer, ApiError> {
        let (service, query) = refuse(scope, &self)?;
        let filter = scope.filter(self.clauses.filter.as_ref())?;
        let projector = Projector::parse(self.clauses.projection.as_ref(), false)?;
        let vector = self.query_vector(scope)?;
        let passage = self.passage()?;
        if vector.is_some() {
            storage.index_vectors(&scope.collection)?;
        }
        let found =
            storage.read(|reader| self.search(scope, reader, &filter, vector.as_deref()))?;
        let mut candidates = Vec::with_capacity(found.len());
        let mut passages = Vec::with_capacity(found.len());
        for candidate in found {
            if let Some(text) = text_at(&passage, &candidate.document.document()?) {
                candidates.push(candidate);
                passages.push(text);
            }
        }
        let scores = if reranking::is_rank_fusion(&service) {
            candidates.iter().map(Candidate::fusion).collect()
        } else if passages.is_empty() {
            Vec::new()
        } else {
            scope.providers.rerank(&service, &query, &passages)?
        };
        let mut ranked: Vec<_> = candidates.into_iter().zip(scores).collect();
        ranked.sort_by(|(left, left_score), (right, right_score)| {
            let by_score = right_score.total_cmp(left_score);
            by_score.then_with(|| right.fusion().total_cmp(&left.fusion()))
        });
        ranked.truncate(self.limit);
        let documents = ranked
            .iter()
            .map(|(candidate, _)| projector.show_selected(&candidate.document));
        let data = Data::Page {
            documents: documents.collect::<Result<_, _>>()?,
            next_page_state: None,
        };
        let mut status = Object::new();
        if self.include_scores {
            let responses = ranked
                .iter()
                .map(|(candidate, score)| candidate.explain(*score));
            status.insert("documentResponses", responses.collect::<Vec<_>>());
        }
        if self.include_sort_vector {
            status.insert(
                "sortVector",
                vector.as_deref().map_or(Value::Null, vector::to_json),
            );
        }
        Ok(Answer {
            data: Some(data),
            status,
            ..Answer::default()
        })
    }
}

/// A document that one of the searches found.
#[derive(Debug)]
struct Candidate {
    document: Selected,
    /// Its places in the two searches, from 1.
    vector_rank: Option<u16>,
    lexical_rank: Option<u16>,
}

impl Candidate {
    /// The sum of the reciprocals of its places, each moved by 60
    /// (<https://plg.uwaterloo.ca/~gvcormac/cormacksigir09-rrf.pdf>).
    fn fusion(&self) -> f32 {
        let ranks = [self.vector_rank, self.lexical_rank].into_iter().flatten();
        ranks.map(|rank| 1.0 / (60.0 + f32::from(rank))).sum()
    }

    fn explain(&self, score: f32) -> Value {
        let rank = |rank: Option<u16>| rank.map_or(Value::Null, |rank| usize::from(rank).into());
        let similarity = self.document.similarity;
        let scores = Object::from([
            ("$rerank", float::float_to_json(score)),
            (
                "$vector",
                similarity.map_or(Value::Null, float::float_to_json),
            ),
            ("$vectorRank", rank(self.vector_rank)),
            ("$bm25Rank", rank(self.lexical_rank)),
            ("$rrf", float::float_to_json(self.fusion())),
        ]);
        Object::from([("scores", scores)]).into()
    }
}

/// The text of a document at a path. Numbers and others are taken as they are written; blank texts are none.
fn text_at(path: &DocumentPath, document: &Object) -> Option<String> {
    let text = match path.find(document)? {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_json(),
    };
    is_text(&text).then_some(text)
}

impl FindAndRerank {
    fn query_vector(&self, scope: &Scope) -> Result<Option<Vec<f32>>, ApiError> {
        match (&self.hybrid.vectorize, &self.hybrid.vector) {
            (Some(text), _) => scope.embed_query(text).map(Some),
            (None, Some(vector)) => {
                let rule = scope.collection.rules.vector.ok_or_else(no_vectors)?;
                vector::check(vector, rule.dimension, rule.metric)?;
                Ok(Some(vector.clone()))
            }
            (None, None) => Ok(None),
        }
    }

    /// Where the passages are.
    fn passage(&self) -> Result<DocumentPath, ApiError> {
        let path = match (&self.rerank_on, &self.hybrid.vectorize, &self.hybrid.vector) {
            (Some(path), ..) => path,
            (None, None, Some(_)) => {
                let problem = "must name the field to rerank on where the sort is by '$vector'";
                return Err(invalid("command.options.rerankOn", problem));
            }
            (None, ..) => special::VECTORIZE,
        };
        DocumentPath::parse_lenient(path).map_err(|problem| {
            invalid(
                "command.options.rerankOn",
                &format!("is not a path: {problem}"),
            )
        })
    }

    /// Runs the searches there are, and puts what they found together.
    fn search(
        &self,
        scope: &Scope,
        reader: &Reader<'_>,
        filter: &Filter,
        vector: Option<&[f32]>,
    ) -> Result<Vec<Candidate>, ApiError> {
        let mut room = scope.room();
        let mut candidates: Vec<Candidate> = Vec::new();
        let limits = self.limits.unwrap_or(HybridLimits {
            vector: DEFAULT_HYBRID_LIMIT,
            lexical: DEFAULT_HYBRID_LIMIT,
        });
        if let Some(query) = vector {
            let found = Search {
                scope,
                filter,
                query,
                metric: scope.metric(),
                limit: usize::try_from(limits.vector).unwrap_or(0),
            }
            .run(reader)?;
            for (near, rank) in found.into_iter().zip(1..) {
                let similarity = Some(near.similarity);
                if let Some(document) = selected(scope, reader, near.key, similarity)? {
                    room.take(document.json.len())?;
                    candidates.push(Candidate {
                        document,
                        vector_rank: Some(rank),
                        lexical_rank: None,
                    });
                }
            }
        }
        let limit = usize::try_from(limits.lexical).unwrap_or(0);
        let found = match &self.hybrid.lexical {
            Some(text) => ranked(scope, reader, filter, text, limit)?,
            None => Vec::new(),
        };
        for (found, rank) in found.into_iter().zip(1..) {
            let known = candidates
                .iter_mut()
                .find(|candidate| candidate.document.id == found.key);
            if let Some(known) = known {
                known.lexical_rank = Some(rank);
                continue;
            }
            let similarity = match vector {
                Some(query) => reader
                    .vector(&scope.collection, found.key)?
                    .map(|own| scope.metric().similarity(query, &own)),
                None => None,
            };
            if let Some(document) = selected(scope, reader, found.key, similarity)? {
                room.take(document.json.len())?;
                candidates.push(Candidate {
                    document,
                    vector_rank: None,
                    lexical_rank: Some(rank),
                });
            }
        }
        Ok(candidates)
    }
}

impl FindAndRerank {
    /// Holds the limits of the searches against what is possible, which the real server does only for a collection that
    /// could be searched.
    fn check_limits(&self, limits: &Limits) -> Result<(), ApiError> {
        let Some(HybridLimits { vector, lexical }) = self.limits else {
            return Ok(());
        };
        let possible = 1..=i64::from(limits.hybrid_search);
        for (name, limit) in [("$vector", vector), ("$lexical", lexical)] {
            if !possible.contains(&i64::from(limit)) {
                let problem = format!("must be from 1 to {}; it is {limit}", possible.end());
                return Err(invalid(&format!("hybridLimits.{name}"), &problem));
            }
        }
        Ok(())
    }
}

/// Holds findAndRerank against what the collection has, in the order in which the real server does. Returns the service to
/// rerank with, and the text to rerank by.
fn refuse(scope: &Scope, command: &FindAndRerank) -> Result<(RerankService, String), ApiError> {
    let (collection, hybrid) = (&scope.collection.definition, &command.hybrid);
    if !scope.providers.features.reranking {
        return Err(reranking_is_off());
    }
    if (hybrid.vectorize.is_some() || hybrid.vector.is_some()) && collection.vector.is_none() {
        return Err(sort::UNSUPPORTED_VECTOR_SORT_FOR_COLLECTION.because(
            "The collection has no vectors. Create it with the option 'vector' to search by them.",
        ));
    }
    if hybrid.vectorize.is_some() && scope.service().is_err() {
        return Err(sort::UNSUPPORTED_VECTORIZE_SORT_FOR_COLLECTION
            .because("The collection has no embedding service to make a vector of the text. Sort by '$vector' instead."));
    }
    if hybrid.lexical.is_some() && collection.lexical.is_none() {
        return Err(schema::LEXICAL_NOT_ENABLED_FOR_COLLECTION.because(
            "The collection has no lexical search. Create it with the option 'lexical' enabled.",
        ));
    }
    command.check_limits(&scope.limits)?;
    let service = match (&command.rerank, &collection.rerank) {
        (Some(chosen), _) => chosen_reranking(chosen)
            .map_err(|problem| request::INVALID_RERANK_OVERRIDE.because(problem))?,
        (None, Some(service)) => service.clone(),
        (None, None) => {
            return Err(request::UNSUPPORTED_RERANKING_COMMAND.because(
                "The collection does not rerank. Create it with the option 'rerank' enabled.",
            ));
        }
    };
    let query = command
        .rerank_query
        .clone()
        .or_else(|| hybrid.vectorize.clone());
    let query = query.ok_or_else(|| {
        request::MISSING_RERANK_QUERY_TEXT
            .because("There is no text to rerank by. Give a text in the sort's '$hybrid', or in the option 'rerankQuery'.")
    })?;
    Ok((service, query))
}
