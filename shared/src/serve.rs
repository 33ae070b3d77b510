//! Runs an application's router: the one place that decides how requests reach it, over TCP or as invocations of AWS
//! Lambda. The application is the same.

mod accept;
mod connection;
#[cfg(feature = "lambda")]
mod lambda;
mod prepared;
mod unread_body;

use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use tokio::net::TcpListener;

use self::accept::Connections;
use self::prepared::Prepared;
use crate::env::{Env, Noted};
use crate::http::health;

/// Where to listen and how to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServeSettings {
    /// `HOST`: the address or name to listen on. Default `127.0.0.1`; a container needs `0.0.0.0`.
    pub host: String,
    /// `PORT`. Default `8080`; `0` takes any free one.
    pub port: u16,
    /// `SHUTDOWN_SECONDS`: how long requests under way may take to finish once a stop is asked for. Default 10 seconds.
    pub drain: Duration,
    /// `AWS_LAMBDA_RUNTIME_API` is set, which AWS Lambda does: invocations are answered and nothing is listened on. Needs
    /// the feature `lambda`.
    pub lambda: bool,
}

/// Set by AWS Lambda around the processes it starts: where their invocations are fetched
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>).
pub(crate) const LAMBDA_RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// How long an invocation of AWS Lambda waits for an application that is starting: an API Gateway gives it 29 seconds.
#[cfg(feature = "lambda")]
const INVOCATION: Duration = Duration::from_secs(20);

impl ServeSettings {
    /// Reads the settings and notes every problem in `env`.
    pub fn read(env: &mut Env<'_>) -> Result<Self, Noted> {
        let host = env.text("HOST").unwrap_or_else(|| "127.0.0.1".to_owned());
        let port = env.parse_or("PORT", 8080, "a number such as 8080");
        let drain = env.number_or("SHUTDOWN_SECONDS", 10, 0..=3600);
        let lambda = env.text(LAMBDA_RUNTIME_API).is_some();
        if lambda && cfg!(not(feature = "lambda")) {
            return Err(env.problem(
                "AWS_LAMBDA_RUNTIME_API is set, but this build cannot answer invocations: build it with the feature `lambda`",
            ));
        }
        Ok(Self {
            host,
            port: port?,
            drain: Duration::from_secs(drain?),
            lambda,
        })
    }
}

/// Serves `app` until the process is asked to stop (Ctrl-C or SIGTERM), then lets the requests under way finish. Asked a
/// second time it stops at once. On AWS Lambda it answers invocations instead.
///
/// The address is printed as the one line on standard output, so that a person can click it and a program can read it.
///
/// # Errors
///
/// When the address cannot be listened on, for one because another program already does.
pub async fn serve(app: Router, settings: &ServeSettings) -> anyhow::Result<()> {
    serve_prepared(async { Ok(app) }, Router::new(), settings, |_| ()).await
}

/// [`serve`] for an application that takes a while to start: `starting` answers until `prepare` has made it. The address is
/// printed then, and `announce` gets it.
///
/// # Errors
///
/// As [`serve`], and those of `prepare`.
pub async fn serve_prepared(
    prepare: impl Future<Output = anyhow::Result<Router>>,
    starting: Router,
    settings: &ServeSettings,
    announce: impl FnOnce(&str),
) -> anyhow::Result<()> {
    #[cfg(feature = "lambda")]
    if settings.lambda {
        // The process is frozen as soon as the first invocation is answered.
        let prepared = Prepared::new(starting, INVOCATION);
        let answering = lambda::run(prepared.router());
        return prepared.beside(answering, prepare, || Ok(())).await;
    }
    let prepared = Prepared::new(starting, Duration::ZERO);
    let listener = listen(settings).await?;
    let address = listener.local_addr();
    let url = url(address.context("reading the address listened on")?);
    let serving = serve_on(listener, prepared.router(), settings.drain);
    let ready = || {
        writeln!(io::stdout(), "{url}").context("printing the address")?;
        tracing::info!(%url, "listening; Ctrl-C stops");
        announce(&url);
        Ok(())
    };
    prepared.beside(serving, prepare, ready).await
}

/// Asks the program that serves with the same settings whether it is ready, as `GET /health/ready` says: a health check for
/// places with neither shell nor curl.
///
/// # Errors
///
/// One sentence: nothing answers, or what answers is not ready.
pub async fn health(settings: &ServeSettings) -> anyhow::Result<()> {
    let ServeSettings { host, port, .. } = settings;
    anyhow::ensure!(
        *port > 0,
        "PORT is 0, which stands for any free port: nobody knows which one to ask"
    );
    let base = match host.parse() {
        Ok(ip) => url(SocketAddr::new(ip, *port)),
        Err(_) => format!("http://{host}:{port}"),
    };
    health::ask(&format!("{base}/health/ready")).await
}

/// Serves `app` on `listener` until the process is asked to stop, then at most `drain` longer. For programs that announce
/// themselves in their own words.
pub async fn serve_on(listener: TcpListener, app: Router, drain: Duration) -> anyhow::Result<()> {
    tokio::select! {
        result = run(listener, app, stop_requested(), drain) => result,
        () = stop_requested_twice() => Ok(()),
    }
}

/// Serves `app` on `listener` until `stop` resolves, then at most `drain` longer.
///
/// A connection that waits too long for its client is closed: 10 seconds for the head of a request, 75 for the next
/// request, 30 without a byte of a body or of an answer getting through, and more than that in all at less than 1 KiB a
/// second. A body that does not arrive is answered 408. Of one that the application leaves unread, up to 64 MiB are
/// received for up to 5 seconds, so that the client can read the answer. There are fewer connections than the process may have
/// descriptors. Beyond that the one that has waited longest is closed for a new one, so that idle and slow clients,
/// however many, keep nobody out.
///
/// For tests, and for programs that have a reason of their own to stop.
pub async fn run(
    listener: TcpListener,
    app: Router,
    stop: impl Future<Output = ()> + Send + 'static,
    drain: Duration,
) -> anyhow::Result<()> {
    let mut connections = Connections::new(app);
    tokio::select! {
        () = connections.accept(&listener) => {}
        () = stop => {}
    }
    tracing::info!("stopping: no new connections");
    drop(listener);
    if tokio::time::timeout(drain, connections.finish())
        .await
        .is_err()
    {
        tracing::warn!(
            ?drain,
            "requests were still under way at the limit and have been cut off"
        );
    }
    Ok(())
}

async fn listen(settings: &ServeSettings) -> anyhow::Result<TcpListener> {
    let ServeSettings { host, port, .. } = settings;
    match TcpListener::bind((host.as_str(), *port)).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => anyhow::bail!(
            "port {port} on {host} is in use by another program: stop it, or set PORT to another one (0 takes any free one)"
        ),
        Err(error) => Err(error).with_context(|| {
            format!("cannot listen on {host} port {port}: HOST is an address of this machine such as 127.0.0.1")
        }),
    }
}

/// How this machine reaches a server on `address`: "any interface" is no address to open.
///
/// ```
/// let anywhere = "0.0.0.0:8080".parse().unwrap();
/// assert_eq!(shared::serve::url(anywhere), "http://127.0.0.1:8080");
/// ```
pub fn url(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

/// Resolves when the process is asked to stop (Ctrl-C or SIGTERM), for work that is not a server's. Where no handler can
/// be installed the operating system's own stands: the process ends at once, which every acknowledged write survives.
pub async fn stop_requested() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupt => {}
        () = terminate() => {}
    }
}

/// Whoever asks a second time does not want to wait for anyone.
async fn stop_requested_twice() {
    stop_requested().await;
    stop_requested().await;
}

#[cfg(unix)]
async fn terminate() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminate() {
    std::future::pending().await
}
