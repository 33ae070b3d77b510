//! Logs: readable on a terminal, JSON where a machine reads them. They go to standard error.

use std::io::{self, IsTerminal as _};
use std::str::FromStr;

use anyhow::Context as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

use crate::env::{Env, Noted};

/// What to log and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelemetrySettings {
    /// `RUST_LOG`: which events, such as `info` or `info,astra_db=debug`. Default `info`.
    pub filter: String,
    /// `LOG_FORMAT`: `pretty` or `json`. Default: pretty on a terminal, else JSON.
    pub format: LogFormat,
}

/// How an event is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// A coloured line for a person.
    Pretty,
    /// A JSON object a line, for a program.
    Json,
}

impl FromStr for LogFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "pretty" => Ok(Self::Pretty),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

impl TelemetrySettings {
    /// Reads the settings and notes every problem in `env`.
    pub fn read(env: &mut Env<'_>) -> Result<Self, Noted> {
        let unset = if io::stderr().is_terminal() {
            LogFormat::Pretty
        } else {
            LogFormat::Json
        };
        let format = env.parse_or("LOG_FORMAT", unset, "pretty or json");
        let filter = env.text("RUST_LOG").unwrap_or_else(|| "info".to_owned());
        let filter = match EnvFilter::try_new(&filter) {
            Ok(_) => Ok(filter),
            Err(_) => Err(env.problem(format!(
                "RUST_LOG is {filter:?}, expected levels such as info or info,astra_db=debug"
            ))),
        };
        Ok(Self {
            filter: filter?,
            format: format?,
        })
    }
}

/// Starts logging for the whole process. `main` calls it once.
///
/// # Errors
///
/// When it has been called before.
pub fn init(settings: &TelemetrySettings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.filter).context("reading the log filter")?;
    let lines = fmt::layer().with_writer(io::stderr);
    let layer = match settings.format {
        LogFormat::Pretty => lines
            .with_target(false)
            .with_ansi(io::stderr().is_terminal())
            .boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry()
        .with(filter)
        .with(layer)
        .try_init()
        .context("starting the log")
}
