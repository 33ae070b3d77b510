//! Vectors made of the texts that are given for columns of vectors.

use crate::error::ApiError;
use crate::json::Object;
use crate::providers::service::EmbeddingService;
use crate::providers::{Providers, Purpose};
use crate::table::assignment::Assignment;
use crate::table::column_type::{ColumnType, VectorType};
use crate::table::definition::{Column, TableDefinition};
use crate::table::sort::no_service;
use crate::table::value::CqlValue;

/// Texts for one service, with the place in the request that each is from.
struct Group<'t> {
    service: &'t Object,
    dimension: usize,
    places: Vec<usize>,
    texts: Vec<String>,
}

/// The vectors of texts for columns, in their order: one call for each service.
pub(super) fn vectors_of(
    texts: &[(usize, String)],
    table: &TableDefinition,
    providers: &Providers,
) -> Result<Vec<Assignment>, ApiError> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (place, (position, text)) in texts.iter().enumerate() {
        let (service, dimension) = service_of(&table.columns()[*position])?;
        let same =
            |group: &&mut Group<'_>| group.service == service && group.dimension == dimension;
        if let Some(group) = groups.iter_mut().find(same) {
            group.places.push(place);
            group.texts.push(text.clone());
        } else {
            groups.push(Group {
                service,
                dimension,
                places: vec![place],
                texts: vec![text.clone()],
            });
        }
    }
    let mut assignments: Vec<Assignment> = texts
        .iter()
        .map(|(position, _)| (*position, None))
        .collect();
    for group in groups {
        let service = known(group.service, group.dimension)?;
        let vectors = providers.embed_in_one_call(&service, &group.texts)?;
        for (place, vector) in group.places.into_iter().zip(vectors) {
            assignments[place].1 = Some(CqlValue::Vector(vector));
        }
    }
    Ok(assignments)
}

/// The vector to search a column for that a text stands for.
pub(super) fn vector_to_find(
    column: &Column,
    text: &str,
    providers: &Providers,
) -> Result<Vec<f32>, ApiError> {
    let (service, dimension) = service_of(column)?;
    let service = known(service, dimension)?;
    let texts = [text.to_owned()];
    let mut vectors = providers.embed(&service, &texts, Purpose::Searching)?;
    // There is one for each text.
    Ok(vectors.pop().unwrap_or_default())
}

fn service_of(column: &Column) -> Result<(&Object, usize), ApiError> {
    match &column.column_type {
        ColumnType::Vector(VectorType {
            service: Some(service),
            dimension,
        }) => Ok((service, *dimension)),
        _ => Err(no_service(column)),
    }
}

/// A service that could be made when the column was.
fn known(service: &Object, dimension: usize) -> Result<EmbeddingService, ApiError> {
    EmbeddingService::of(service, i64::try_from(dimension).ok()).map_err(|problem| {
        crate::error::embedding_provider::EMBEDDING_PROVIDER_UNAVAILABLE.because(problem)
    })
}
