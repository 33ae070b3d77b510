//! `discord-bot register`: tells Discord of the commands, and says what that changed.

use std::fmt;
use std::io::{self, Write as _};
use std::time::Duration;

use anyhow::Context as _;
use reqwest::Method;
use serenity::all::ApplicationId;
use serenity::http::Route;

use crate::commands;
use crate::discord::command::Published;
use crate::discord::{DISCORD, Rest, RestError};
use crate::settings::{DiscordSettings, TOKEN_IS_AT};

/// How long one request may take, rate limits included.
const PATIENCE: Duration = Duration::from_mins(2);

/// Makes the commands at Discord those of this program, in `DISCORD_GUILD_ID` or everywhere, and
/// prints a line for each. Asks for nothing where nothing differs, so it can be run at every deploy.
pub async fn run(settings: &DiscordSettings) -> anyhow::Result<()> {
    let token = settings.token.as_ref().with_context(|| {
        format!(
            "DISCORD_TOKEN is needed to register the commands, also where Discord asks over HTTP ({TOKEN_IS_AT})"
        )
    })?;
    let rest = Rest::new(settings.api_base.as_deref().unwrap_or(DISCORD), Some(token))?;
    let place = Place::new(settings);
    let wanted = place.wanted();
    let known = place.known(&rest).await.map_err(explain)?;
    let changes = changes(&known, &wanted);
    let mut report: Vec<String> = changes
        .iter()
        .map(|(name, change)| format!("{change} /{name}"))
        .collect();
    if changes
        .iter()
        .any(|(_, change)| *change != Change::Unchanged)
    {
        place.publish(&rest, &wanted).await.map_err(explain)?;
    }
    report.push(place.to_string());
    writeln!(io::stdout(), "{}", report.join("\n")).context("printing what changed")
}

// cut: gateway
/// Publishes the commands where Discord knows none yet, so that the first start is enough; where
/// they differ, says what to do, as another version of the bot may be running.
///
/// A fault is logged: the bot can answer without.
pub(crate) async fn first_time(settings: &DiscordSettings, rest: &Rest) {
    let place = Place::new(settings);
    let outcome = async {
        let (wanted, known) = (place.wanted(), place.known(rest).await?);
        if known.is_empty() {
            place.publish(rest, &wanted).await?;
            tracing::info!(commands = wanted.len(), "{place}");
        } else if changes(&known, &wanted)
            .iter()
            .any(|(_, change)| *change != Change::Unchanged)
        {
            tracing::warn!(
                "the commands at Discord are those of another version: run `discord-bot register`"
            );
        }
        Ok::<_, RestError>(())
    };
    if let Err(error) = outcome.await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "whether the commands are registered is not known"
        );
    }
}
// end: gateway

/// Where commands are published.
struct Place {
    application_id: ApplicationId,
    guild_id: Option<serenity::all::GuildId>,
}

/// What becomes of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Added,
    Changed,
    Removed,
    Unchanged,
}

impl Place {
    fn new(settings: &DiscordSettings) -> Self {
        Self {
            application_id: ApplicationId::new(settings.application_id.get()),
            guild_id: settings.guild_id.map(|guild| guild.0.get().into()),
        }
    }

    fn route(&self) -> Route<'static> {
        let application_id = self.application_id;
        match self.guild_id {
            Some(guild_id) => Route::GuildCommands {
                application_id,
                guild_id,
            },
            None => Route::Commands { application_id },
        }
    }

    fn wanted(&self) -> Vec<Published> {
        let is_everywhere = self.guild_id.is_none();
        commands::all()
            .iter()
            .map(|command| Published::new(command, is_everywhere))
            .collect()
    }

    async fn known(&self, rest: &Rest) -> Result<Vec<Published>, RestError> {
        let known: Vec<Published> = rest
            .fetch(Method::GET, self.route(), None::<&()>, PATIENCE)
            .await?;
        Ok(match self.guild_id {
            Some(_) => known.into_iter().map(Published::in_a_guild).collect(),
            None => known,
        })
    }

    async fn publish(&self, rest: &Rest, wanted: &[Published]) -> Result<(), RestError> {
        rest.send(Method::PUT, self.route(), Some(&wanted), PATIENCE)
            .await
            .map(drop)
    }
}

/// Every command with what becomes of it, in the order of the wanted ones, the removed last.
fn changes(known: &[Published], wanted: &[Published]) -> Vec<(String, Change)> {
    let wanted_ones = wanted.iter().map(|command| {
        let change = match known.iter().find(|known| known.name == command.name) {
            None => Change::Added,
            Some(same) if same == command => Change::Unchanged,
            Some(_) => Change::Changed,
        };
        (command.name.clone(), change)
    });
    let removed = known
        .iter()
        .filter(|known| wanted.iter().all(|command| command.name != known.name));
    wanted_ones
        .chain(removed.map(|command| (command.name.clone(), Change::Removed)))
        .collect()
}

fn explain(error: RestError) -> anyhow::Error {
    if error.is_unauthorized() {
        return anyhow::anyhow!(
            "Discord does not accept DISCORD_TOKEN: it is on https://discord.com/developers/applications → your application → Bot → Reset Token"
        );
    }
    anyhow::Error::new(error).context("registering the commands (is DISCORD_APPLICATION_ID that of the bot, and the bot in the guild of DISCORD_GUILD_ID?)")
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Added => "added    ",
            Self::Changed => "changed  ",
            Self::Removed => "removed  ",
            Self::Unchanged => "unchanged",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.guild_id {
            Some(guild) => write!(
                f,
                "commands are registered in the guild {guild}, where a change shows at once"
            ),
            None => f.write_str("commands are registered in all guilds"),
        }
    }
}
