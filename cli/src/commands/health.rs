//! `astra-dev health`: whether what `astra-dev serve` started answers.

use std::net::{IpAddr, SocketAddr};

use crate::output::Outcome;

/// Ask the server of `serve` on this machine whether it is ready.
///
/// For health checks where there is neither shell nor curl, as in a container.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Health {
    /// Address the server listens on
    #[arg(long, env = "ASTRA_DEV_HOST", default_value = "127.0.0.1")]
    host: IpAddr,

    /// Port the server listens on
    #[arg(long, env = "ASTRA_DEV_PORT", default_value_t = 8181)]
    port: u16,
}

const EXAMPLES: &str = "\
Examples:
  astra-dev health
  astra-dev health --port 8182 || echo 'not there yet'

Exit codes: 0 the server is ready, 1 it is not, 2 wrong options.";

impl Health {
    #[tokio::main]
    pub(crate) async fn run(self) -> anyhow::Result<Outcome> {
        let server = shared::serve::url(SocketAddr::new(self.host, self.port));
        shared::http::health::ask(&format!("{server}/stargate/health/ready")).await?;
        Ok(Outcome::Done)
    }
}
