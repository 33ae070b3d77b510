//! Everything that differs from one place the app runs in to another, read once at the start.

use std::ffi::OsString;
use std::time::Duration;

use shared::env::{Env, Noted, SettingsErrors};
use shared::http::{ClientIpHeader, PublicUrl};
use shared::serve::ServeSettings;
use shared::settings::DataSettings;
use shared::telemetry::TelemetrySettings;

use crate::domain::email::Email;

/// Ten years.
const MOST_HOURS: u32 = 10 * 365 * 24;
const MOST_ATTEMPTS: u32 = 100_000;

/// The app's settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Which Data API: `ASTRA_DB_…`, `DATA_API_…`, or none for the embedded one in `DATA_DIR`.
    pub data: DataSettings,
    /// `HOST`, `PORT`, `SHUTDOWN_SECONDS`.
    pub serve: ServeSettings,
    /// `RUST_LOG`, `LOG_FORMAT`.
    pub telemetry: TelemetrySettings,
    /// `SESSION_HOURS`: how long somebody stays logged in. Default: two weeks.
    pub session_lifetime: Duration,
    /// `LOGIN_ATTEMPTS`: how often one may try to log in to an account from one address within a
    /// quarter of an hour. Default 10.
    pub login_attempts: u32,
    /// `REGISTRATION_ATTEMPTS`: how many accounts can be registered from one address within an hour.
    /// Default 20.
    pub registration_attempts: u32,
    /// `PUBLIC_URL`: the address people type, such as `https://reviews.example`. Default: whatever address a request came
    /// to. With `https`, cookies are sent over `https` only.
    pub public_url: Option<PublicUrl>,
    /// `MODERATOR_EMAILS`: the accounts that may hide reviews and block accounts, separated by commas. Default: none.
    pub moderators: Vec<Email>,
    /// `CLIENT_IP_HEADER`: the header in which the proxy in front reports the client's address, such
    /// as `x-forwarded-for`. Default: none, the address is that of the connection.
    pub client_ip_header: Option<ClientIpHeader>,
}

impl Settings {
    /// Reads the settings, or says everything that is wrong with them.
    pub fn from_env(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, SettingsErrors> {
        let mut env = Env::new(&lookup);
        let data = DataSettings::read(&mut env);
        let serve = ServeSettings::read(&mut env);
        let telemetry = TelemetrySettings::read(&mut env);
        let hours = env.number_or("SESSION_HOURS", 14 * 24, 1..=MOST_HOURS);
        let log_ins = env.number_or("LOGIN_ATTEMPTS", 10, 1..=MOST_ATTEMPTS);
        let registrations = env.number_or("REGISTRATION_ATTEMPTS", 20, 1..=MOST_ATTEMPTS);
        let public_url = PublicUrl::read(&mut env);
        let moderators = moderators(&mut env);
        let client_ip_header = ClientIpHeader::read(&mut env);
        env.finish(|| {
            let hours: u32 = hours?;
            Ok(Self {
                data: data?,
                serve: serve?,
                telemetry: telemetry?,
                session_lifetime: Duration::from_hours(hours.into()),
                login_attempts: log_ins?,
                registration_attempts: registrations?,
                public_url: public_url?,
                moderators: moderators?,
                client_ip_header: client_ip_header?,
            })
        })
    }
}

fn moderators(env: &mut Env<'_>) -> Result<Vec<Email>, Noted> {
    let text = env.text("MODERATOR_EMAILS").unwrap_or_default();
    let addresses = text.split(',').filter(|address| !address.trim().is_empty());
    let emails = addresses.map(|address| {
        Email::try_from(address.to_owned()).map_err(|_| {
            env.problem(format!(
                "MODERATOR_EMAILS has {address:?}, expected addresses such as ada@example.com, separated by commas"
            ))
        })
    });
    emails.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_wrong_settings_are_reported_together() {
        let pairs = [
            ("SESSION_HOURS", "-1"),
            ("LOGIN_ATTEMPTS", "many"),
            ("CLIENT_IP_HEADER", "x forwarded for"),
            ("PORT", "eighty"),
        ];
        let errors = Settings::from_env(shared::env::of(&pairs)).unwrap_err();
        assert_eq!(errors.problems().len(), 4, "{errors}");
    }

    #[test]
    fn a_number_that_makes_no_sense_is_refused() {
        for (name, from, to) in [
            ("SESSION_HOURS", "1", "87600"),
            ("LOGIN_ATTEMPTS", "1", "100000"),
            ("REGISTRATION_ATTEMPTS", "1", "100000"),
            ("SHUTDOWN_SECONDS", "0", "3600"),
        ] {
            let read = |value: &str| Settings::from_env(shared::env::of(&[(name, value)]));
            assert!(read(from).is_ok() && read(to).is_ok(), "{name}");
            let below = if from == "0" { "-1" } else { "0" };
            for wrong in [
                below,
                "100001",
                "4294967295",
                "99999999999999999999",
                "1.5",
                "1e3",
                "0x10",
            ] {
                let errors = read(wrong).unwrap_err();
                let expected =
                    format!("{name} is {wrong:?}, expected a number from {from} to {to}");
                assert_eq!(errors.problems(), [expected]);
            }
        }
    }

    #[test]
    fn without_settings_one_stays_logged_in_for_two_weeks() {
        let settings = Settings::from_env(shared::env::of(&[])).unwrap();
        assert_eq!(settings.session_lifetime, Duration::from_hours(336));
        assert_eq!(
            (settings.login_attempts, settings.registration_attempts),
            (10, 20)
        );
        assert!(settings.client_ip_header.is_none());
    }
}
