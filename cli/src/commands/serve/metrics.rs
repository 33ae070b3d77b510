//! `/metrics`: what the server has done and what it takes, for Prometheus.
//!
//! Labels hold commands, statuses and error codes, all of which are known beforehand; never a name that a client made up.
//! So the number of series is bounded whatever is sent.

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use astra_local::{Credentials, Engine, Executed};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prometheus::core::Collector;
use prometheus::{
    HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};

/// Upper bounds in seconds: from what a lookup takes to what a large batch or a scan takes.
const DURATIONS: [f64; 14] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// The address of the metrics: for everyone, or for this user by HTTP Basic authentication, which Prometheus calls
/// `basic_auth`.
pub(super) fn routes(metrics: Arc<Metrics>, user: Option<Credentials>) -> Router {
    let routes = Router::new()
        .route("/metrics", get(show))
        .with_state(metrics);
    match user {
        Some(user) => routes.layer(from_fn_with_state(Arc::new(user), asked_by)),
        None => routes,
    }
}

/// Everything that is measured.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    engine: Engine,
    requests: IntCounterVec,
    durations: HistogramVec,
    in_flight: IntGauge,
    received: IntCounter,
    sent: IntCounter,
}

impl Metrics {
    /// # Errors
    ///
    /// A name or a label that Prometheus does not allow, which is a mistake of this file.
    pub(super) fn new(engine: Engine) -> prometheus::Result<Self> {
        let registry = Registry::new();
        set_once(&registry)?;
        Ok(Self {
            requests: registered(&registry, requests()?)?,
            durations: registered(&registry, durations()?)?,
            in_flight: registered(
                &registry,
                IntGauge::new("data_api_requests_in_flight", "Requests under way")?,
            )?,
            received: registered(
                &registry,
                IntCounter::new(
                    "data_api_command_bytes_total",
                    "Bytes of commands as they were received",
                )?,
            )?,
            sent: registered(
                &registry,
                IntCounter::new(
                    "data_api_answer_bytes_total",
                    "Bytes of answers to commands, before they are compressed",
                )?,
            )?,
            registry,
            engine,
        })
    }

    fn record(&self, started: Instant, response: &Response) {
        let executed = response.extensions().get::<Executed>();
        let command = executed.and_then(|it| it.command).unwrap_or_default();
        let error_code = executed.and_then(|it| it.error_code).unwrap_or_default();
        self.requests
            .with_label_values(&[command, response.status().as_str(), error_code])
            .inc();
        self.durations
            .with_label_values(&[command])
            .observe(started.elapsed().as_secs_f64());
        if let Some(executed) = executed {
            self.received.inc_by(executed.request_bytes as u64);
            self.sent.inc_by(executed.response_bytes as u64);
        }
    }

    fn text(&self) -> prometheus::Result<String> {
        let mut families = self.registry.gather();
        families.extend(footprint(&self.engine)?.gather());
        TextEncoder::new().encode_to_string(&families)
    }
}

/// Measures a request.
pub(super) async fn measure(
    State(metrics): State<Arc<Metrics>>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let under_way = UnderWay::new(metrics.in_flight.clone());
    let response = next.run(request).await;
    drop(under_way);
    metrics.record(started, &response);
    response
}

/// Answers with all metrics, in version 0.0.4 of the text format.
async fn show(State(metrics): State<Arc<Metrics>>) -> Response {
    match metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => {
            tracing::error!("the metrics cannot be written: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn asked_by(State(user): State<Arc<Credentials>>, request: Request, next: Next) -> Response {
    let given = request.headers().get(AUTHORIZATION).and_then(basic);
    if given.is_some_and(|(username, password)| user.is_user(&username, &password)) {
        return next.run(request).await;
    }
    let challenge = [(
        WWW_AUTHENTICATE,
        r#"Basic realm="metrics", charset="UTF-8""#,
    )];
    let words =
        "The metrics are for the user the server was started with, by HTTP Basic authentication.\n";
    (StatusCode::UNAUTHORIZED, challenge, words).into_response()
}

/// Username and password of a header `Authorization: Basic …` (RFC 7617).
fn basic(header: &HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (username, password) = text.split_once(':')?;
    Some((username.to_owned(), password.to_owned()))
}

/// Counts a request for as long as this lives, which is not until its answer where a client goes away before.
struct UnderWay(IntGauge);

impl UnderWay {
    fn new(gauge: IntGauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn requests() -> prometheus::Result<IntCounterVec> {
    IntCounterVec::new(
        Opts::new(
            "data_api_requests_total",
            "Requests by command (none for what is no command), HTTP status, and code of the first error",
        ),
        &["command", "status", "error_code"],
    )
}

fn durations() -> prometheus::Result<HistogramVec> {
    HistogramVec::new(
        HistogramOpts::new(
            "data_api_request_duration_seconds",
            "Time from the head of a request to the head of its answer",
        )
        .buckets(DURATIONS.to_vec()),
        &["command"],
    )
}

/// What does not change while the server runs.
fn set_once(registry: &Registry) -> prometheus::Result<()> {
    let build = Opts::new("astra_dev_build_info", "The version that runs");
    let build = registered(registry, IntGaugeVec::new(build, &["version"])?)?;
    build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    gauge(
        registry,
        "process_start_time_seconds",
        "Start of the server in seconds since 1970",
        now.unwrap_or_default().as_secs(),
    )
}

/// What is read when somebody asks. What cannot be known is left out: a zero would be taken for something.
fn footprint(engine: &Engine) -> prometheus::Result<Registry> {
    let registry = Registry::new();
    if let Some(usage) = engine.disk_usage() {
        gauge(
            &registry,
            "data_api_database_bytes",
            "Size of the database file",
            usage.database,
        )?;
        gauge(
            &registry,
            "data_api_write_ahead_log_bytes",
            "Size of the database's write-ahead log",
            usage.log,
        )?;
    }
    if let Some(bytes) = resident_bytes() {
        gauge(
            &registry,
            "process_resident_memory_bytes",
            "Memory that the server has",
            bytes,
        )?;
    }
    Ok(registry)
}

/// Linux tells it as `VmRSS:     1234 kB` (<https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>).
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

fn gauge(registry: &Registry, name: &str, help: &str, value: u64) -> prometheus::Result<()> {
    let gauge = registered(registry, IntGauge::new(name, help)?)?;
    gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
    Ok(())
}

fn registered<M: Collector + Clone + 'static>(
    registry: &Registry,
    metric: M,
) -> prometheus::Result<M> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}
