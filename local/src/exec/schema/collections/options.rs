//! The options of createCollection, put together to a definition.

use std::collections::HashSet;

use crate::command::collection_options::{
    CollectionOptions, IndexingOptions, LexicalOptions, VectorOptions,
};
use crate::command::service::ServiceOptions;
use crate::definition::{
    CollectionDefinition, DefaultId, IndexingDefinition, Metric, SOURCE_MODELS, VectorDefinition,
};
use crate::error::{ApiError, database, schema};
use crate::exec::schema::providers::{self, complete_service, invalid_options};
use crate::features::Features;
use crate::json::Value;
use crate::path::DocumentPath;
use crate::text::{Analyzer, UnknownAnalyzer};

/// Numbers a vector may have.
const MAX_DIMENSION: u32 = 4096;

/// Looks at the options in the order in which the real server does, so that of several mistakes the same one is told.
pub(super) fn definition(
    options: CollectionOptions,
    features: &Features,
) -> Result<CollectionDefinition, ApiError> {
    let vector = options.vector.map(|options| vector(options, features));
    let vector = vector.transpose()?;
    let indexing = options.indexing.map(indexing).transpose()?;
    let lexical = match options.lexical {
        None => features.lexical.then(|| Value::from(Analyzer::STANDARD)),
        Some(options) => lexical(options, features)?,
    };
    let rerank = match options.rerank {
        None => features.reranking.then(providers::default_rerank_service),
        Some(rerank) => providers::rerank_service(rerank, features)?,
    };
    Ok(CollectionDefinition {
        is_unusable: options
            .default_id
            .as_ref()
            .is_some_and(|id| id.id_type.is_none()),
        default_id: options
            .default_id
            .and_then(|id| DefaultId::named(&id.id_type?)),
        indexing,
        vector,
        lexical,
        rerank,
    })
}

/// The analyzer of a collection, if it is to have lexical search.
fn lexical(options: LexicalOptions, features: &Features) -> Result<Option<Value>, ApiError> {
    let Some(enabled) = options.enabled else {
        return Err(invalid_options(
            "'lexical' needs the field 'enabled', true or false.",
        ));
    };
    let analyzer = options.analyzer.filter(|value| match value {
        Value::Null => false,
        Value::Object(object) => !object.is_empty(),
        _ => true,
    });
    if !enabled {
        return match analyzer {
            None => Ok(None),
            Some(_) => Err(invalid_options(
                "'lexical' is not enabled, so that its 'analyzer' has no use. Leave it out.",
            )),
        };
    }
    let analyzer = analyzer.unwrap_or_else(|| Analyzer::STANDARD.into());
    check_analyzer(&analyzer)?;
    if !features.lexical {
        return Err(schema::LEXICAL_FEATURE_NOT_ENABLED.because(
            "Lexical search is switched off on this server. Start it with `--lexical on`, or leave 'lexical' out.",
        ));
    }
    match Analyzer::from_value(&analyzer) {
        Ok(_) => Ok(Some(analyzer)),
        Err(UnknownAnalyzer::Name(problem)) => Err(invalid_options(&problem)),
        Err(UnknownAnalyzer::Part(problem)) => {
            Err(database::INVALID_DATABASE_QUERY.because(problem))
        }
    }
}

/// An analyzer is the name of one, or is made up of a tokenizer and filters.
fn check_analyzer(analyzer: &Value) -> Result<(), ApiError> {
    let object = match analyzer {
        Value::String(_) => return Ok(()),
        Value::Object(object) => object,
        other => {
            return Err(invalid_options(&format!(
                "The 'analyzer' of 'lexical' must be a string or an object; it is {}.",
                other.kind()
            )));
        }
    };
    let known = ["tokenizer", "filters", "charFilters"];
    if let Some(other) = object.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(invalid_options(&format!(
            "The 'analyzer' of 'lexical' has the fields {}, not '{other}'.",
            known.join(", ")
        )));
    }
    for (name, value) in object {
        let (fits, expected) = match name.as_str() {
            "tokenizer" => (value.as_object().is_some(), "an object"),
            _ => (value.as_array().is_some(), "an array"),
        };
        if !fits && !value.is_null() {
            return Err(invalid_options(&format!(
                "The '{name}' of an analyzer must be {expected}; it is {}.",
                value.kind()
            )));
        }
    }
    Ok(())
}

fn indexing(options: IndexingOptions) -> Result<IndexingDefinition, ApiError> {
    let (indexing, paths) = match (options.allow, options.deny) {
        (Some(paths), None) => (IndexingDefinition::Allow(paths.clone()), paths),
        (None, Some(paths)) => (IndexingDefinition::Deny(paths.clone()), paths),
        (Some(_), Some(_)) => {
            return Err(bad_indexing(
                "it has both 'allow' and 'deny'. Use one of them.",
            ));
        }
        (None, None) => {
            return Err(bad_indexing(
                "it has neither 'allow' nor 'deny'. Use one of them.",
            ));
        }
    };
    if paths == ["*"] {
        return Ok(indexing);
    }
    let mut listed = HashSet::new();
    for path in &paths {
        if !listed.insert(path) {
            return Err(bad_indexing(&format!("it lists the path '{path}' twice.")));
        }
        check_path(path)?;
    }
    Ok(indexing)
}

fn check_path(path: &str) -> Result<(), ApiError> {
    if path.is_empty() {
        return Err(bad_indexing("it lists an empty path."));
    }
    if path.starts_with('$') && path != "$vector" {
        return Err(bad_indexing(&format!(
            "the path '{path}' starts with a dollar sign."
        )));
    }
    if let Err(error) = DocumentPath::parse_lenient(path) {
        return Err(bad_indexing(&format!(
            "the path '{path}' cannot be read: {error}."
        )));
    }
    Ok(())
}

fn vector(options: VectorOptions, features: &Features) -> Result<VectorDefinition, ApiError> {
    let mut dimension = options.dimension;
    let mut service = options.service.map(ServiceOptions::into_object);
    if let Some(service) = &mut service {
        let found = complete_service(service, dimension.map(i64::from), features)?;
        dimension = u32::try_from(found).ok();
    }
    let Some(dimension) = dimension else {
        return Err(invalid_options(
            "'vector' needs the field 'dimension', the number of numbers in each vector.",
        ));
    };
    if dimension > MAX_DIMENSION {
        let message = format!(
            "A vector can have {MAX_DIMENSION} dimensions at most; {dimension} are asked for."
        );
        return Err(schema::VECTOR_SEARCH_TOO_BIG_VALUE.because(message));
    }
    let source_model = options
        .source_model
        .unwrap_or_else(|| SOURCE_MODELS[0].to_owned());
    // Vectors of the named models have length one, for which the dot product ranks as cosine does and costs less.
    let usual = if source_model == SOURCE_MODELS[0] {
        Metric::Cosine
    } else {
        Metric::DotProduct
    };
    let metric = options
        .metric
        .as_deref()
        .and_then(Metric::named)
        .unwrap_or(usual);
    Ok(VectorDefinition {
        dimension: usize::try_from(dimension).unwrap_or(usize::MAX),
        metric,
        source_model,
        service,
    })
}

fn bad_indexing(problem: &str) -> ApiError {
    schema::INVALID_INDEXING_DEFINITION
        .because(format!("The option 'indexing' is not valid: {problem}"))
}
