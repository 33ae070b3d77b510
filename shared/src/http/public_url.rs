//! The address people type, where it is set.

use std::str::FromStr;

use axum::http::Uri;
use axum::http::uri::Authority;
use tower_http::csrf::CsrfLayer;

use crate::env::{Env, Noted};

/// Scheme, host and port, without a path: `https://shop.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

/// The text is no scheme and host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnOrigin;

impl PublicUrl {
    /// `PUBLIC_URL`, if it is set.
    pub fn read(env: &mut Env<'_>) -> Result<Option<Self>, Noted> {
        let Some(text) = env.text("PUBLIC_URL") else {
            return Ok(None);
        };
        let expected = "expected scheme and host only, such as https://shop.example";
        let url = text.parse().map(Some);
        url.map_err(|NotAnOrigin| env.problem(format!("PUBLIC_URL is {text:?}, {expected}")))
    }

    /// The address without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether people reach the application over `https`.
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
            && is_host(authority)
            && url.path() == "/"
            && !text.contains(['?', '#']);
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

/// Refuses changes that another site asks a visitor's browser to make. Browsers say where a request comes from and a page
/// cannot make them lie; together with the cookie's `SameSite` that makes tokens in forms unnecessary. Behind a proxy the host that a browser named may not
/// be the one that arrives, so the public address is trusted by name.
pub fn same_origin(public_url: Option<&PublicUrl>) -> CsrfLayer {
    let trusting =
        public_url.and_then(|url| CsrfLayer::new().add_trusted_origin(url.as_str()).ok());
    trusting.unwrap_or_default()
}

/// Whether this is a host, with or without a port, and nothing else.
pub fn is_host(authority: &Authority) -> bool {
    let host = authority.host();
    let port = authority.as_str().strip_prefix(host);
    let port_is_valid = port
        .is_some_and(|port| port.is_empty() || authority.port_u16().is_some_and(|port| port != 0));
    let labels = host.strip_suffix('.').unwrap_or(host).split('.');
    port_is_valid && labels.into_iter().all(|label| !label.is_empty())
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
            "https://:443",
            "https://shop.example:443443",
            "https://shop. example",
            "https://shop.example/shop",
            "https://shop.example?a",
            "https://shop.example/#cart",
            "https://shop.example:0",
            "https://shop..example",
            "https://.",
        ] {
            assert_eq!(read(bad), Err(NotAnOrigin), "{bad}");
        }
    }
}
