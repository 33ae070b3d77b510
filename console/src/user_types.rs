//! The user-defined types of a keyspace.

use askama::Template;
use askama_web::WebTemplate;
use astra_db::schema::{TypeDefinition, TypeDescriptor};
use astra_db::{Database, Error};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};

use super::address;
use super::answer::Said;
use super::confirm::{ConfirmForm, ConfirmPage};
use super::error::ConsoleError;
use super::flash::{Done, DoneQuery};
use super::frame::Frame;
use super::json_field::{Pairs, text_of};
use super::state::Console;
use super::tables::column_type::show as show_type;
use super::tables::grid::Grid;

pub(super) fn routes() -> Router<Console> {
    let path = |rest: &str| format!("/console/keyspaces/{{keyspace}}/types{rest}");
    Router::new()
        .route(&path(""), get(list).post(create))
        .route(&path("/{name}"), get(show))
        .route(&path("/{name}/add"), post(add))
        .route(&path("/{name}/rename"), post(rename))
        .route(&path("/{name}/drop"), get(ask).post(drop))
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "types.html")]
struct TypesPage {
    frame: Frame,
    href: String,
    types: Vec<TypeLine>,
    /// The form.
    name: String,
    grid: Grid,
    errors: Vec<Said>,
}

/// A type in the list.
#[derive(Debug)]
struct TypeLine {
    name: String,
    href: String,
    fields: Vec<FieldOfType>,
}

/// A field of a type.
#[derive(Debug)]
struct FieldOfType {
    name: String,
    kind: String,
}

fn fields(definition: &TypeDefinition) -> Vec<FieldOfType> {
    let fields = definition.fields.iter();
    fields
        .map(|(name, column)| FieldOfType {
            name: name.to_owned(),
            kind: show_type(&column.kind),
        })
        .collect()
}

async fn list(
    State(console): State<Console>,
    Path(keyspace): Path<String>,
    Query(query): Query<DoneQuery>,
) -> Result<TypesPage, ConsoleError> {
    let page = list_page(&console, &keyspace).await?;
    Ok(TypesPage {
        frame: page.frame.done(query.done),
        ..page
    })
}

async fn list_page(console: &Console, keyspace: &str) -> Result<TypesPage, ConsoleError> {
    let types = console.database.keyspace(keyspace).list_types().await?;
    let line = |found: TypeDescriptor| TypeLine {
        href: address::user_type(keyspace, &found.name),
        fields: fields(&found.definition),
        name: found.name,
    };
    Ok(TypesPage {
        frame: Frame::data(console, "User-defined types")
            .below(address::keyspace(keyspace), keyspace),
        href: address::types(keyspace),
        types: types.into_iter().map(line).collect(),
        name: String::new(),
        grid: Grid::default().with_spare(),
        errors: Vec::new(),
    })
}

async fn create(
    State(console): State<Console>,
    Path(keyspace): Path<String>,
    Form(form): Form<Pairs>,
) -> Result<Response, ConsoleError> {
    let name = text_of(&form, "name").unwrap_or_default().trim();
    let mut grid = Grid::of_form(&form);
    let mut errors = Vec::new();
    let mut status = StatusCode::OK;
    if text_of(&form, "more").is_none() {
        status = StatusCode::UNPROCESSABLE_ENTITY;
        let database = console.database.keyspace(keyspace.as_str());
        match send(&database, name, &mut grid).await {
            Some(Ok(())) => {
                let there = Done::Created.at(&address::types(&keyspace));
                return Ok(Redirect::to(&there).into_response());
            }
            Some(Err(error)) => errors = Said::errors(&error),
            None => {}
        }
    }
    let page = TypesPage {
        name: name.to_owned(),
        grid: grid.with_spare(),
        errors,
        ..list_page(&console, &keyspace).await?
    };
    Ok((status, page).into_response())
}

/// Makes the type; nothing where a line has a problem, which is noted there.
async fn send(database: &Database, name: &str, grid: &mut Grid) -> Option<Result<(), Error>> {
    let fields = grid.types()?.into_iter();
    let definition = fields.fold(TypeDefinition::default(), |definition, (name, kind)| {
        definition.field(name, kind)
    });
    Some(database.create_type(name, definition).await)
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "type.html")]
struct TypePage {
    frame: Frame,
    href: String,
    fields: Vec<FieldOfType>,
    grid: Grid,
    /// The field that gets another name, and that name.
    from: String,
    to: String,
    errors: Vec<Said>,
}

async fn show(
    State(console): State<Console>,
    Path((keyspace, name)): Path<(String, String)>,
    Query(query): Query<DoneQuery>,
) -> Result<TypePage, ConsoleError> {
    let page = page(&console, &keyspace, &name).await?;
    Ok(TypePage {
        frame: page.frame.done(query.done),
        ..page
    })
}

async fn page(console: &Console, keyspace: &str, name: &str) -> Result<TypePage, ConsoleError> {
    let types = console.database.keyspace(keyspace).list_types().await?;
    let Some(found) = types.into_iter().find(|found| found.name == name) else {
        let sentence = format!("There is no type {name} in the keyspace {keyspace}.");
        return Err(ConsoleError::NotFound(sentence));
    };
    Ok(TypePage {
        frame: frame(console, keyspace, name),
        href: address::user_type(keyspace, name),
        fields: fields(&found.definition),
        grid: Grid::default().with_spare(),
        from: String::new(),
        to: String::new(),
        errors: Vec::new(),
    })
}

fn frame(console: &Console, keyspace: &str, heading: &str) -> Frame {
    Frame::data(console, heading)
        .below(address::keyspace(keyspace), keyspace)
        .below(address::types(keyspace), "User-defined types")
}

async fn add(
    State(console): State<Console>,
    Path((keyspace, name)): Path<(String, String)>,
    Form(form): Form<Pairs>,
) -> Result<Response, ConsoleError> {
    let mut page = page(&console, &keyspace, &name).await?;
    page.grid = Grid::of_form(&form);
    let Some(fields) = page.grid.types() else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let change = console
        .database
        .keyspace(keyspace.as_str())
        .alter_type(name);
    let change = fields
        .into_iter()
        .fold(change, |change, (name, kind)| change.add(name, kind));
    Ok(page.after(change.await))
}

async fn rename(
    State(console): State<Console>,
    Path((keyspace, name)): Path<(String, String)>,
    Form(form): Form<Pairs>,
) -> Result<Response, ConsoleError> {
    let text = |name| text_of(&form, name).unwrap_or_default().trim().to_owned();
    let page = TypePage {
        from: text("from"),
        to: text("to"),
        ..page(&console, &keyspace, &name).await?
    };
    let change = console
        .database
        .keyspace(keyspace.as_str())
        .alter_type(name);
    let changed = change.rename(page.from.as_str(), page.to.as_str()).await;
    Ok(page.after(changed))
}

impl TypePage {
    /// Leads to the page as it is then, or shows it again with what the API said.
    fn after(mut self, changed: Result<(), Error>) -> Response {
        match changed {
            Ok(()) => Redirect::to(&Done::Saved.at(&self.href)).into_response(),
            Err(error) => {
                self.errors = Said::errors(&error);
                self.grid = self.grid.with_spare();
                (StatusCode::UNPROCESSABLE_ENTITY, self).into_response()
            }
        }
    }
}

async fn ask(
    State(console): State<Console>,
    Path((keyspace, name)): Path<(String, String)>,
) -> Result<ConfirmPage, ConsoleError> {
    // A type that is not there is not asked about.
    page(&console, &keyspace, &name).await?;
    Ok(confirm(&console, &keyspace, &name))
}

fn confirm(console: &Console, keyspace: &str, name: &str) -> ConfirmPage {
    let back = address::user_type(keyspace, name);
    let frame = frame(console, keyspace, &format!("Drop {name}"));
    let consequence = "A type that a column is of cannot be dropped; drop the column before.";
    ConfirmPage::new(frame, "the type", name, consequence, back)
}

async fn drop(
    State(console): State<Console>,
    Path((keyspace, name)): Path<(String, String)>,
    Form(form): Form<ConfirmForm>,
) -> Response {
    let database = console.database.keyspace(keyspace.as_str());
    let there = Done::Dropped.at(&address::types(&keyspace));
    confirm(&console, &keyspace, &name)
        .answer(form, &there, || database.drop_type(name.as_str()))
        .await
}
