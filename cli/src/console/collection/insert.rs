//! Inserting one document or many.

use askama::Template;
use askama_web::WebTemplate;
use astra_db::{Document, Error, InsertManyError, InsertOutcome, Value};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::Of;
use crate::console::answer::Said;
use crate::console::done::Done;
use crate::console::error::ConsoleError;
use crate::console::frame::Frame;
use crate::console::words::count;
use crate::console::{Console, document, json};

#[derive(Debug, Template, WebTemplate)]
#[template(path = "console/collection/insert.html")]
pub(super) struct InsertPage {
    frame: Frame,
    back: String,
    documents: String,
    dimension: Option<u32>,
    /// What is wrong with what was typed.
    problem: Option<String>,
    /// What became of the others, where some were refused.
    inserted: Option<String>,
    errors: Vec<Said>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct InsertForm {
    documents: String,
}

pub(super) async fn form(
    State(console): State<Console>,
    Path(of): Path<Of>,
) -> Result<InsertPage, ConsoleError> {
    page(&console, &of, String::new()).await
}

pub(super) async fn insert(
    State(console): State<Console>,
    Path(of): Path<Of>,
    Form(form): Form<InsertForm>,
) -> Result<Response, ConsoleError> {
    let page = page(&console, &of, form.documents).await?;
    let documents = match json::documents(&page.documents) {
        Ok(documents) if documents.is_empty() => Err("There is no document here yet.".to_owned()),
        read => read,
    };
    let documents = match documents {
        Ok(documents) => documents,
        Err(problem) => {
            let page = InsertPage {
                problem: Some(problem),
                ..page
            };
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    match send(&console, &of, &documents).await {
        Ok(there) => Ok(Redirect::to(&there).into_response()),
        Err(error) => Ok((
            StatusCode::UNPROCESSABLE_ENTITY,
            page.refused(&documents, &error),
        )
            .into_response()),
    }
}

/// Inserts them and gives the address where they are to be seen.
async fn send(console: &Console, of: &Of, documents: &[Document]) -> Result<String, Error> {
    let collection = of.handle(console);
    if let [document] = documents {
        let id = collection.insert_one(document).await?.inserted_id;
        return Ok(Done::Inserted.at(&document::address(of, &Value::from(id))));
    }
    collection.insert_many(documents).ordered(false).await?;
    Ok(Done::Inserted.at(&of.href()))
}

async fn page(console: &Console, of: &Of, documents: String) -> Result<InsertPage, ConsoleError> {
    let definition = of.definition(console).await?;
    Ok(InsertPage {
        frame: of.frame_below(console, "Insert"),
        back: of.href(),
        documents,
        dimension: definition.vector.and_then(|vector| vector.dimension),
        problem: None,
        inserted: None,
        errors: Vec::new(),
    })
}

impl InsertPage {
    /// The page again, with the documents that are not stored; those that are need no second try.
    fn refused(self, documents: &[Document], error: &Error) -> Self {
        let Error::InsertMany(partial) = error else {
            return Self {
                errors: Said::errors(error),
                ..self
            };
        };
        let left: Vec<String> = documents
            .iter()
            .enumerate()
            .filter(|(index, _)| {
                !matches!(
                    partial.outcomes.get(*index),
                    Some(InsertOutcome::Inserted(_))
                )
            })
            .map(|(_, document)| document.to_string())
            .collect();
        let stored = documents.len() - left.len();
        Self {
            errors: reasons(partial, error),
            inserted: Some(format!(
                "{} inserted. Below is what is left: {}.",
                count(stored, "document"),
                count(left.len(), "document")
            )),
            documents: left.join("\n"),
            ..self
        }
    }
}

/// Most errors that are listed.
const REASONS: usize = 10;

fn reasons(partial: &InsertManyError, error: &Error) -> Vec<Said> {
    let failed = partial.outcomes.iter().filter_map(|outcome| match outcome {
        InsertOutcome::Failed(error) | InsertOutcome::Unknown(Some(error)) => Some(error.clone()),
        _ => None,
    });
    let failed: Vec<_> = failed.take(REASONS).collect();
    if failed.is_empty() {
        Said::errors(error)
    } else {
        Said::all(&failed)
    }
}
