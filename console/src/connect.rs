//! How to connect: to this server from several languages, and to another database by a connection string.

mod another;
mod snippet;

use askama::Template;
use askama_web::WebTemplate;
use astra_db::ConnectionString;
use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;
use serde::Deserialize;
use shared::settings::DEFAULT_KEYSPACE;

use self::snippet::{LANGUAGES, Language, Snippet};
use super::address;
use super::error::ConsoleError;
use super::frame::{Frame, Section};
use super::state::{Console, Server};
use super::target::{Choice, Kind, Target};
use shared::dotenv;

const PATH: &str = "/console/connect";

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route(PATH, get(show))
        .merge(another::routes())
}

/// How to use a collection or table from code.
pub(super) fn address(keyspace: &str, name: &str) -> String {
    let target = Target::new(keyspace, name).to_string();
    address::with_query(PATH, &[("target", &target)])
}

/// What is connected to, and from which language.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ConnectQuery {
    target: String,
    language: String,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "connect.html")]
struct ConnectPage {
    frame: Frame,
    url: String,
    username: String,
    has_own_password: bool,
    connection_string: String,
    env: String,
    choices: Vec<Choice>,
    target: String,
    languages: Vec<LanguageLink>,
    language: &'static Language,
    code: String,
}

/// A language in the list.
#[derive(Debug)]
struct LanguageLink {
    href: String,
    name: &'static str,
    is_shown: bool,
}

async fn show(
    State(console): State<Console>,
    Query(query): Query<ConnectQuery>,
) -> Result<ConnectPage, ConsoleError> {
    let mut choices = Choice::all(&console.database).await?;
    choices.retain(|choice| choice.kind != Kind::Database);
    let chosen = choices.iter().find(|choice| choice.target == query.target);
    let chosen = chosen.or_else(|| choices.first());
    let kind = chosen.map_or(Kind::Keyspace, |choice| choice.kind);
    let target = chosen.map_or(Target::new(DEFAULT_KEYSPACE, ""), |choice| {
        Target::from(choice.target.as_str())
    });
    let language = Language::named(&query.language);
    let server = &console.server;
    let (connection_string, env) = own(server, &target)?;
    Ok(ConnectPage {
        frame: Frame::new(&console, Section::Connect, "Connect"),
        url: server.url.clone(),
        username: server.username.clone(),
        has_own_password: server.password.is_none(),
        connection_string,
        env,
        code: (language.write)(&Snippet::new(server, &target, kind == Kind::Table))?,
        languages: links(&target, language),
        language,
        target: target.to_string(),
        choices,
    })
}

fn links(target: &Target, shown: &Language) -> Vec<LanguageLink> {
    let target = target.to_string();
    let link = |language: &'static Language| LanguageLink {
        href: address::with_query(PATH, &[("target", &target), ("language", language.id)]),
        name: language.name,
        is_shown: language.id == shown.id,
    };
    LANGUAGES.iter().map(link).collect()
}

/// The connection string of this server and the variables for `.env`. A password of one's own is left out of both.
fn own(server: &Server, target: &Target) -> Result<(String, String), ConsoleError> {
    let keyspace = target.keyspace().unwrap_or(DEFAULT_KEYSPACE);
    let uri = ConnectionString::new(&server.url, keyspace)?;
    let shown = match &server.password {
        Some(password) => uri.user(&server.username, password.as_str()).expose(),
        None => uri.user(&server.username, "").to_string(),
    };
    let variables = [
        ("DATA_API_URL", server.url.as_str()),
        ("DATA_API_USERNAME", &server.username),
        (
            "DATA_API_PASSWORD",
            server.password.as_deref().unwrap_or_default(),
        ),
        ("ASTRA_DB_KEYSPACE", keyspace),
    ];
    Ok((shown, lines(variables)))
}

/// Variables as lines of `.env`.
fn lines<V: AsRef<str>>(variables: impl IntoIterator<Item = (&'static str, V)>) -> String {
    let lines = variables
        .into_iter()
        .map(|(name, value)| dotenv::line_of(name, value.as_ref()));
    lines.collect::<Vec<_>>().join("\n")
}
