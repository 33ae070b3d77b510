//! Which server sends, and in which name.

use std::path::PathBuf;

use axum::http::Uri;
use lettre::message::Mailbox;
use secrecy::{ExposeSecret as _, SecretString};

use crate::env::{Env, Noted};

/// How an application sends email.
#[derive(Debug, Clone)]
pub struct EmailSettings {
    /// `EMAIL_FROM`: the sender, such as `Ursa <orders@shop.example>`. Needed with `SMTP_URL`.
    pub from: Mailbox,
    /// Where messages go.
    pub server: Server,
}

/// Where messages go.
#[derive(Debug, Clone)]
pub enum Server {
    /// `SMTP_URL`: such as `smtps://user:password@smtp.example.com`. With `smtp://` the connection is encrypted by
    /// STARTTLS, except to this machine and with `?tls=none`.
    Smtp(SecretString),
    /// `EMAIL_DIR`: without a server, messages become files here. Default: `emails` in `DATA_DIR`.
    Folder(PathBuf),
}

const SMTP_URL: &str = "SMTP_URL";
const EXAMPLE: &str = "smtps://user:password@smtp.example.com";

impl EmailSettings {
    /// Reads the settings and notes every problem in `env`. `name` is the sender's where there is only a folder.
    pub fn read(env: &mut Env<'_>, name: &str) -> Result<Self, Noted> {
        let from = match env.text("EMAIL_FROM") {
            None => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| {
                env.problem(format!(
                    "EMAIL_FROM is {text:?}, expected an address such as {name} <no-reply@shop.example>"
                ))
            }),
        };
        let server = server(env)?;
        let from = match (from?, &server) {
            (Some(from), _) => from,
            (None, Server::Folder(_)) => {
                let address = lettre::Address::new("no-reply", "localhost.example");
                let address = address.map_err(|_| env.problem("no sender"))?;
                Mailbox::new(Some(name.to_owned()), address)
            }
            (None, Server::Smtp(_)) => {
                return Err(env.problem(format!(
                    "EMAIL_FROM is missing, but SMTP_URL is set (an address such as {name} <no-reply@shop.example>)"
                )));
            }
        };
        Ok(Self { from, server })
    }
}

fn server(env: &mut Env<'_>) -> Result<Server, Noted> {
    let folder = env.text("EMAIL_DIR").map(PathBuf::from);
    let data = env.text("DATA_DIR").unwrap_or_else(|| "data".to_owned());
    let Some(url) = env.secret(SMTP_URL) else {
        let folder = folder.unwrap_or_else(|| PathBuf::from(data).join("emails"));
        return Ok(Server::Folder(folder));
    };
    let not_an_url = |()| env.problem(format!("{SMTP_URL} is not valid, expected {EXAMPLE}"));
    let url = with_tls(url.expose_secret())
        .ok_or(())
        .map_err(not_an_url)?;
    Ok(Server::Smtp(url.into()))
}

/// The address as `lettre` reads it, which sends passwords unencrypted over `smtp://` unless `tls` is named.
fn with_tls(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let host = uri.host().filter(|host| !host.is_empty())?;
    let is_local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match (uri.scheme_str()?, uri.query()) {
        ("smtps", None) | ("smtp", Some("tls=required" | "tls=opportunistic")) => {
            Some(url.to_owned())
        }
        ("smtp", None) if is_local => Some(url.to_owned()),
        ("smtp", None) => Some(format!("{url}?tls=required")),
        ("smtp", Some("tls=none")) => Some(url.replacen("?tls=none", "", 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::with_tls;

    #[test]
    fn passwords_are_not_sent_unencrypted_unless_it_is_asked_for() {
        for (url, read) in [
            ("smtps://a:b@mail.example", Some("smtps://a:b@mail.example")),
            (
                "smtp://a:b@mail.example:587",
                Some("smtp://a:b@mail.example:587?tls=required"),
            ),
            ("smtp://mail.example?tls=none", Some("smtp://mail.example")),
            ("smtp://127.0.0.1:2525", Some("smtp://127.0.0.1:2525")),
            ("http://mail.example", None),
            ("smtp://mail.example?tls=maybe", None),
            ("mail.example", None),
            ("", None),
        ] {
            assert_eq!(with_tls(url).as_deref(), read, "{url}");
        }
    }
}
