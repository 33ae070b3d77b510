//! Everything that differs from one place the bot runs in to another, read once at the start.

use std::ffi::OsString;

use axum::http::Uri;
use secrecy::SecretString;
use serenity::interactions_endpoint::Verifier;
use shared::env::{Env, Noted, SettingsErrors};
use shared::serve::ServeSettings;
use shared::settings::DataSettings;
use shared::telemetry::TelemetrySettings;

use crate::domain::id::{GuildId, Snowflake};
use crate::domain::quota::Quota;

/// Where Discord shows the token.
pub(crate) const TOKEN_IS_AT: &str =
    "https://discord.com/developers/applications → your application → Bot → Reset Token";
/// Where Discord shows the application id.
pub(crate) const APPLICATION_ID_IS_AT: &str = "https://discord.com/developers/applications → your application → General Information → Application ID";
const PUBLIC_KEY_IS_AT: &str = "https://discord.com/developers/applications → your application → General Information → Public Key";

/// The bot's settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Which Data API: `ASTRA_DB_…`, `DATA_API_…`, or none for the embedded one in `DATA_DIR`.
    pub data: DataSettings,
    /// `HOST`, `PORT`, `SHUTDOWN_SECONDS`.
    pub serve: ServeSettings,
    /// `RUST_LOG`, `LOG_FORMAT`. In a terminal session the default of the first is `warn`.
    pub telemetry: TelemetrySettings,
    /// `DOCUMENTS_PER_SERVER`: how many documents a server may keep, at most 1,000. Default: as many
    /// as there is room for.
    pub quota: Quota,
    /// `DISCORD_…`; `None` where none of them is set, and then the bot is met in a terminal.
    pub discord: Option<DiscordSettings>,
}

/// Who the bot is to Discord, and by which entry points it is reached: a token opens the gateway, a public
/// key the HTTP entry point. There is at least one of them.
#[derive(Debug, Clone)]
pub struct DiscordSettings {
    /// `DISCORD_APPLICATION_ID`.
    pub application_id: Snowflake,
    /// `DISCORD_GUILD_ID`: the one guild that commands are registered in, where a change shows at
    /// once. Default: none, they are registered for all guilds.
    pub guild_id: Option<GuildId>,
    /// `DISCORD_TOKEN`.
    pub token: Option<SecretString>,
    /// `DISCORD_PUBLIC_KEY`: 64 hex digits.
    pub public_key: Option<PublicKey>,
    /// `DISCORD_API_BASE`: what stands in for `https://discord.com`, for tests and proxies.
    pub api_base: Option<String>,
    /// Whether `/health/live` and `/health/ready` are answered where a token alone is given: so it is
    /// where `PORT` is set, as in a container.
    pub answers_probes: bool,
    /// Whether nothing runs between two requests over HTTP: so it is on AWS Lambda, which sets
    /// `AWS_LAMBDA_FUNCTION_NAME`, and on Cloud Run, which sets `K_SERVICE`.
    pub is_frozen_between_requests: bool,
}

/// The key that Discord signs interactions with: a valid point of Ed25519.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut key = [0; 32];
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Verifier::try_new(key).is_ok().then_some(Self(key))
    }
}

impl Settings {
    /// Reads the settings, or says everything that is wrong with them.
    pub fn from_env(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, SettingsErrors> {
        let mut env = Env::new(&lookup);
        let data = DataSettings::read(&mut env);
        let serve = ServeSettings::read(&mut env);
        let telemetry = TelemetrySettings::read(&mut env);
        let discord = DiscordSettings::read(&mut env);
        let quota = env.parse_or(
            "DOCUMENTS_PER_SERVER",
            Quota::default(),
            "a number from 1 to 1000",
        );
        let is_filter_set = env.text("RUST_LOG").is_some();
        env.finish(|| {
            let discord = discord?;
            let quiet = discord.is_none() && !is_filter_set;
            Ok(Self {
                data: data?,
                serve: serve?,
                telemetry: without_payloads(telemetry?, quiet),
                quota: quota?,
                discord,
            })
        })
    }
}

/// serenity writes whole payloads into spans at `info` and into warnings of its connection, and with
/// them the tokens by which interactions are answered.
fn without_payloads(mut telemetry: TelemetrySettings, quiet: bool) -> TelemetrySettings {
    if quiet {
        "warn".clone_into(&mut telemetry.filter);
    }
    telemetry
        .filter
        .push_str(",serenity=warn,serenity::gateway::ws=error");
    telemetry
}

impl DiscordSettings {
    fn read(env: &mut Env<'_>) -> Result<Option<Self>, Noted> {
        let token = env.secret("DISCORD_TOKEN");
        let application = env.text("DISCORD_APPLICATION_ID");
        let guild = env.text("DISCORD_GUILD_ID");
        let key = env.text("DISCORD_PUBLIC_KEY");
        let api_base = env.text("DISCORD_API_BASE");
        let platforms = ["AWS_LAMBDA_FUNCTION_NAME", "K_SERVICE"];
        let answers_probes = env.text("PORT").is_some();
        let is_frozen_between_requests = platforms.iter().any(|name| env.text(name).is_some());
        if token.is_none() && application.is_none() && guild.is_none() && key.is_none() {
            return Ok(None);
        }
        let has_door = if token.is_none() && key.is_none() {
            Err(env.problem(format!(
                "DISCORD_TOKEN is missing, and so is DISCORD_PUBLIC_KEY: set the first to open the gateway ({TOKEN_IS_AT}), \
                 the second to be asked over HTTP ({PUBLIC_KEY_IS_AT}), or both"
            )))
        } else {
            Ok(())
        };
        let application_id = application_id(application, env);
        let guild_id = guild.map(|text| guild_id(&text, env)).transpose();
        let public_key = key.map(|text| public_key(&text, env)).transpose();
        let api_base = api_base.map(|text| base_address(&text, env)).transpose();
        has_door?;
        Ok(Some(Self {
            application_id: application_id?,
            guild_id: guild_id?,
            token,
            public_key: public_key?,
            api_base: api_base?,
            answers_probes,
            is_frozen_between_requests,
        }))
    }
}

fn application_id(text: Option<String>, env: &mut Env<'_>) -> Result<Snowflake, Noted> {
    let Some(text) = text else {
        return Err(env.problem(format!(
            "DISCORD_APPLICATION_ID is missing ({APPLICATION_ID_IS_AT})"
        )));
    };
    snowflake(&text).ok_or_else(|| {
        env.problem(format!(
            "DISCORD_APPLICATION_ID is {text:?}, expected a number such as 1300000000000000000 ({APPLICATION_ID_IS_AT})"
        ))
    })
}

/// Nothing at Discord has the id 0.
fn snowflake(text: &str) -> Option<Snowflake> {
    text.parse().ok().filter(|id: &Snowflake| id.get() > 0)
}

fn guild_id(text: &str, env: &mut Env<'_>) -> Result<GuildId, Noted> {
    snowflake(text).map(GuildId).ok_or_else(|| {
        env.problem(format!(
            "DISCORD_GUILD_ID is {text:?}, expected a number such as 1300000000000000000 (in Discord: User Settings → \
             Advanced → Developer Mode, then right-click the server → Copy Server ID)"
        ))
    })
}

fn public_key(text: &str, env: &mut Env<'_>) -> Result<PublicKey, Noted> {
    PublicKey::parse(text).ok_or_else(|| {
        env.problem(format!(
            "DISCORD_PUBLIC_KEY is no key of 64 hex digits ({PUBLIC_KEY_IS_AT})"
        ))
    })
}

fn base_address(text: &str, env: &mut Env<'_>) -> Result<String, Noted> {
    let is_address = text.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some()
    });
    if !is_address {
        return Err(env.problem(format!(
            "DISCORD_API_BASE is {text:?}, expected an address such as http://127.0.0.1:9000"
        )));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "67c6bd767ca099e79efac9fcce4d2022a63bf7dea780e7f3d813f694c1597089";

    #[test]
    fn nothing_set_means_a_terminal() {
        let settings = Settings::from_env(shared::env::of(&[])).unwrap();
        assert!(settings.discord.is_none());
        assert!(settings.telemetry.filter.starts_with("warn"));
    }

    #[test]
    fn a_public_key_alone_opens_the_http_door() {
        let pairs = [("DISCORD_APPLICATION_ID", "1"), ("DISCORD_PUBLIC_KEY", KEY)];
        let discord = Settings::from_env(shared::env::of(&pairs))
            .unwrap()
            .discord
            .unwrap();
        assert!(discord.token.is_none());
        assert_eq!(discord.public_key.unwrap().as_bytes()[..2], [0x67, 0xc6]);
    }

    #[test]
    fn everything_missing_or_wrong_is_said_at_once_with_where_to_find_it() {
        let pairs = [("DISCORD_GUILD_ID", "my server")];
        let errors = Settings::from_env(shared::env::of(&pairs))
            .unwrap_err()
            .to_string();
        for part in [
            "DISCORD_TOKEN",
            "Bot → Reset Token",
            "DISCORD_PUBLIC_KEY",
            "General Information → Public Key",
            "DISCORD_APPLICATION_ID",
            "General Information → Application ID",
            "Copy Server ID",
        ] {
            assert!(errors.contains(part), "{part}: {errors}");
        }
    }

    #[test]
    fn a_key_that_is_none_is_refused() {
        for bad in [
            "",
            "67c6",
            &KEY[1..],
            &format!("{}g", &KEY[1..]),
            &"+f".repeat(32),
            &"é".repeat(32),
        ] {
            assert_eq!(PublicKey::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn payloads_of_discord_are_not_logged_whatever_is_asked_for() {
        let pairs = [("RUST_LOG", "trace")];
        let settings = Settings::from_env(shared::env::of(&pairs)).unwrap();
        assert_eq!(
            settings.telemetry.filter,
            "trace,serenity=warn,serenity::gateway::ws=error"
        );
    }

    #[test]
    fn no_secret_is_ever_written() {
        let pairs = [
            ("DISCORD_APPLICATION_ID", "1"),
            ("DISCORD_TOKEN", "hush-hush"),
        ];
        let settings = Settings::from_env(shared::env::of(&pairs)).unwrap();
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
