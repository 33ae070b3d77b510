//! Vectors made of the texts of documents and sorts, by the collection's embedding service.
//!
//! No service is called while documents are being written: that would keep all other writes waiting. A write that meets a
//! text without a vector is undone, the vector is made, and the write is begun anew.

use std::collections::HashMap;
use std::sync::Arc;

use super::scope::Scope;
use crate::document::insert::no_embedding_service;
use crate::error::ApiError;
use crate::language::sort::Sort;
use crate::providers::Purpose;
use crate::providers::service::EmbeddingService;
use crate::storage::{Failure, Storage, StorageError, Trouble, Writer};
use crate::vector;

/// Why a write was undone.
#[derive(Debug)]
pub(super) enum Stop {
    Failed(ApiError),
    /// A vector for this text is wanted.
    Embed(String),
}

/// The texts of a command that were turned into vectors, or could not be.
#[derive(Clone, Debug, Default)]
pub(super) struct Vectors(Arc<HashMap<String, Result<Vec<f32>, ApiError>>>);

impl From<ApiError> for Stop {
    fn from(error: ApiError) -> Self {
        Self::Failed(error)
    }
}

impl From<StorageError> for Stop {
    fn from(error: StorageError) -> Self {
        Self::Failed(error.into())
    }
}

impl Failure for Stop {
    fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Failed(error) => error.trouble(),
            Self::Embed(_) => None,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Failed(error) => error.message.clone(),
            Self::Embed(_) => String::new(),
        }
    }
}

impl Vectors {
    pub(super) fn of(&self, text: &str) -> Result<Vec<f32>, Stop> {
        match self.0.get(text) {
            Some(vector) => Ok(vector.clone()?),
            None => Err(Stop::Embed(text.to_owned())),
        }
    }
}

impl Scope {
    /// The embedding service of the collection.
    pub(super) fn service(&self) -> Result<EmbeddingService, ApiError> {
        let vector = self.collection.definition.vector.as_ref();
        let (service, dimension) = vector
            .and_then(|vector| Some((vector.service.as_ref()?, vector.dimension)))
            .ok_or_else(no_embedding_service)?;
        let dimension = i64::try_from(dimension).ok();
        // It could be made when the collection was.
        EmbeddingService::of(service, dimension).map_err(|_| no_embedding_service())
    }

    /// Vectors for texts that are to be stored.
    pub(super) fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ApiError> {
        let service = self.service()?;
        let vectors = self.providers.embed(&service, texts, Purpose::Storing)?;
        self.check_all(vectors)
    }

    /// The vector for a text that is searched for.
    pub(super) fn embed_query(&self, text: &str) -> Result<Vec<f32>, ApiError> {
        self.embed_one(text, Purpose::Searching)
    }

    fn embed_one(&self, text: &str, purpose: Purpose) -> Result<Vec<f32>, ApiError> {
        let service = self.service()?;
        let vector = self.providers.embed_one(&service, text, purpose)?;
        Ok(self.check_all(vec![vector])?.swap_remove(0))
    }

    fn check_all(&self, vectors: Vec<Vec<f32>>) -> Result<Vec<Vec<f32>>, ApiError> {
        if let Some(rule) = self.collection.rules.vector {
            for vector in &vectors {
                vector::check(vector, rule.dimension, rule.metric)?;
            }
        }
        Ok(vectors)
    }

    /// The sort by the vector of its text, if it has one; a sort by a vector gets an index to search.
    pub(super) fn with_vector(&self, sort: Sort, storage: &Storage) -> Result<Sort, ApiError> {
        let sort = match sort {
            Sort::Vectorize(text) => self.embed_query(&text).map(Sort::Vector)?,
            other => other,
        };
        if let Sort::Vector(_) = sort {
            storage.index_vectors(&self.collection)?;
        }
        Ok(sort)
    }

    /// Runs a write, again for each text that it needs a vector of. A command has no more than two of them.
    pub(super) fn write<T: Send + 'static>(
        self: &Arc<Self>,
        storage: &Storage,
        job: impl Fn(&Self, &mut Writer<'_>, &Vectors) -> Result<T, Stop> + Send + Sync + 'static,
    ) -> Result<T, ApiError> {
        let job = Arc::new(job);
        let mut vectors = Vectors::default();
        loop {
            let (scope, job, known) = (Arc::clone(self), Arc::clone(&job), vectors.clone());
            let result = storage.write(move |writer| {
                writer.require(&scope.collection)?;
                job(&scope, writer, &known)
            });
            match result {
                Ok(done) => return Ok(done),
                Err(Stop::Failed(error)) => return Err(error),
                Err(Stop::Embed(text)) => {
                    let vector = self.embed_one(&text, Purpose::Storing);
                    let known: &mut HashMap<_, _> = Arc::make_mut(&mut vectors.0);
                    known.insert(text, vector);
                }
            }
        }
    }
}
