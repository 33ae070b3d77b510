//! `/v1/mcp`: the commands of the Data API as tools of the Model Context Protocol, by Streamable HTTP
//! (<https://modelcontextprotocol.io/specification/2025-11-25/basic/transports>).
//!
//! What is answered is what the official server answers; where it never answers or fails inside, the answer is an error.

mod calls;
mod command;
mod sessions;
mod tools;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, ALLOW, CONTENT_TYPE, HeaderName, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body::Frame;

pub use self::command::{McpCommand, McpTool};

use self::calls::Call;
use self::sessions::Sessions;
use super::body;
use crate::auth::Credentials;
use crate::engine::Engine;
use crate::json::{self, Object, Value};
use crate::provider_keys::ProviderKeys;

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// The versions of the protocol, the newest last.
const VERSIONS: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

/// Messages of one batch at most.
const MAX_BATCH: usize = 100;

// Codes of JSON-RPC errors (<https://www.jsonrpc.org/specification#error_object>).
const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;
const METHOD_NOT_FOUND: i32 = -32601;
const INVALID_PARAMS: i32 = -32602;

/// What the endpoint needs.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    engine: Engine,
    credentials: Arc<Credentials>,
    sessions: Arc<Sessions>,
}

impl Endpoint {
    pub(super) fn new(engine: Engine, credentials: Arc<Credentials>) -> Self {
        Self {
            engine,
            credentials,
            sessions: Arc::default(),
        }
    }
}

/// Answers any request to the endpoint. That it has a token was seen to before.
pub(super) async fn serve(State(endpoint): State<Endpoint>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let headers = &parts.headers;
    if !is_from_here(headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let session = headers.get(SESSION).and_then(|id| id.to_str().ok());
    match parts.method {
        Method::POST => post(&endpoint, headers, body).await,
        Method::GET => match session {
            None => StatusCode::METHOD_NOT_ALLOWED.into_response(),
            Some(id) if endpoint.sessions.knows(id) => {
                ([(CONTENT_TYPE, EVENTS)], Body::new(Silence)).into_response()
            }
            Some(_) => StatusCode::NOT_FOUND.into_response(),
        },
        Method::DELETE if session.is_some_and(|id| endpoint.sessions.end(id)) => {
            StatusCode::OK.into_response()
        }
        Method::DELETE => StatusCode::NOT_FOUND.into_response(),
        _ => {
            let allow = [(ALLOW, "GET, POST, DELETE")];
            (StatusCode::METHOD_NOT_ALLOWED, allow).into_response()
        }
    }
}

/// Whether no page of a foreign site sends a request: programs name no origin.
fn is_from_here(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else {
        return true;
    };
    let host = origin.to_str().ok().and_then(|origin| {
        let (_, host) = origin.split_once("://")?;
        Some(host.split(':').next().unwrap_or(host))
    });
    host.is_some_and(|host| matches!(host, "localhost" | "127.0.0.1"))
}

/// Whether a client takes both forms of answers.
fn accepts_both(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let accepted: Vec<&str> = accepted
        .flat_map(|value| value.split(','))
        .map(|one| one.split(';').next().unwrap_or_default().trim())
        .collect();
    [JSON, EVENTS]
        .iter()
        .all(|wanted| accepted.iter().any(|one| one.eq_ignore_ascii_case(wanted)))
}

async fn post(endpoint: &Endpoint, headers: &HeaderMap, body: Body) -> Response {
    let version = headers.get(VERSION).map(HeaderValue::as_bytes);
    let is_known =
        version.is_none_or(|version| VERSIONS.iter().any(|known| known.as_bytes() == version));
    if !is_known || !accepts_both(headers) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let (body, _memory) = match body::receive(body, &endpoint.engine).await {
        Ok(received) => received,
        Err(refusal) => return refused(&refusal),
    };
    let exchange = Exchange {
        endpoint,
        engine: endpoint
            .engine
            .with_keys(ProviderKeys::from_headers(headers)),
        token: headers
            .get("Token")
            .or_else(|| headers.get("X-Cassandra-Token"))
            .map(HeaderValue::as_bytes),
        session: headers.get(SESSION).and_then(|id| id.to_str().ok()),
    };
    let Ok(message) = json::parse(&body) else {
        let problem = error(PARSE_ERROR, "The message is not JSON.");
        return one(&answer(Value::Null, "error", problem), None);
    };
    match message {
        Value::Object(message) => match exchange.answer(&message).await {
            Some((answer, session)) => one(&answer, session),
            None => StatusCode::ACCEPTED.into_response(),
        },
        Value::Array(messages) => exchange.answer_all(&messages).await,
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refused(refusal: &body::Refusal) -> Response {
    match refusal {
        body::Refusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        body::Refusal::Broken => StatusCode::BAD_REQUEST.into_response(),
        body::Refusal::Busy(_) => StatusCode::TOO_MANY_REQUESTS.into_response(),
    }
}

/// A request under way.
struct Exchange<'r> {
    endpoint: &'r Endpoint,
    engine: Engine,
    token: Option<&'r [u8]>,
    session: Option<&'r str>,
}

impl Exchange<'_> {
    /// Answers a batch: several answers are events, one is a plain object.
    async fn answer_all(&self, messages: &[Value]) -> Response {
        let objects: Option<Vec<&Object>> = messages.iter().map(Value::as_object).collect();
        let objects = objects.filter(|objects| (1..=MAX_BATCH).contains(&objects.len()));
        let Some(objects) = objects else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut answers = Vec::new();
        for message in objects {
            answers.extend(self.answer(message).await.map(|(answer, _)| answer));
        }
        match answers.as_slice() {
            [] => StatusCode::ACCEPTED.into_response(),
            [answer] => one(answer, None),
            answers => {
                let events = answers
                    .iter()
                    .map(|answer| format!("event: message\ndata: {}\n\n", answer.to_json()));
                ([(CONTENT_TYPE, EVENTS)], events.collect::<String>()).into_response()
            }
        }
    }

    /// The answer to a message, if it asks for one, and the session that it began.
    async fn answer(&self, message: &Object) -> Option<(Object, Option<String>)> {
        let method = message.get("method").and_then(Value::as_str);
        let Some(id) = message.get("id") else {
            return self.note(method).map(|error| (error, None));
        };
        // Only answers have no method; none was asked for here.
        if !message.contains_key("method")
            && (message.contains_key("result") || message.contains_key("error"))
        {
            return None;
        }
        let mut session = None;
        let result = if message.get("jsonrpc").and_then(Value::as_str) == Some("2.0") {
            let parameters = message.get("params").filter(|value| !value.is_null());
            self.result(method.unwrap_or_default(), parameters, &mut session)
                .await
        } else {
            Err(error(INVALID_REQUEST, "'jsonrpc' must be \"2.0\"."))
        };
        let answer = match result {
            Ok(result) => answer(id.clone(), "result", result),
            Err(problem) => answer(id.clone(), "error", problem),
        };
        Some((answer, session))
    }

    /// Takes a notification. As the official server has it, one is answered: that a client without a session, or twice,
    /// is ready.
    fn note(&self, method: Option<&str>) -> Option<Object> {
        if method != Some("notifications/initialized") {
            return None;
        }
        let sessions = &self.endpoint.sessions;
        if self.session.is_some_and(|id| sessions.is_first_notice(id)) {
            return None;
        }
        let problem = error(METHOD_NOT_FOUND, "There is no session that waits for this.");
        Some(answer(Value::Null, "error", problem))
    }

    async fn result(
        &self,
        method: &str,
        parameters: Option<&Value>,
        session: &mut Option<String>,
    ) -> Result<Object, Object> {
        let empty_list = |name: &str| Ok(Object::from([(name, Vec::<Value>::new())]));
        match method {
            "initialize" => self.initialize(parameters, session),
            "ping" => Ok(Object::new()),
            "tools/list" => list(parameters),
            "tools/call" => match Call::read(parameters) {
                Ok(call) => {
                    let credentials = &self.endpoint.credentials;
                    Ok(call.run(&self.engine, credentials, self.token).await)
                }
                Err(problem) => Err(error(INVALID_PARAMS, &problem)),
            },
            "prompts/list" => empty_list("prompts"),
            "resources/list" => empty_list("resources"),
            "resources/templates/list" => empty_list("resourceTemplates"),
            "logging/setLevel" => set_level(parameters),
            other => {
                let problem = format!("There is no method '{other}'.");
                Err(error(METHOD_NOT_FOUND, &problem))
            }
        }
    }

    fn initialize(
        &self,
        parameters: Option<&Value>,
        session: &mut Option<String>,
    ) -> Result<Object, Object> {
        let sessions = &self.endpoint.sessions;
        if self.session.is_some_and(|id| sessions.knows(id)) {
            return Err(error(
                METHOD_NOT_FOUND,
                "The session is initialized already.",
            ));
        }
        let parameters = parameters.and_then(Value::as_object);
        let asked = parameters.and_then(|parameters| parameters.get("protocolVersion")?.as_str());
        let (Some(asked), Some(_)) = (asked, parameters.and_then(|p| p.get("clientInfo"))) else {
            let problem = "initialize needs 'protocolVersion' and 'clientInfo'.";
            return Err(error(INVALID_PARAMS, problem));
        };
        let newest = VERSIONS[VERSIONS.len() - 1];
        let version = VERSIONS
            .iter()
            .find(|known| **known == asked)
            .unwrap_or(&newest);
        *session = Some(sessions.begin());
        let capabilities = Object::from([("tools", Object::new()), ("logging", Object::new())]);
        let server = Object::from([
            ("name", "astra-local"),
            ("version", env!("CARGO_PKG_VERSION")),
            ("title", "Local Data API"),
        ]);
        Ok(Object::from([
            ("protocolVersion", Value::from(*version)),
            ("capabilities", capabilities.into()),
            ("serverInfo", server.into()),
        ]))
    }
}

/// All tools are on one page, so that no cursor leads anywhere.
fn list(parameters: Option<&Value>) -> Result<Object, Object> {
    let cursor = parameters.and_then(|parameters| parameters.as_object()?.get("cursor"));
    if cursor.is_some_and(|cursor| !cursor.is_null()) {
        return Err(error(INVALID_PARAMS, "There is no such page of tools."));
    }
    let tools: Vec<Value> = tools::TOOLS.iter().map(tools::Tool::describe).collect();
    Ok(Object::from([("tools", tools)]))
}

fn set_level(parameters: Option<&Value>) -> Result<Object, Object> {
    const LEVELS: [&str; 8] = [
        "debug",
        "info",
        "notice",
        "warning",
        "error",
        "critical",
        "alert",
        "emergency",
    ];
    let level = parameters.and_then(|parameters| parameters.as_object()?.get("level")?.as_str());
    if level.is_some_and(|level| LEVELS.contains(&level)) {
        return Ok(Object::new());
    }
    let problem = format!("'level' must be one of {}.", LEVELS.join(", "));
    Err(error(INVALID_PARAMS, &problem))
}

fn error(code: i32, message: &str) -> Object {
    Object::from([("code", Value::from(code)), ("message", message.into())])
}

fn answer(id: Value, name: &str, content: Object) -> Object {
    let mut answer = Object::from([("jsonrpc", Value::from("2.0")), ("id", id)]);
    answer.insert(name, content);
    answer
}

/// One message as JSON, with the session that began with it.
fn one(message: &Object, session: Option<String>) -> Response {
    let mut response = ([(CONTENT_TYPE, JSON)], message.to_json()).into_response();
    if let Some(Ok(id)) = session.map(|id| id.parse()) {
        response.headers_mut().insert(SESSION, id);
    }
    response
}

/// A stream of events that stays open: nothing happens here that a client does not ask for.
struct Silence;

impl http_body::Body for Silence {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}
