//! The form for a new collection.

use askama::Template;
use askama_web::WebTemplate;
use astra_db::CollectionDefinition;
use astra_db::schema::{DefaultIdType, SimilarityMetric};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::field_errors::FieldErrors;

use crate::address;
use crate::answer::Said;
use crate::error::ConsoleError;
use crate::flash::Done;
use crate::frame::Frame;
use crate::state::Console;

/// What the form holds, as it was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CreateForm {
    name: String,
    dimension: String,
    metric: String,
    default_id: String,
    indexing: String,
    paths: String,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "collection/new.html")]
pub(super) struct NewPage {
    frame: Frame,
    back: String,
    form: CreateForm,
    problems: FieldErrors,
    errors: Vec<Said>,
}

/// The values of the form and their words.
impl NewPage {
    const METRICS: [(&'static str, &'static str); 3] = [
        ("cosine", "cosine"),
        ("dot_product", "dot product"),
        ("euclidean", "euclidean"),
    ];
    const IDS: [(&'static str, &'static str); 5] = [
        ("", "a random UUID as text"),
        ("uuid", "a random UUID"),
        ("uuidv6", "a UUID of version 6, sorted by time"),
        ("uuidv7", "a UUID of version 7, sorted by time"),
        ("objectId", "an ObjectId"),
    ];
    const INDEXING: [(&'static str, &'static str); 3] = [
        ("", "all fields"),
        ("deny", "all fields but these"),
        ("allow", "only these fields"),
    ];
}

pub(super) async fn form(
    State(console): State<Console>,
    Path(keyspace): Path<String>,
) -> Result<NewPage, ConsoleError> {
    // In a keyspace that is not there nothing can be made.
    console
        .database
        .keyspace(keyspace.as_str())
        .list_collection_names()
        .await?;
    Ok(page(&console, &keyspace, CreateForm::default()))
}

pub(super) async fn create(
    State(console): State<Console>,
    Path(keyspace): Path<String>,
    Form(form): Form<CreateForm>,
) -> Response {
    let (name, mut problems) = (form.name.trim().to_owned(), FieldErrors::default());
    let definition = form.definition(&mut problems);
    if name.is_empty() {
        problems.add("name", "Give it a name");
    }
    let page = page(&console, &keyspace, form);
    if !problems.is_empty() {
        return (
            StatusCode::UNPROCESSABLE_ENTITY,
            NewPage { problems, ..page },
        )
            .into_response();
    }
    let database = console.database.keyspace(keyspace.as_str());
    match database
        .create_collection(name.as_str())
        .definition(definition)
        .await
    {
        Ok(_) => {
            Redirect::to(&Done::Created.at(&address::collection(&keyspace, &name))).into_response()
        }
        Err(error) => {
            let errors = Said::errors(&error);
            (StatusCode::UNPROCESSABLE_ENTITY, NewPage { errors, ..page }).into_response()
        }
    }
}

fn page(console: &Console, keyspace: &str, form: CreateForm) -> NewPage {
    let back = address::keyspace(keyspace);
    NewPage {
        frame: Frame::data(console, "New collection").below(back.as_str(), keyspace),
        back,
        form,
        problems: FieldErrors::default(),
        errors: Vec::new(),
    }
}

impl CreateForm {
    fn definition(&self, problems: &mut FieldErrors) -> CollectionDefinition {
        let mut definition = CollectionDefinition::default();
        if let Some(kind) = self.default_id() {
            definition = definition.default_id(kind);
        }
        let dimension = self.dimension.trim();
        if !dimension.is_empty() {
            let number = dimension
                .parse()
                .map_err(|_| "This has to be a whole number, such as 1536");
            if let Some(number) = problems.check("dimension", number) {
                definition = definition.vector(number, self.metric());
            }
        }
        let paths: Vec<&str> = self
            .paths
            .split([',', '\n'])
            .map(str::trim)
            .filter(|path| !path.is_empty())
            .collect();
        match self.indexing.as_str() {
            "allow" | "deny" if paths.is_empty() => problems.add("paths", "Name the fields"),
            "allow" => definition = definition.indexing_allow(paths),
            "deny" => definition = definition.indexing_deny(paths),
            _ if !paths.is_empty() => problems.add("indexing", "Say what the fields below are for"),
            _ => {}
        }
        definition
    }

    fn default_id(&self) -> Option<DefaultIdType> {
        match self.default_id.as_str() {
            "uuid" => Some(DefaultIdType::Uuid),
            "uuidv6" => Some(DefaultIdType::UuidV6),
            "uuidv7" => Some(DefaultIdType::UuidV7),
            "objectId" => Some(DefaultIdType::ObjectId),
            _ => None,
        }
    }

    fn metric(&self) -> SimilarityMetric {
        match self.metric.as_str() {
            "dot_product" => SimilarityMetric::DotProduct,
            "euclidean" => SimilarityMetric::Euclidean,
            _ => SimilarityMetric::Cosine,
        }
    }
}
