//! Everything that differs from one place the shop runs in to another, read once at the start.

use std::ffi::OsString;
use std::str::FromStr;

use axum::http::Uri;
use shared::env::{Env, SettingsErrors};
use shared::serve::ServeSettings;
use shared::settings::DataSettings;
use shared::telemetry::TelemetrySettings;

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
    /// address a request came to.
    ///
    /// With `https`, cookies are sent over `https` only. Behind a proxy that changes the `Host`
    /// header it must be set, or forms are taken for forgeries.
    pub public_url: Option<PublicUrl>,
}

impl Settings {
    /// Reads the settings, or says everything that is wrong with them.
    pub fn from_env(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, SettingsErrors> {
        let mut env = Env::new(&lookup);
        let data = DataSettings::read(&mut env);
        let serve = ServeSettings::read(&mut env);
        let telemetry = TelemetrySettings::read(&mut env);
        let public_url = match env.text("PUBLIC_URL").map(|text| (text.parse(), text)) {
            None => Ok(None),
            Some((Ok(url), _)) => Ok(Some(url)),
            Some((Err(NotAnOrigin), text)) => {
                Err(env.problem(format!("PUBLIC_URL is {text:?}, expected scheme and host only, such as https://shop.example")))
            }
        };
        env.finish(|| {
            Ok(Self {
                data: data?,
                serve: serve?,
                telemetry: telemetry?,
                public_url: public_url?,
            })
        })
    }
}

/// Scheme, host and port, without a path: `https://shop.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

/// The text is no scheme and host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnOrigin;

impl PublicUrl {
    /// The address without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether people reach the shop over `https`.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl FromStr for PublicUrl {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let url: Uri = text.parse().map_err(|_| NotAnOrigin)?;
        let (Some(scheme), Some(authority)) = (url.scheme_str(), url.authority()) else {
            return Err(NotAnOrigin);
        };
        let is_plain = matches!(scheme, "http" | "https")
            && !authority.as_str().contains('@')
            && url.path() == "/"
            && url.query().is_none();
        if !is_plain {
            return Err(NotAnOrigin);
        }
        // Written as a browser writes an origin, which leaves out the usual port.
        let usual_port = if scheme == "https" { ":443" } else { ":80" };
        let authority = authority.as_str();
        let authority = authority.strip_suffix(usual_port).unwrap_or(authority);
        Ok(Self(format!("{scheme}://{authority}").to_ascii_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_scheme_and_host() {
        let read = |text: &str| text.parse().map(|url: PublicUrl| url.0);
        assert_eq!(
            read("https://Shop.example/"),
            Ok("https://shop.example".to_owned())
        );
        assert_eq!(
            read("https://shop.example:443"),
            Ok("https://shop.example".to_owned())
        );
        assert_eq!(
            read("http://127.0.0.1:8080"),
            Ok("http://127.0.0.1:8080".to_owned())
        );
        for bad in [
            "",
            "shop.example",
            "ftp://shop.example",
            "https://a@shop.example",
            "https://shop.example/shop",
            "https://shop.example?a",
        ] {
            assert_eq!(read(bad), Err(NotAnOrigin), "{bad}");
        }
    }

    #[test]
    fn all_wrong_settings_are_reported_together() {
        let pairs = [("PUBLIC_URL", "shop.example"), ("PORT", "eighty")];
        let errors = Settings::from_env(shared::env::of(&pairs)).unwrap_err();
        assert_eq!(errors.problems().len(), 2, "{errors}");
    }
}
