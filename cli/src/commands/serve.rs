//! `astra-dev serve`: the local Data API on a port.

mod features;
mod metrics;
mod request_log;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use astra_local::{Credentials, Engine, Limits, MEMORY_LIMIT, Overwrite, Request};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use clap::builder::BoolishValueParser;
use shared::EmbeddedTransport;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use self::features::FeatureOptions;
use self::metrics::Metrics;
use crate::output::{self, Outcome};
use astra_console::this_machine;
use astra_console::{Access, Console, Server};

const MEGABYTE: u64 = 1_000_000;

/// How long requests under way may take to finish after a signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serve the local Data API, for any Data API client in any language
///
/// It needs no account, no container and no Java. What it answers as stored is on disk. It is made for one machine:
/// to grow, point the same application at Astra, HCD, or the Data API over Cassandra.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Serve {
    /// Address to listen on; 0.0.0.0 lets other machines in
    #[arg(long, env = "ASTRA_DEV_HOST", default_value = "127.0.0.1")]
    host: IpAddr,

    /// Port to listen on; 0 takes a free one
    #[arg(long, env = "ASTRA_DEV_PORT", default_value_t = 8181)]
    port: u16,

    /// Directory the data is kept in; it is made if missing
    #[arg(
        long,
        env = "ASTRA_DEV_DATA",
        value_name = "DIR",
        default_value = "./data"
    )]
    data: PathBuf,

    /// Keep the data in memory only: it is gone when the server stops
    #[arg(long, env = "ASTRA_DEV_IN_MEMORY", conflicts_with = "data", value_parser = BoolishValueParser::new())]
    in_memory: bool,

    /// Megabytes that a database in memory can hold, up to 1073
    #[arg(long, env = "ASTRA_DEV_MEMORY_LIMIT", value_name = "MB", default_value_t = MEMORY_LIMIT / MEGABYTE,
        value_parser = clap::value_parser!(u64).range(1..=MEMORY_LIMIT / MEGABYTE))]
    memory_limit: u64,

    /// User name clients must give
    #[arg(long, env = "ASTRA_DEV_USERNAME", default_value = DEFAULT_USER)]
    username: String,

    /// Password clients must give
    #[arg(long, env = "ASTRA_DEV_PASSWORD", default_value = DEFAULT_USER, hide_env_values = true)]
    password: String,

    /// A whole token to accept too, for clients that send one as Astra has them
    #[arg(long, env = "ASTRA_DEV_TOKEN", hide_env_values = true)]
    token: Option<String>,

    /// Write a line for each request to standard error: `POST /v1/shop/products find 200 1.2 ms`
    #[arg(long, env = "ASTRA_DEV_LOG_REQUESTS", value_parser = BoolishValueParser::new())]
    log_requests: bool,

    /// Log each command that takes this many milliseconds or more, with how it finds what it is about
    #[arg(long = "slow-ms", env = "ASTRA_DEV_SLOW_MS", value_name = "MS")]
    slow: Option<u64>,

    /// Whose limits on collections, tables and indexes hold: those of a server of your own, or Astra's (10 collections, 100
    /// indexes, 50 tables)
    #[arg(long, env = "ASTRA_DEV_LIMITS", value_name = "WHOSE", value_enum, default_value_t = Whose::Server)]
    limits: Whose,

    /// Leave out the console, the pages for browsers at /
    #[arg(long, env = "ASTRA_DEV_NO_CONSOLE", value_parser = BoolishValueParser::new())]
    no_console: bool,

    #[command(flatten)]
    features: FeatureOptions,
}

/// Whose limits hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Whose {
    Server,
    Astra,
}

const EXAMPLES: &str = "\
Examples:
  astra-dev serve                             on http://127.0.0.1:8181, the data in ./data
  astra-dev serve --in-memory --port 0        to try something, on any free port
  astra-dev serve --data ~/shop --log-requests
  astra-dev serve --limits astra              does my application fit into one database of Astra?

What clients need is printed at the start. Exit codes: 0 it was stopped, 1 it failed, 2 wrong options.";

/// User name and password of a self-hosted Data API that nobody has changed.
const DEFAULT_USER: &str = "cassandra";

impl Serve {
    #[tokio::main]
    pub(crate) async fn run(self) -> anyhow::Result<Outcome> {
        self.log()?;
        let engine = self.open()?;
        let (listener, address) = self.listen().await?;
        output::say(&self.banner(address));
        if !address.ip().is_loopback() && self.password == DEFAULT_USER {
            output::note(
                "warning: other machines can reach this server with the default password; set --password",
            );
        }
        let router = self.router(engine, address)?;
        shared::serve::serve_on(listener, router, GRACE).await?;
        output::say("Stopped.");
        Ok(Outcome::Done)
    }

    fn log(&self) -> anyhow::Result<()> {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
        let requests = if self.log_requests { "info" } else { "off" };
        let requests = format!("{}={requests}", request_log::TARGET).parse()?;
        tracing_subscriber::fmt()
            .with_env_filter(filter.add_directive(requests))
            .with_writer(io::stderr)
            .init();
        Ok(())
    }

    fn router(&self, engine: Engine, address: SocketAddr) -> anyhow::Result<Router> {
        let metrics = Arc::new(Metrics::new(engine.clone())?);
        // Whoever is on this machine sees more of the process than the metrics tell; others have to say who they are.
        let user = (!address.ip().is_loopback()).then(|| self.credentials());
        let mut router = astra_local::router(engine.clone(), self.credentials())
            .merge(metrics::routes(Arc::clone(&metrics), user))
            .layer(from_fn_with_state(metrics, metrics::measure));
        if self.is_open(address) {
            router = router.layer(from_fn(this_machine::for_its_own_pages));
        }
        // Not measured: the metrics are about the API's own clients.
        if !self.no_console {
            router = router.merge(astra_console::router(self.console(engine, address)?));
        }
        if self.log_requests {
            router = router.layer(from_fn(request_log::log));
        }
        Ok(router)
    }

    fn open(&self) -> anyhow::Result<Engine> {
        let engine = if self.in_memory {
            let limit = self.memory_limit * MEGABYTE;
            Engine::in_memory_up_to(limit).context("cannot make a database in memory")?
        } else {
            Engine::open(&self.data)?
        };
        let engine = engine.with_features(self.features.features());
        let engine = match self.slow {
            Some(milliseconds) => engine.with_slow_log(Duration::from_millis(milliseconds)),
            None => engine,
        };
        Ok(match self.limits {
            Whose::Server => engine,
            Whose::Astra => engine.with_limits(Limits::astra()),
        })
    }

    async fn listen(&self) -> anyhow::Result<(TcpListener, SocketAddr)> {
        let address = SocketAddr::new(self.host, self.port);
        let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => {
                anyhow!("port {} is in use on {}; stop what uses it, or choose another with --port", self.port, self.host)
            }
            io::ErrorKind::AddrNotAvailable => {
                anyhow!("{} is not an address of this machine; choose another with --host", self.host)
            }
            io::ErrorKind::PermissionDenied => {
                anyhow!("port {} may not be used without special rights; choose one above 1023 with --port", self.port)
            }
            _ => anyhow::Error::new(error).context(format!("cannot listen on {address}")),
        })?;
        let address = listener.local_addr().context("cannot tell the port")?;
        Ok((listener, address))
    }

    fn credentials(&self) -> Credentials {
        let credentials = Credentials::new(&self.username, &self.password);
        match &self.token {
            Some(token) => credentials.with_token(token),
            None => credentials,
        }
    }

    /// Whether everyone on this machine, and nobody else, knows how to get in.
    fn is_open(&self, address: SocketAddr) -> bool {
        address.ip().is_loopback() && self.password == DEFAULT_USER
    }

    fn console(&self, engine: Engine, address: SocketAddr) -> anyhow::Result<Console> {
        let access = if self.is_open(address) {
            Access::ThisMachine
        } else {
            let credentials = self.credentials();
            let is_user = move |name: &str, password: &str| credentials.is_user(name, password);
            Access::sign_in(is_user, address.port())
        };
        let server = Server {
            url: self.url(address),
            username: self.username.clone(),
            password: Some(DEFAULT_USER.to_owned()).filter(|known| *known == self.password),
            data: self.data(),
            directory: (!self.in_memory).then(|| self.data.clone()),
        };
        let transport = EmbeddedTransport::new(engine.clone());
        let console = Console::new(transport, access, server)?;
        let explaining = engine.clone();
        let console = console.with_explain(move |keyspace, name, command| {
            let body = command.as_bytes();
            explaining.explain(Request {
                keyspace,
                name,
                body,
            })
        });
        Ok(console.with_backup(move |file| {
            engine.backup(file, Overwrite::Never)?;
            Ok(())
        }))
    }

    /// An address a browser can open. Where every address is listened on, this machine is one way to reach it.
    fn url(&self, address: SocketAddr) -> String {
        let host = if address.ip().is_unspecified() {
            IpAddr::from([127, 0, 0, 1])
        } else {
            self.host
        };
        format!("http://{}", SocketAddr::new(host, address.port()))
    }

    /// Where the data is.
    fn data(&self) -> String {
        if self.in_memory {
            "in memory, gone when this stops".to_owned()
        } else {
            format!("kept in {}", self.data.display())
        }
    }

    fn banner(&self, address: SocketAddr) -> String {
        let (url, data) = (self.url(address), self.data());
        let console = if self.no_console {
            String::new()
        } else {
            format!("\n  Console  {url}/ in a browser")
        };
        // A password of one's own does not belong on a screen; that of every fresh installation is no secret.
        let token = if self.password == DEFAULT_USER {
            self.credentials().token()
        } else {
            "Cassandra:<base64 of the username>:<base64 of the password>".to_owned()
        };
        let password = if self.password == DEFAULT_USER {
            DEFAULT_USER
        } else {
            "…"
        };
        let user = &self.username;
        format!(
            "\
The local Data API listens on {url}

  Data     {data}
  Token    {token}
           (the value of the header Token; username {user}){console}

Try it
  curl -s {url}/v1 -H 'Token: {token}' --json '{{\"findKeyspaces\":{{}}}}'

Run an application of this repository on it
  DATA_API_URL={url} DATA_API_USERNAME={user} DATA_API_PASSWORD={password} cargo run -p ecommerce

Use it from Python (pip install astrapy)
  from astrapy import DataAPIClient
  from astrapy.authentication import UsernamePasswordTokenProvider
  database = DataAPIClient(environment=\"hcd\").get_database(
      \"{url}\", token=UsernamePasswordTokenProvider(\"{user}\", \"{password}\"))

Ctrl-C stops it."
        )
    }
}
