//! What the program was asked to do, and the doors it opens.

use anyhow::Context as _;

use crate::settings::Settings;
use crate::state::AppState;
use crate::{doors, register};

/// What the program was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Open the doors that are set up, or a terminal session if none is.
    Run,
    /// Tell Discord of the commands, and end.
    Register,
}

impl Command {
    /// Reads the command line without the program's own name.
    pub fn from_args(args: impl IntoIterator<Item = String>) -> anyhow::Result<Self> {
        let args: Vec<String> = args.into_iter().collect();
        match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => Ok(Self::Run),
            ["register"] => Ok(Self::Register),
            _ => anyhow::bail!(
                "usage: discord-bot [register]   (the rest is set by the environment, see .env.example)"
            ),
        }
    }
}

/// Opens the doors and answers until asked to stop.
pub async fn run(app: AppState, settings: &Settings) -> anyhow::Result<()> {
    match &settings.discord {
        Some(discord) => doors::open(app, settings, discord).await,
        None => anyhow::bail!("no door is built yet"),
    }
}

/// Tells Discord of the commands.
pub async fn register(settings: &Settings) -> anyhow::Result<()> {
    let discord = settings.discord.as_ref().context(
        "DISCORD_TOKEN and DISCORD_APPLICATION_ID are needed to register the commands (see .env.example)",
    )?;
    register::run(discord).await
}
