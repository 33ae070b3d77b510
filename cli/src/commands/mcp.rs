//! `astra-dev mcp`: a database as tools and resources of the Model Context Protocol, for assistants.

mod answer;
mod arguments;
mod distinct;
mod preview;
mod resources;
mod scope;
mod server;
mod tools;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use rmcp::ServiceExt as _;
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::TcpListener;

use crate::database::{DatabaseArgs, Environment, MADE_ELSEWHERE};
use crate::output::{self, Outcome};
use scope::Scope;
use server::Server;

/// Where the protocol is, below the address.
const PATH: &str = "/mcp";

/// Longest message of a client, in bytes: twice what the Data API takes.
const MAX_MESSAGE: usize = 40 << 20;

/// How long calls under way may take once a stop is asked for.
const GRACE: Duration = Duration::from_secs(10);

/// Let an assistant read a database, and change it if you allow that
///
/// Speaks the Model Context Protocol on standard input and output, or over HTTP on this machine with --port. Tools are the
/// commands of the Data API; resources are the definitions of collections and tables. Without --write, nothing can be
/// changed.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Mcp {
    /// Offer the tools that change data and schemas, too
    #[arg(long)]
    write: bool,

    /// Only these collections and tables of the keyspace, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    collections: Vec<String>,

    /// Serve Streamable HTTP on this port of 127.0.0.1 instead; 0 takes any free one
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,

    #[command(flatten)]
    database: DatabaseArgs,
}

const EXAMPLES: &str = "\
Examples:
  astra-dev mcp                                    every keyspace, reading only
  astra-dev mcp --keyspace shop                    nothing outside of this keyspace
  astra-dev mcp --keyspace shop --collections products,reviews --write
  astra-dev mcp --port 8765                        at http://127.0.0.1:8765/mcp

How an assistant starts it is in README.md. Exit codes: 0 it was stopped, 1 it failed, 2 wrong options.";

impl Mcp {
    #[tokio::main]
    pub(crate) async fn run(self, environment: Environment) -> anyhow::Result<Outcome> {
        let chosen = self.database.choose(environment)?;
        let database = chosen.open(MADE_ELSEWHERE).await?;
        let keyspace = self.database.keyspace().map(str::to_owned);
        let scope = Scope::new(
            keyspace,
            self.collections,
            &chosen.settings.keyspace,
            self.write,
        );
        let server = Server::new(database, scope);
        let place = chosen.describe();
        match self.port {
            Some(port) => serve_http(server, port, &place).await?,
            None => serve_stdio(server, &place).await?,
        }
        Ok(Outcome::Done)
    }
}

/// Until the client closes standard input, or the process is asked to stop.
async fn serve_stdio(server: Server, place: &str) -> anyhow::Result<()> {
    output::note(&format!("MCP on standard input and output: {place}"));
    let transport = AsyncRwTransport::new_server(tokio::io::stdin(), tokio::io::stdout())
        .with_max_line_length(MAX_MESSAGE);
    let serving = async {
        let running = server.serve(transport).await;
        let running = running.context("the client did not begin a session of the protocol")?;
        running.waiting().await.context("serving the client")?;
        anyhow::Ok(())
    };
    tokio::select! {
        ended = serving => ended,
        () = shared::serve::stop_requested() => Ok(()),
    }
}

/// Only on this machine, for programs and not for pages of foreign sites. No session is kept, so that none can pile up.
async fn serve_http(server: Server, port: u16, place: &str) -> anyhow::Result<()> {
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind(wanted)
        .await
        .with_context(|| format!("cannot listen on {wanted}; choose another port with --port"))?;
    let address = listener.local_addr().context("cannot tell the port")?;
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(MAX_MESSAGE)
        .enforce_origin_validation();
    let service = StreamableHttpService::new(
        move || Ok(server.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    output::say(&format!("MCP at http://{address}{PATH}: {place}"));
    let router = Router::new().route_service(PATH, service);
    shared::serve::serve_on(listener, router, GRACE).await
}
