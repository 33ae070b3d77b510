//! The engine over HTTP: paths, methods, headers and status codes of the Data API.

mod body;
mod mcp;

pub use self::mcp::{McpCommand, McpTool};

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any, get, post};
use axum::{Extension, Router};
use tower::ServiceExt as _;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

use crate::auth::Credentials;
use crate::engine::{self, Engine};
use crate::error::{request, server};
use crate::provider_keys::ProviderKeys;
use crate::respond::OwnedRequest;
use crate::response::Answer;

/// Answers smaller than this fit a packet as they are.
const COMPRESS_ABOVE: u64 = 1024;

/// Where the tools for assistants are.
const MCP: &str = "/v1/mcp";

/// Where the API lies: self-hosted, and on Astra.
const PREFIXES: [&str; 2] = ["/v1", "/api/json/v1"];

const JSON: &str = "application/json";

/// Seconds after which a request is to be sent again that there was no memory for.
const BUSY_FOR: &str = "2";

/// What a request was about, in the extensions of its answer: for logs and metrics around [`router`].
///
/// Only answers of the Data API have it; pages that do not exist and health checks are no commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Executed {
    /// The command; none where it is not one of those there are, or was not read.
    pub command: Option<&'static str>,
    /// The code of the first error, such as `UNKNOWN_COLLECTION_OR_TABLE`.
    pub error_code: Option<&'static str>,
    /// Bytes of the request's body; 0 where it was not read.
    pub request_bytes: usize,
    /// Bytes of the answer's body before it is compressed.
    pub response_bytes: usize,
}

/// Serves an engine with the paths of the Data API: `/v1` as self-hosted, `/api/json/v1` as on Astra.
///
/// Each path below takes a command by POST and asks for a token; `/stargate/health` (and `/live`, `/ready` below it)
/// says without one that the server is up.
///
/// | path | commands |
/// |---|---|
/// | `/v1` | keyspaces, providers |
/// | `/v1/{keyspace}` | collections, tables and types of a keyspace |
/// | `/v1/{keyspace}/{name}` | documents of a collection, rows of a table |
/// | `/v1/mcp` | all of them, as tools of the Model Context Protocol; see [`Features::mcp`](crate::Features::mcp) |
///
/// # Example
///
/// ```no_run
/// use astra_local::{Credentials, Engine, router};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let app = router(Engine::open("./data")?, Credentials::default());
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8181").await?;
/// axum::serve(listener, app).await?;
/// # Ok(())
/// # }
/// ```
pub fn router(engine: Engine, credentials: Credentials) -> Router {
    let credentials = Arc::new(credentials);
    let tools = mcp::Endpoint::new(engine.clone(), Arc::clone(&credentials));
    let api = PREFIXES
        .into_iter()
        .fold(Router::new(), |router, prefix| router.merge(api(prefix)))
        .route(MCP, any(mcp::serve).with_state(tools))
        .route("/stargate/health", get(health))
        .route("/stargate/health/live", get(health))
        .route("/stargate/health/ready", get(health))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(middleware::from_fn_with_state(credentials, authenticate))
        .layer(compression())
        .layer(middleware::map_request(body::linger))
        .with_state(engine);
    // A router chooses the route before its layers see the request, so the slashes are merged around it.
    Router::new().fallback_service(api.map_request(merge_slashes))
}

/// Several slashes in an address are one, as to the real server.
fn merge_slashes(mut request: Request) -> Request {
    let uri = request.uri();
    if !uri.path().contains("//") {
        return request;
    }
    let mut merged = String::with_capacity(uri.path().len());
    for character in uri.path().chars() {
        if character != '/' || !merged.ends_with('/') {
            merged.push(character);
        }
    }
    if let Some(query) = uri.query() {
        merged.push('?');
        merged.push_str(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = merged.parse().ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
    request
}

/// Most who ask are on the same machine, where time counts for more than bytes.
fn compression() -> CompressionLayer<SizeAbove> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(COMPRESS_ABOVE))
}

fn api(prefix: &str) -> Router<Engine> {
    let path = |rest: &str| format!("{prefix}{rest}");
    Router::new()
        .route(&path(""), commands(StatusCode::METHOD_NOT_ALLOWED))
        .route(&path("/"), commands(StatusCode::METHOD_NOT_ALLOWED))
        .route(&path("/{keyspace}"), commands(StatusCode::NOT_FOUND))
        .route(&path("/{keyspace}/"), commands(StatusCode::NOT_FOUND))
        .route(&path("/{keyspace}/{name}"), commands(StatusCode::NOT_FOUND))
        .route(
            &path("/{keyspace}/{name}/"),
            commands(StatusCode::NOT_FOUND),
        )
}

/// A path that takes commands. Other methods are answered as the real server does, which is not alike on all paths.
fn commands(other_methods: StatusCode) -> MethodRouter<Engine> {
    post(execute).fallback(move |method: Method| async move {
        if method == Method::OPTIONS {
            [(ALLOW, "OPTIONS, POST")].into_response()
        } else {
            other_methods.into_response()
        }
    })
}

/// Below a prefix the token comes before everything else, the question whether the path exists included.
async fn authenticate(
    State(credentials): State<Arc<Credentials>>,
    request: Request,
    next: Next,
) -> Response {
    if !PREFIXES
        .iter()
        .any(|prefix| is_below(request.uri().path(), prefix))
    {
        return next.run(request).await;
    }
    let headers = request.headers();
    let token = headers
        .get("Token")
        .or_else(|| headers.get("X-Cassandra-Token"));
    if token.is_some_and(|token| !token.is_empty()) && request.uri().path() == MCP {
        // A wrong one shows in the results of the tools.
        return next.run(request).await;
    }
    match credentials.check(token.map(HeaderValue::as_bytes)) {
        Ok(()) => next.run(request).await,
        Err(error) => answered(Answer::from(error).into(), 0),
    }
}

fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

async fn execute(
    State(engine): State<Engine>,
    target: Result<Path<Vec<String>>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if let Some(other) = unsupported_content_type(&headers) {
        let message =
            format!("The content type '{other}' is not supported. Send JSON as '{JSON}'.");
        return answered(
            Answer::from(request::UNSUPPORTED_CONTENT_TYPE.because(message)).into(),
            0,
        );
    }
    let (body, memory) = match body::receive(body, &engine).await {
        Ok(received) => received,
        Err(refusal) => return refused(refusal),
    };
    let Ok(Path(target)) = target else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let request_bytes = body.len();
    let mut target = target.into_iter();
    let request = OwnedRequest {
        keyspace: target.next(),
        name: target.next(),
        body,
        memory,
    };
    let engine = engine.with_keys(ProviderKeys::from_headers(&headers));
    match engine.respond(request).await {
        Ok(response) => answered(response, request_bytes),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a command ended unexpectedly"
            );
            let message = "The command ended unexpectedly; the log of the server says more. It can be sent again.";
            answered(
                Answer::from(server::UNEXPECTED_SERVER_ERROR.because(message)).into(),
                request_bytes,
            )
        }
    }
}

fn refused(refusal: body::Refusal) -> Response {
    match refusal {
        // No JSON here: the real server cuts such requests off before it has read them.
        body::Refusal::TooLarge => {
            (StatusCode::PAYLOAD_TOO_LARGE, [(CONNECTION, "close")]).into_response()
        }
        body::Refusal::Broken => StatusCode::BAD_REQUEST.into_response(),
        body::Refusal::Busy(response) => answered(response, 0),
    }
}

/// The content type of a request, if it has one that is not JSON.
fn unsupported_content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?;
    let text = String::from_utf8_lossy(value.as_bytes());
    let essence = text.split(';').next().unwrap_or_default().trim();
    let supported = [JSON, "application/*", "*/*"]
        .iter()
        .any(|known| essence.eq_ignore_ascii_case(known));
    if supported {
        None
    } else {
        Some(essence.to_owned())
    }
}

fn answered(response: engine::Response, request_bytes: usize) -> Response {
    let executed = Executed {
        command: response.command,
        error_code: response.error_code,
        request_bytes,
        response_bytes: response.body.len(),
    };
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = [(CONTENT_TYPE, JSON)];
    // The memory of a large answer is free once the last byte is sent, or nobody is left to send it to.
    let body = Bytes::from_owner(Sent(response));
    let mut answer = (status, Extension(executed), content_type, body).into_response();
    if status == StatusCode::TOO_MANY_REQUESTS {
        answer
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static(BUSY_FOR));
    }
    answer
}

struct Sent(engine::Response);

impl AsRef<[u8]> for Sent {
    fn as_ref(&self) -> &[u8] {
        &self.0.body
    }
}

/// In the form of the real server's health checks.
async fn health() -> impl IntoResponse {
    ([(CONTENT_TYPE, JSON)], r#"{"status":"UP","checks":[]}"#)
}
