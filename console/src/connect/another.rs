//! The connection string of any database from what a person has in hand. Nothing of it is kept, and nothing is sent.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Form, Router};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::lines;
use crate::connection::Given;
use crate::frame::{Frame, Section};
use crate::state::Console;

pub(super) fn routes() -> Router<Console> {
    Router::new().route("/console/connect/another", get(show).post(make))
}

/// What was typed. The page does not give secrets back, but in what is made, and there only if that was asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AnotherForm {
    /// `astra` or `own`.
    kind: String,
    /// The id of a database, or its endpoint.
    database: String,
    region: String,
    token: SecretString,
    url: String,
    username: String,
    password: SecretString,
    keyspace: String,
    show: Option<String>,
}

/// What was made of it.
#[derive(Debug)]
struct Made {
    connection_string: String,
    env: String,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "connect_another.html")]
struct AnotherPage {
    frame: Frame,
    form: AnotherForm,
    made: Option<Made>,
    problem: Option<String>,
}

impl AnotherPage {
    fn new(console: &Console, form: AnotherForm) -> Self {
        Self {
            frame: Frame::new(console, Section::Connect, "Connect"),
            form,
            made: None,
            problem: None,
        }
    }
}

async fn show(State(console): State<Console>) -> AnotherPage {
    AnotherPage::new(&console, AnotherForm::default())
}

async fn make(State(console): State<Console>, Form(form): Form<AnotherForm>) -> Response {
    let connection = form.given().build();
    let is_shown = form.show.is_some();
    let mut page = AnotherPage::new(&console, form);
    match connection {
        Ok(connection) => {
            page.made = Some(Made {
                connection_string: connection.string(is_shown),
                env: lines(connection.variables(is_shown)),
            });
            page.into_response()
        }
        Err(error) => {
            page.problem = Some(error.to_string());
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
    }
}

impl AnotherForm {
    fn given(&self) -> Given {
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let secret = |secret: &SecretString| text(secret.expose_secret()).map(SecretString::from);
        let keyspace = text(&self.keyspace);
        if self.kind == "own" {
            return Given {
                url: text(&self.url),
                username: text(&self.username),
                password: secret(&self.password),
                keyspace,
                ..Given::default()
            };
        }
        let is_endpoint = self.database.contains("://");
        let database = text(&self.database);
        Given {
            id: database.clone().filter(|_| !is_endpoint),
            endpoint: database.filter(|_| is_endpoint),
            region: text(&self.region),
            token: secret(&self.token),
            keyspace,
            ..Given::default()
        }
    }
}
