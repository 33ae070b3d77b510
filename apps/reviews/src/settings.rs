//! Everything that differs from one place the app runs in to another, read once at the start.

use std::ffi::OsString;
use std::time::Duration;

use shared::env::{Env, SettingsErrors};
use shared::http::ClientIpHeader;
use shared::serve::ServeSettings;
use shared::settings::DataSettings;
use shared::telemetry::TelemetrySettings;

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
        let hours = env.parse_or("SESSION_HOURS", 14 * 24, "a number of hours such as 336");
        let attempts = env.parse_or("LOGIN_ATTEMPTS", 10, "a number such as 10");
        let client_ip_header = ClientIpHeader::read(&mut env);
        env.finish(|| {
            let hours: u32 = hours?;
            Ok(Self {
                data: data?,
                serve: serve?,
                telemetry: telemetry?,
                session_lifetime: Duration::from_hours(hours.into()),
                login_attempts: attempts?,
                client_ip_header: client_ip_header?,
            })
        })
    }
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
    fn without_settings_one_stays_logged_in_for_two_weeks() {
        let settings = Settings::from_env(shared::env::of(&[])).unwrap();
        assert_eq!(settings.session_lifetime, Duration::from_hours(336));
        assert_eq!(settings.login_attempts, 10);
        assert!(settings.client_ip_header.is_none());
    }
}
