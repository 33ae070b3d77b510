//! What every HTTP application needs around its routes: request ids, logs, error bodies, security headers and limits.

mod accept;
#[cfg(feature = "api-docs")]
pub mod api_docs;
pub mod assets;
mod client_address;
mod conditional;
pub mod extract;
pub mod health;
mod precompressed;
mod problem;
mod public_url;
mod render;
mod request_id;
mod security;
mod timeout;
mod trace;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::{from_fn, from_fn_with_state};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::startup::Startup;
pub use client_address::{ClientAddress, ClientIpHeader};
pub use conditional::has_current;
pub use precompressed::Precompressed;
pub use problem::{Problem, ProblemPage};
pub use public_url::{NotAnOrigin, PublicUrl, is_host, same_origin};
pub use request_id::RequestId;
pub use security::CONTENT_SECURITY_POLICY;
pub(crate) use timeout::body_too_slow;

/// Says how an answer may be kept, unless it says so itself: `Cache-Control`.
pub fn kept(how: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static(how))
}

/// What an application decides about its layers. The default suits pages and JSON with small forms.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// The largest request body, in bytes; more is answered with 413. Default 64 KiB.
    pub body_limit: usize,
    /// How long a request may take before it is given up: with 503, or with 408 where the rest of it has not arrived.
    /// Default 30 seconds.
    pub timeout: Duration,
    /// The policy on responses that bring none. Default [`CONTENT_SECURITY_POLICY`].
    pub content_security_policy: HeaderValue,
    /// How an error looks to a browser (a request whose `Accept` prefers `text/html`). Default: as to everyone else,
    /// [`application/problem+json`](Problem).
    pub problem_page: Option<ProblemPage>,
    /// The header in which a proxy reports the [`ClientAddress`]. Default: none, the address is that of the connection.
    pub client_ip_header: Option<ClientIpHeader>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            body_limit: 64 * 1024,
            timeout: Duration::from_secs(30),
            content_security_policy: HeaderValue::from_static(CONTENT_SECURITY_POLICY),
            problem_page: None,
            client_ip_header: None,
        }
    }
}

/// What an application answers while it starts: 503, for how long and why, in the form that `options` say.
pub fn starting(startup: &Startup, options: HttpOptions) -> Router {
    let (probed, visited) = (startup.clone(), startup.clone());
    let visit = move || std::future::ready(health::problem(&visited));
    layers(health::starting(probed).fallback(visit), options)
}

/// Puts the layers around an application's finished routes.
///
/// ```
/// use axum::{Router, routing::get};
/// use shared::http::{HttpOptions, layers};
///
/// let app: Router = layers(Router::new().route("/", get(|| async { "hello" })), HttpOptions::default());
/// ```
pub fn layers(routes: Router, options: HttpOptions) -> Router {
    // From the outside in. The request id comes first because everything after it names it; errors are written
    // inside the security headers so that those are on error pages too; panics and timeouts happen inside the
    // writing of errors so that they get a body like any other.
    routes.layer(DefaultBodyLimit::disable()).layer(
        ServiceBuilder::new()
            .layer(from_fn(request_id::assign))
            .layer(from_fn(trace::request))
            .layer(from_fn_with_state(
                options.content_security_policy,
                security::headers,
            ))
            .layer(from_fn_with_state(
                options.client_ip_header,
                client_address::read_from,
            ))
            .layer(CompressionLayer::new())
            .layer(from_fn_with_state(options.problem_page, render::errors))
            .layer(CatchPanicLayer::custom(render::panicked))
            .layer(from_fn_with_state(options.timeout, timeout::limit))
            .layer(RequestBodyLimitLayer::new(options.body_limit)),
    )
}
