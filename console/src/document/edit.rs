//! Editing a document as JSON, without losing what others write to it.

use askama::Template;
use askama_web::WebTemplate;
use astra_db::{Document, Error, Value};
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::change::Change;
use super::{IdQuery, address, by_id, find, found, title};
use crate::answer::Said;
use crate::collection_path::CollectionPath;
use crate::error::ConsoleError;
use crate::flash::Done;
use crate::format::visible;
use crate::frame::Frame;
use crate::json;
use crate::state::Console;
use crate::tree::{Room, Tree};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EditForm {
    /// The document as it was shown, compact.
    before: String,
    /// The document as it is wanted.
    after: String,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "document/edit.html")]
pub(super) struct EditPage {
    frame: Frame,
    back: String,
    before: String,
    after: String,
    problem: Option<String>,
    errors: Vec<Said>,
    /// The document as somebody else has left it, where that is not what was edited.
    theirs: Option<Theirs>,
}

/// What somebody else has made of a document.
#[derive(Debug)]
struct Theirs {
    /// The fields that both have changed.
    disputed: String,
    tree: Tree,
}

/// What became of an edit.
enum Saved {
    Done,
    /// Somebody else changed the same fields; this is what the document is now.
    LostRace(Document),
    /// Somebody else deleted it.
    Gone,
}

pub(super) async fn form(
    State(console): State<Console>,
    Path(of): Path<CollectionPath>,
    Query(query): Query<IdQuery>,
) -> Result<EditPage, ConsoleError> {
    let id = query.value()?;
    let document = found(&console, &of, &id).await?;
    let form = EditForm {
        before: document.to_string(),
        after: json::pretty_document(&document),
    };
    Ok(EditPage::new(&console, &of, &id, form))
}

pub(super) async fn save(
    State(console): State<Console>,
    Path(of): Path<CollectionPath>,
    Query(query): Query<IdQuery>,
    Form(form): Form<EditForm>,
) -> Result<Response, ConsoleError> {
    let id = query.value()?;
    let read = read(&id, &form);
    let page = EditPage::new(&console, &of, &id, form);
    let (before, change) = match read {
        Ok(read) => read,
        Err(problem) => return Ok(page.problem(problem).into_response()),
    };
    let there = address(&of, &id);
    if change.is_empty() {
        return Ok(Redirect::to(&there).into_response());
    }
    Ok(match make(&console, &of, &id, &before, &change).await {
        Ok(Saved::Done) => Redirect::to(&Done::Saved.at(&there)).into_response(),
        Ok(Saved::LostRace(theirs)) => page.lost_race(&before, &change, &theirs).into_response(),
        Ok(Saved::Gone) => page.problem(gone(&of)).into_response(),
        Err(ConsoleError::Api(error)) => page.refused(&error).into_response(),
        Err(error) => error.into_response(),
    })
}

fn gone(of: &CollectionPath) -> String {
    format!(
        "Somebody has deleted this document meanwhile. To have it again, insert this text into {}.",
        of.collection
    )
}

/// The document as it was and what is to change in it.
fn read(id: &Value, form: &EditForm) -> Result<(Document, Change), String> {
    let nothing = "A document is a JSON object; to delete it, go back to its page.";
    let after = json::object(&form.after)?.ok_or(nothing)?;
    // Ours, and still from a browser.
    let before = json::object(&form.before)?.unwrap_or_default();
    if after.get("_id").map(ToString::to_string) != Some(id.to_string()) {
        return Err(format!(
            "The _id of a document stays what it is: {id}. To have a copy under another one, insert it."
        ));
    }
    let change = Change::between(&before, &after);
    Ok((before, change))
}

async fn make(
    console: &Console,
    of: &CollectionPath,
    id: &Value,
    before: &Document,
    change: &Change,
) -> Result<Saved, ConsoleError> {
    let definition = of.definition(console).await?;
    match find(console, of, id).await? {
        None => return Ok(Saved::Gone),
        Some(current) if !change.disputed(before, &current).is_empty() => {
            return Ok(Saved::LostRace(current));
        }
        Some(_) => {}
    }
    let collection = of.handle(console);
    let guard = change.guard(id, before, &definition);
    let result = collection.update_one(guard, change.update()).await?;
    if result.modified_count == 1 {
        return Ok(Saved::Done);
    }
    // Nothing was modified: by a race that was lost, or because all is as it should be (1.0 for 1).
    match find(console, of, id).await? {
        None => Ok(Saved::Gone),
        Some(current) if change.is_made_in(&current) => Ok(Saved::Done),
        Some(current) if !change.disputed(before, &current).is_empty() => {
            Ok(Saved::LostRace(current))
        }
        Some(_) => {
            // Nobody has changed it, and still a filter does not find it by what it holds.
            collection.update_one(by_id(id), change.update()).await?;
            Ok(Saved::Done)
        }
    }
}

impl EditPage {
    fn new(console: &Console, of: &CollectionPath, id: &Value, form: EditForm) -> Self {
        let back = address(of, id);
        Self {
            frame: of
                .frame_below(console, "Edit")
                .below(back.as_str(), title(id)),
            back,
            before: form.before,
            after: form.after,
            problem: None,
            errors: Vec::new(),
            theirs: None,
        }
    }

    fn problem(self, problem: String) -> (StatusCode, Self) {
        let problem = Some(problem);
        (StatusCode::UNPROCESSABLE_ENTITY, Self { problem, ..self })
    }

    fn refused(self, error: &Error) -> (StatusCode, Self) {
        let errors = Said::errors(error);
        (StatusCode::UNPROCESSABLE_ENTITY, Self { errors, ..self })
    }

    /// Theirs with mine in it, and theirs alone. Saved again, mine takes the place of theirs, knowingly, and in no other
    /// field than those I changed.
    fn lost_race(
        self,
        before: &Document,
        change: &Change,
        theirs: &Document,
    ) -> (StatusCode, Self) {
        let page = Self {
            before: theirs.to_string(),
            after: json::pretty_document(&change.applied_to(theirs)),
            theirs: Some(Theirs {
                disputed: visible(&change.disputed(before, theirs).join(", ")),
                tree: Tree::document(theirs, Room::PAGE),
            }),
            ..self
        };
        (StatusCode::CONFLICT, page)
    }
}
