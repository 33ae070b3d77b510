//! Gives every error one form: a problem for programs, a page for people.

use std::any::Any;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, REFRESH, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::accept::prefers_html;
use crate::http::{Problem, ProblemPage, RequestId};

/// The longest plain-text error that is passed on as a problem's detail, in bytes.
const LONGEST_TEXT: usize = 2048;

/// Logs the error of a response once and writes its body in the form the caller accepts.
///
/// A status of 400 or more that comes without a form of its own, from axum's extractors, a missing route, a limit or a
/// timeout, is treated as a problem too.
pub(crate) async fn errors(
    State(page): State<Option<ProblemPage>>,
    id: RequestId,
    request: Request,
    next: Next,
) -> Response {
    let is_chosen = page.is_some();
    let page = page.filter(|_| prefers_html(request.headers()));
    let is_get = request.method() == Method::GET;
    let response = next.run(request).await;
    match problem_of(response).await {
        Ok((problem, headers)) => {
            problem.log();
            let problem = if is_get {
                problem
            } else {
                problem.without_reload()
            };
            let body = page.map_or_else(|| problem.to_json(Some(&id)), |page| page(&problem, &id));
            let mut response = finish(body, problem.status(), headers);
            if let Some(refresh) = problem.refresh().filter(|_| page.is_some()) {
                response.headers_mut().insert(REFRESH, refresh);
            }
            if is_chosen {
                // Or a cache would give the page to programs, and JSON to people.
                let vary = HeaderValue::from_static("accept");
                response.headers_mut().append(VARY, vary);
            }
            response
        }
        Err(response) => response,
    }
}

/// Turns a panic into a problem: the visitor gets a friendly answer, the log what happened.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a value that is no text");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
        .source(format!("panicked: {text}"))
        .into_response()
}

/// The problem in a response with the headers to keep, or the response where it is none or has its own form.
async fn problem_of(response: Response) -> Result<(Problem, HeaderMap), Response> {
    let (mut parts, body) = response.into_parts();
    if let Some(problem) = parts.extensions.remove::<Problem>() {
        return Ok((problem, parts.headers));
    }
    let is_error = parts.status.is_client_error() || parts.status.is_server_error();
    if !is_error || !has_no_form(&parts.headers) {
        return Err(Response::from_parts(parts, body));
    }
    let problem = match plain_text(body).await {
        Some(text) => Problem::new(parts.status).detail(text),
        None => Problem::new(parts.status),
    };
    Ok((problem, parts.headers))
}

fn has_no_form(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_none_or(|value| value.as_bytes().starts_with(b"text/plain"))
}

async fn plain_text(body: Body) -> Option<String> {
    let bytes = to_bytes(body, LONGEST_TEXT).await.ok()?;
    let text = String::from_utf8(bytes.into()).ok()?;
    Some(text).filter(|text| !text.is_empty())
}

/// Puts status and headers of the response in error (such as `Allow` or `Retry-After`) on its new body.
fn finish(mut response: Response, status: StatusCode, mut headers: HeaderMap) -> Response {
    headers.remove(CONTENT_TYPE);
    headers.remove(CONTENT_LENGTH);
    *response.status_mut() = status;
    response.headers_mut().extend(headers);
    response
}
