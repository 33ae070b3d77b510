//! The command runner: any command, its answer as it came, and what was run before.

mod examples;

use std::time::{Duration, Instant};

use askama::Template;
use askama_web::WebTemplate;
use astra_db::{Timestamp, TransportReply, TransportRequest, Value};
use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use self::examples::Group;
use super::error::ConsoleError;
use super::format::{count, visible};
use super::frame::{Frame, Section};
use super::history::{Entry, Kept};
use super::json;
use super::state::{Console, Explain};
use super::target::{Choice, Target};
use super::tree::{Room, Tree};

const PATH: &str = "/console/commands";

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route(PATH, get(form).post(run))
        .route("/console/commands/history/{entry}", post(run_again))
        .route("/console/commands/explain", post(explain))
        .route("/console/commands/forget", post(forget))
}

/// The runner with this command written into it, not run.
pub(super) fn address(keyspace: &str, name: &str, command: &str) -> String {
    let target = Target::new(keyspace, name).to_string();
    super::address::with_query(PATH, &[("target", &target), ("command", command)])
}

/// What the form is to begin with: a command, an example by its number, or one of the history.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FormQuery {
    target: String,
    command: String,
    example: String,
    entry: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CommandForm {
    target: String,
    command: String,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "commands.html")]
struct CommandsPage {
    frame: Frame,
    choices: Vec<Choice>,
    target: String,
    command: String,
    answer: Option<Answer>,
    explains: bool,
    /// How the command finds what it is about.
    plan: Option<String>,
    examples: Vec<Group>,
    history: Vec<Line>,
}

/// An answer, as the page shows it.
#[derive(Debug)]
struct Answer {
    status: u16,
    is_failure: bool,
    elapsed: String,
    size: String,
    tree: Tree,
    /// As text; nothing where there is too much of it.
    text: Option<String>,
    kept: Kept,
}

/// A line of the history.
#[derive(Debug)]
struct Line {
    entry: u64,
    command: String,
    target: String,
    status: u16,
    is_failure: bool,
    elapsed: String,
    at: String,
}

async fn form(
    State(console): State<Console>,
    Query(query): Query<FormQuery>,
) -> Result<CommandsPage, ConsoleError> {
    let choices = Choice::all(&console.database).await?;
    let chosen = Target::from(query.target.as_str());
    if let Some(entry) = query
        .entry
        .parse()
        .ok()
        .and_then(|entry| console.history.find(entry))
    {
        return Ok(page(&console, choices, entry.target, entry.command));
    }
    if let Some(example) = examples::find(&query.example) {
        let target = example.target(&chosen, &choices);
        return Ok(page(
            &console,
            choices,
            target.to_string(),
            example.command.to_owned(),
        ));
    }
    Ok(page(&console, choices, query.target, query.command))
}

async fn run(
    State(console): State<Console>,
    Form(form): Form<CommandForm>,
) -> Result<CommandsPage, ConsoleError> {
    execute(&console, form.target, form.command).await
}

async fn run_again(
    State(console): State<Console>,
    Path(entry): Path<u64>,
) -> Result<CommandsPage, ConsoleError> {
    let entry = console.history.find(entry).ok_or_else(|| {
        ConsoleError::NotFound("This command is not in the history any more.".to_owned())
    })?;
    execute(&console, entry.target, entry.command).await
}

async fn explain(
    State(console): State<Console>,
    Form(form): Form<CommandForm>,
) -> Result<CommandsPage, ConsoleError> {
    let Some(Explain(explain)) = console.explain.clone() else {
        return Err(ConsoleError::NotFound(
            "This server explains no commands.".to_owned(),
        ));
    };
    let (place, command) = (Target::from(form.target.as_str()), form.command.clone());
    let plan = blocking(move || explain(place.keyspace(), place.name(), &command)).await?;
    let nothing = "It looks for nothing, or is not a command for what it is sent to.";
    let choices = Choice::all(&console.database).await?;
    Ok(CommandsPage {
        plan: Some(plan.unwrap_or_else(|| nothing.to_owned())),
        ..page(&console, choices, form.target, form.command)
    })
}

async fn forget(State(console): State<Console>) -> Result<Redirect, ConsoleError> {
    let history = console.history.clone();
    blocking(move || history.forget()).await?;
    Ok(Redirect::to(PATH))
}

/// Sends what was typed to the API, whether or not it is a command.
async fn execute(
    console: &Console,
    target: String,
    command: String,
) -> Result<CommandsPage, ConsoleError> {
    let place = Target::from(target.as_str());
    let request = TransportRequest::new(place.path(), command.clone());
    let started = Instant::now();
    let reply = console.transport.send(request).await?;
    let elapsed = started.elapsed();
    let answer = Answer::new(&reply, elapsed);
    let entry = Entry::new(
        &place,
        command.clone(),
        answer.status,
        answer.is_failure,
        elapsed,
        Timestamp::now(),
    );
    let history = console.history.clone();
    let kept = blocking(move || history.keep(entry)).await?;
    // What is there to choose from may have changed by the command.
    let choices = Choice::all(&console.database).await?;
    Ok(CommandsPage {
        answer: Some(Answer { kept, ..answer }),
        ..page(console, choices, target, command)
    })
}

async fn blocking<T: Send + 'static>(
    job: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ConsoleError> {
    tokio::task::spawn_blocking(job)
        .await
        .map_err(ConsoleError::Ended)
}

fn page(
    console: &Console,
    mut choices: Vec<Choice>,
    target: String,
    command: String,
) -> CommandsPage {
    Choice::add(&mut choices, &target);
    CommandsPage {
        frame: Frame::new(console, Section::Commands, "Commands"),
        examples: examples::groups(&target),
        choices,
        target,
        command,
        answer: None,
        explains: console.explain.is_some(),
        plan: None,
        history: console.history.latest().iter().map(Line::new).collect(),
    }
}

/// Bytes of an answer that are also shown as text.
const TEXT: usize = 256 * 1024;

impl Answer {
    fn new(reply: &TransportReply, elapsed: Duration) -> Self {
        let text = String::from_utf8_lossy(&reply.body);
        let value: Value = text.parse().unwrap_or_else(|_| Value::from(&*text));
        Self {
            status: reply.status.as_u16(),
            is_failure: has_errors(&value),
            elapsed: words(elapsed),
            size: count(reply.body.len(), "byte"),
            tree: Tree::of(&value, Room::ANSWER),
            text: (text.len() <= TEXT).then(|| json::pretty(&value)),
            kept: Kept::Yes,
        }
    }
}

fn has_errors(answer: &Value) -> bool {
    let errors = answer.as_object().and_then(|answer| answer.get("errors"));
    errors
        .and_then(Value::as_array)
        .is_some_and(|errors| !errors.is_empty())
}

/// Longest command in a line of the history.
const LINE: usize = 120;

impl Line {
    fn new(entry: &Entry) -> Self {
        let mut command = entry
            .command
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        if let Some((end, _)) = command.char_indices().nth(LINE) {
            command.truncate(end);
            command.push('…');
        }
        let at = jiff::Timestamp::from_millisecond(entry.at_ms);
        Self {
            entry: entry.id,
            command: visible(&command),
            target: Target::from(entry.target.as_str()).words(),
            status: entry.status,
            is_failure: entry.is_failure,
            elapsed: words(Duration::from_micros(entry.micros)),
            at: at
                .map(|at| at.strftime("%F %T UTC").to_string())
                .unwrap_or_default(),
        }
    }
}

fn words(elapsed: Duration) -> String {
    format!("{:.1} ms", elapsed.as_secs_f64() * 1_000.0)
}
