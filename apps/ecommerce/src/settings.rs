//! Everything that differs from one place the shop runs in to another, read once at the start.

use std::ffi::OsString;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use shared::email::{EmailSettings, Server};
use shared::env::{Env, Noted, SettingsErrors};
use shared::http::{ClientIpHeader, PublicUrl};
use shared::serve::ServeSettings;
use shared::settings::DataSettings;
use shared::telemetry::TelemetrySettings;

use crate::payments::StripeSettings; // cut: stripe
use crate::signing::SHORTEST_SECRET;

/// The shop's settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Which Data API: `ASTRA_DB_…`, `DATA_API_…`, or none for the embedded one in `DATA_DIR`.
    pub data: DataSettings,
    /// `HOST`, `PORT`, `SHUTDOWN_SECONDS`.
    pub serve: ServeSettings,
    /// `RUST_LOG`, `LOG_FORMAT`.
    pub telemetry: TelemetrySettings,
    /// `PUBLIC_URL`: the address people type, such as `https://shop.example`. Default: whatever
    /// address a request came to; emails name the one where it listens.
    ///
    /// With `https`, cookies are sent over `https` only. Behind a proxy that changes the `Host`
    /// header it must be set, or forms are taken for forgeries.
    pub public_url: Option<PublicUrl>,
    /// `SESSION_SECRET`: what cookies are signed with, at least 32 characters. Default: a key the
    /// shop makes once and keeps in its database.
    pub session_secret: Option<SecretString>,
    /// `ADMIN_PASSWORD`: opens `/admin`, at least 12 characters. Without it there is no such page.
    pub admin_password: Option<SecretString>,
    /// `CLIENT_IP_HEADER`: the header in which the proxy in front reports the client's address, such
    /// as `x-forwarded-for`.
    pub client_ip_header: Option<ClientIpHeader>,
    /// `CATALOG_SECONDS`: how old the products on pages to browse may be, from 0 to 300. Default 5.
    pub catalog_age: Duration,
    // cut: stripe
    /// `STRIPE_…`: taking real payments; without a key the test till stands in.
    pub stripe: Option<StripeSettings>,
    // end: stripe
    /// `SMTP_URL`, `EMAIL_FROM`, `EMAIL_DIR`.
    pub email: EmailSettings,
}

/// Shorter ones are guessed, however slowly the door opens.
const SHORTEST_PASSWORD: usize = 12;

impl Settings {
    /// Reads the settings, or says everything that is wrong with them.
    pub fn from_env(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, SettingsErrors> {
        let mut env = Env::new(&lookup);
        let data = DataSettings::read(&mut env);
        let serve = ServeSettings::read(&mut env);
        let telemetry = TelemetrySettings::read(&mut env);
        let public_url = PublicUrl::read(&mut env);
        let session_secret = secret(&mut env, "SESSION_SECRET", SHORTEST_SECRET);
        let admin_password = secret(&mut env, "ADMIN_PASSWORD", SHORTEST_PASSWORD);
        let client_ip_header = ClientIpHeader::read(&mut env);
        let base = own_address(&public_url, &serve);
        let catalog_age = env.number_or("CATALOG_SECONDS", 5, 0..=300);
        let email = email(&mut env, base.as_ref());
        let stripe = StripeSettings::read(&mut env, base); // cut: stripe
        env.finish(|| {
            Ok(Self {
                data: data?,
                serve: serve?,
                telemetry: telemetry?,
                public_url: public_url?,
                session_secret: session_secret?,
                admin_password: admin_password?,
                client_ip_header: client_ip_header?,
                catalog_age: Duration::from_secs(catalog_age?),
                stripe: stripe?, // cut: stripe
                email: email?,
            })
        })
    }
}

/// Emails link to the shop, so it has to know its address before it sends any.
fn email(env: &mut Env<'_>, base: Option<&String>) -> Result<EmailSettings, Noted> {
    let email = EmailSettings::read(env, crate::brand::NAME)?;
    match (&email.server, base) {
        (Server::Smtp(_), None) => Err(env.problem(
            "PUBLIC_URL is missing, but SMTP_URL is set: emails link to the shop (an address such as https://shop.example)",
        )),
        _ => Ok(email),
    }
}

/// A secret of at least so many characters, where there is one.
fn secret(env: &mut Env<'_>, name: &str, shortest: usize) -> Result<Option<SecretString>, Noted> {
    let secret = env.secret(name);
    match &secret {
        Some(text) if text.expose_secret().chars().count() < shortest => Err(env.problem(format!(
            "{name} is too short: at least {shortest} characters, such as `openssl rand -hex 32` prints"
        ))),
        _ => Ok(secret),
    }
}

/// Where a browser reaches the shop: what is set, or on a laptop where it listens.
fn own_address(
    public_url: &Result<Option<PublicUrl>, Noted>,
    serve: &Result<ServeSettings, Noted>,
) -> Option<String> {
    match (public_url, serve) {
        (Ok(Some(url)), _) => Some(url.as_str().to_owned()),
        (Ok(None), Ok(serve)) if is_local(&serve.host) && serve.port != 0 => {
            Some(format!("http://{}:{}", serve.host, serve.port))
        }
        // What is wrong with these two is reported already, and nothing else has to be.
        (Err(_), _) | (_, Err(_)) => Some(String::new()),
        _ => None,
    }
}

impl Settings {
    /// The address that emails link to, as far as it is known.
    pub(crate) fn own_address(&self) -> String {
        own_address(&Ok(self.public_url.clone()), &Ok(self.serve.clone())).unwrap_or_default()
    }
}

fn is_local(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_is_too_short_is_named_and_not_shown() {
        let pairs = [("SESSION_SECRET", "hunter2"), ("ADMIN_PASSWORD", "hunter2")];
        let errors = Settings::from_env(shared::env::of(&pairs)).unwrap_err();
        let said = errors.to_string();
        assert_eq!(errors.problems().len(), 2, "{said}");
        assert!(said.contains("ADMIN_PASSWORD is too short") && !said.contains("hunter2"));
    }

    #[test]
    fn all_wrong_settings_are_reported_together() {
        let pairs = [("PUBLIC_URL", "shop.example"), ("PORT", "eighty")];
        let errors = Settings::from_env(shared::env::of(&pairs)).unwrap_err();
        assert_eq!(errors.problems().len(), 2, "{errors}");
    }
}
