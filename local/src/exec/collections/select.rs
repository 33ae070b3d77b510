//! The one document a command is about: the first match, or the first in the order of a sort.

use std::ops::ControlFlow;

use super::lexical::ranked;
use super::matches::{each_match, parse};
use super::nearest::Search;
use super::scope::Scope;
use super::sorted::in_order;
use crate::error::ApiError;
use crate::json::Object;
use crate::language::filter::Filter;
use crate::language::sort::Sort;
use crate::plan::Wanted;
use crate::storage::Reader;

/// A document selected to be answered or changed.
#[derive(Debug)]
pub(super) struct Selected {
    pub(super) id: i64,
    pub(super) json: String,
    /// How similar its vector is to the one sorted by.
    pub(super) similarity: Option<f32>,
}

impl Selected {
    pub(super) fn document(&self) -> Result<Object, ApiError> {
        parse(&self.json)
    }
}

/// Selects one document, or none when nothing matches.
pub(super) fn select_one(
    scope: &Scope,
    reader: &Reader<'_>,
    filter: &Filter,
    order: &Sort,
) -> Result<Option<Selected>, ApiError> {
    match order {
        Sort::None | Sort::Vectorize(_) => first_match(scope, reader, filter),
        Sort::Fields(order) => {
            let ids = in_order(scope, reader, filter, order, 0, 1)?;
            ids.first()
                .map_or(Ok(None), |id| selected(scope, reader, *id, None))
        }
        Sort::Lexical(text) => {
            let ranked = ranked(scope, reader, filter, text, 1)?;
            ranked
                .first()
                .map_or(Ok(None), |found| selected(scope, reader, found.key, None))
        }
        Sort::Vector(query) => {
            let nearest = Search {
                scope,
                filter,
                query,
                metric: scope.metric(),
                limit: 1,
            }
            .run(reader)?;
            nearest.first().map_or(Ok(None), |near| {
                selected(scope, reader, near.key, Some(near.similarity))
            })
        }
    }
}

fn first_match(
    scope: &Scope,
    reader: &Reader<'_>,
    filter: &Filter,
) -> Result<Option<Selected>, ApiError> {
    let mut first = None;
    each_match(
        reader,
        &scope.collection,
        filter,
        Wanted::first(1),
        |found| {
            scope.room().take(found.json.len())?;
            first = Some(Selected {
                id: found.place.id,
                json: found.json.to_owned(),
                similarity: None,
            });
            Ok(ControlFlow::Break(()))
        },
    )?;
    Ok(first)
}

/// Reads a document found by its number.
pub(super) fn selected(
    scope: &Scope,
    reader: &Reader<'_>,
    id: i64,
    similarity: Option<f32>,
) -> Result<Option<Selected>, ApiError> {
    reader.with_document(&scope.collection, id, |_, json| {
        scope.room().take(json.len())?;
        Ok(Selected {
            id,
            json: json.to_owned(),
            similarity,
        })
    })
}
