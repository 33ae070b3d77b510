//! What the program was asked to do, and the entry points it opens.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use astra_db::Database;
use shared::Startup;
use shared::command_line::{self, Named};

use crate::domain::filter::Filter;
use crate::domain::id::GuildId;
use crate::rate_limit::RateLimits; // cut: terminal
use crate::settings::{APPLICATION_ID_IS_AT, Settings, TOKEN_IS_AT};
use crate::state::AppState;
use crate::store::Store;
use crate::terminal; // cut: terminal
use crate::{entry_points, register, seed};

/// What the program was asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Open the entry points that are set up, or a terminal session if none is.
    Run,
    /// Tell Discord of the commands, and end.
    Register,
    /// Add the sample documents that are missing in a guild, and end.
    Seed,
    /// Delete all documents of a guild, and end.
    Clean,
    /// Ask the bot on this machine whether it is ready, and end.
    Health,
    /// Copy the embedded database into a file, also while the bot has it open, and end.
    Backup(PathBuf),
}

impl Command {
    /// Reads the command line without the program's own name.
    pub fn from_args(args: impl IntoIterator<Item = String>) -> anyhow::Result<Self> {
        let commands: [Named<Self>; 5] = [
            ("register", |_| Self::Register),
            ("seed", |_| Self::Seed),
            ("clean", |_| Self::Clean),
            ("health", |_| Self::Health),
            ("backup FILE", Self::Backup),
        ];
        let command = command_line::command(env!("CARGO_PKG_NAME"), &commands, args)?;
        Ok(command.unwrap_or(Self::Run))
    }
}

/// Does what was asked.
pub async fn run(command: Command, settings: &Settings) -> anyhow::Result<()> {
    match command {
        Command::Run => Box::pin(open(settings)).await,
        Command::Register => register(settings).await,
        Command::Seed => seed(&store(settings).await?, guild(settings)?).await,
        Command::Clean => clean(&store(settings).await?, guild(settings)?).await,
        Command::Backup(file) => shared::connect::backup(&settings.data, &file).await,
        Command::Health => shared::serve::health(&settings.serve).await,
    }
}

async fn store(settings: &Settings) -> anyhow::Result<Store> {
    let open = async |database| Ok(Store::open(database).await?);
    shared::connect(&settings.data, &Startup::default(), open).await
}

/// Opens the entry points and answers until asked to stop.
async fn open(settings: &Settings) -> anyhow::Result<()> {
    let startup = Startup::default();
    if let Some(discord) = &settings.discord {
        let app = Box::pin(app(settings, &startup));
        return Box::pin(entry_points::open(app, &startup, settings, discord)).await;
    }
    // cut: terminal
    if terminal::is_there()? {
        let app = Box::pin(app(settings, &startup)).await?;
        return terminal::run(&app.with_limits(RateLimits::none())).await;
    }
    // end: terminal
    anyhow::bail!(
        "DISCORD_TOKEN is missing ({TOKEN_IS_AT}), and there is no terminal to type commands in: set it with \
         DISCORD_APPLICATION_ID, or run the bot in a terminal"
    )
}

async fn app(settings: &Settings, startup: &Startup) -> anyhow::Result<AppState> {
    let state = async |database| state(database, settings).await;
    shared::connect(&settings.data, startup, state).await
}

/// The bot on its database. One that is met in a terminal has something to show from the beginning. It can be repeated
/// until it succeeds.
pub async fn state(database: Database, settings: &Settings) -> anyhow::Result<AppState> {
    let mut app = AppState::new(Store::open(database).await?);
    app.quota = settings.quota;
    if settings.discord.is_none() {
        add_samples(&app.store).await?;
    }
    Ok(app)
}

async fn add_samples(store: &Store) -> anyhow::Result<()> {
    let everything = Filter::everything();
    let found = store.documents.count(seed::GUILD, &everything).await?;
    if found.counted == 0 || store.schema.is_seeding().await? {
        // Should this process end before all of them are there, the next start adds the others.
        store.schema.set_seeding(true).await?;
        seed::seed(store, seed::GUILD).await?;
        store.schema.set_seeding(false).await?;
    }
    Ok(())
}

/// Tells Discord of the commands.
async fn register(settings: &Settings) -> anyhow::Result<()> {
    let discord = settings.discord.as_ref().with_context(|| {
        format!(
            "registering the commands needs DISCORD_TOKEN ({TOKEN_IS_AT}) and DISCORD_APPLICATION_ID \
             ({APPLICATION_ID_IS_AT})"
        )
    })?;
    register::run(discord).await
}

async fn seed(store: &Store, guild: GuildId) -> anyhow::Result<()> {
    let added = seed::seed(store, guild).await?;
    say(&format!(
        "{added} sample documents added; those that were there are unchanged"
    ))
}

async fn clean(store: &Store, guild: GuildId) -> anyhow::Result<()> {
    let deleted = store.documents.delete_all(guild).await?;
    store.searches.delete_all(guild).await?;
    let deleted = deleted.map_or_else(|| "all".to_owned(), |count| count.to_string());
    say(&format!("{deleted} documents deleted"))
}

/// Whose documents are meant: the guild that is set, or the terminal's where Discord is not set up.
fn guild(settings: &Settings) -> anyhow::Result<GuildId> {
    match &settings.discord {
        None => Ok(seed::GUILD),
        Some(discord) => discord
            .guild_id
            .context("DISCORD_GUILD_ID is missing: it says whose documents are meant (in Discord: User Settings → Advanced → \
             Developer Mode, then right-click the server → Copy Server ID)"),
    }
}

fn say(text: &str) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{text}").context("writing the result")
}
