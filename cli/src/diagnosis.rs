//! From an error of the client to what is wrong with a connection, and what to do about it.

use anyhow::Error as AnyError;
use astra_db::{Database, Error, SchemeMismatch};
use shared::Unavailable;
use tokio::net::lookup_host;

use crate::output::hinted;
use crate::probe;

/// What is wrong with a connection.
#[derive(Debug)]
pub(crate) enum Finding {
    /// The name of the host leads nowhere.
    UnknownHost { host: String },
    /// The host is there, but nothing answers at this port, or not in time.
    Unreachable { endpoint: String, detail: String },
    /// The credentials were refused.
    Refused,
    /// The credentials are good, but may not read this, or not write it.
    Forbidden { to: &'static str },
    /// An Astra database that was put to sleep and is being woken.
    Paused,
    /// The server is there and in trouble that passes.
    Away { detail: String },
    /// It takes no more requests for now.
    Overloaded,
    /// It has as many collections, tables or indexes as it may.
    Full,
    /// The keyspace does not exist; these do, as far as they may be listed.
    NoKeyspace { known: Vec<String> },
    /// `https://` for a port that speaks HTTP, or the other way round.
    WrongScheme { right: String },
    /// Something answers that is no Data API.
    NotADataApi { detail: String },
    /// Anything else.
    Other(Error),
}

/// Finds out what an error means. Asks the name service when the server was not reached.
pub(crate) async fn diagnose(database: &Database, error: Error) -> Finding {
    let endpoint = || database.endpoint().to_owned();
    match error {
        _ if let Some(mismatch) = error.scheme_mismatch() => Finding::WrongScheme {
            right: with_scheme(database.endpoint(), mismatch),
        },
        Error::Connect(_) | Error::Transport(_) => unreachable(database, error).await,
        Error::Timeout(ref timeout) => Finding::Unreachable {
            endpoint: endpoint(),
            detail: format!("no answer within {:?}", timeout.limit),
        },
        Error::Decode(_) => Finding::NotADataApi {
            detail: "its answer is not the JSON of a Data API".to_owned(),
        },
        _ => match (Unavailable::of(&error), &error) {
            (Unavailable::WakingUp, _) => Finding::Paused,
            (Unavailable::Away, _) => Finding::Away {
                detail: root_cause(&error),
            },
            (Unavailable::Overloaded, _) => Finding::Overloaded,
            (Unavailable::CredentialsRefused, _) => Finding::Refused,
            (Unavailable::MayNotRead, _) => Finding::Forbidden { to: "read" },
            (Unavailable::MayNotWrite, _) => Finding::Forbidden { to: "write to" },
            (Unavailable::Full, _) => Finding::Full,
            (Unavailable::NoKeyspace, _) => {
                let known = probe::hasty(database).list_keyspaces().await;
                Finding::NoKeyspace {
                    known: known.unwrap_or_default(),
                }
            }
            (_, Error::Http(http)) if (300..500).contains(&http.status) => Finding::NotADataApi {
                detail: format!("it answered with HTTP {}", http.status),
            },
            _ => Finding::Other(error),
        },
    }
}

async fn unreachable(database: &Database, error: Error) -> Finding {
    let endpoint = database.endpoint().to_owned();
    let (host, port) = host_and_port(&endpoint);
    // Asked by name: what the HTTP library says of it differs from system to system.
    if lookup_host((host.as_str(), port)).await.is_err() {
        return Finding::UnknownHost { host };
    }
    match error {
        Error::Connect(_) => Finding::Unreachable {
            endpoint,
            detail: root_cause(&error),
        },
        _ => Finding::Away {
            detail: root_cause(&error),
        },
    }
}

fn with_scheme(endpoint: &str, mismatch: SchemeMismatch) -> String {
    match mismatch {
        SchemeMismatch::HttpsToHttp => endpoint.replacen("https:", "http:", 1),
        _ => endpoint.replacen("http:", "https:", 1),
    }
}

fn host_and_port(endpoint: &str) -> (String, u16) {
    let usual = if endpoint.starts_with("https:") {
        443
    } else {
        80
    };
    let authority = endpoint
        .split_once("://")
        .map_or(endpoint, |(_, rest)| rest);
    let authority = authority.trim_end_matches('/');
    match authority.rsplit_once(':') {
        // The colons inside the brackets of an IPv6 address are no port.
        Some((host, port)) if !port.ends_with(']') => {
            (unbracketed(host), port.parse().unwrap_or(usual))
        }
        _ => (unbracketed(authority), usual),
    }
}

fn unbracketed(host: &str) -> String {
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned()
}

fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

impl Finding {
    /// The finding as a failure: what is wrong, and what to do. `credentials` says what was given: "token", for one.
    pub(crate) fn into_error(self, database: &Database, credentials: &str) -> AnyError {
        if let Self::Other(error) = self {
            let endpoint = database.endpoint();
            return AnyError::new(error).context(format!("{endpoint} did not answer as it should"));
        }
        let hint = self.hint(database.environment().is_astra());
        hinted(self.problem(database, credentials), hint)
    }

    fn problem(self, database: &Database, credentials: &str) -> String {
        let endpoint = database.endpoint();
        let keyspace = database.keyspace_name().unwrap_or_default();
        match self {
            Self::UnknownHost { host } => format!("unknown host: {host} has no address"),
            Self::Unreachable { endpoint, detail } => {
                format!("nothing answers at {endpoint}: {detail}")
            }
            Self::Refused => format!("wrong {credentials}: {endpoint} refused it"),
            Self::Forbidden { to } => {
                format!("the {credentials} is right, but may not {to} the keyspace {keyspace}")
            }
            Self::Away { detail } => {
                format!("the database at {endpoint} does not answer: {detail}")
            }
            Self::Overloaded => {
                format!("{endpoint} takes no more requests at the moment (HTTP 429)")
            }
            Self::Full => format!(
                "the database at {endpoint} has as many collections, tables or indexes as it may"
            ),
            Self::Paused => {
                format!("the database at {endpoint} was paused and is being resumed")
            }
            Self::WrongScheme { right } if right.starts_with("https:") => {
                format!("{endpoint} expects HTTPS, but the address begins with http://")
            }
            Self::WrongScheme { .. } => {
                format!("{endpoint} speaks plain HTTP, but the address begins with https://")
            }
            Self::NoKeyspace { known } => no_keyspace(keyspace, endpoint, &known),
            Self::NotADataApi { detail } => format!("{endpoint} is not a Data API: {detail}"),
            Self::Other(error) => error.to_string(),
        }
    }

    fn hint(&self, on_astra: bool) -> String {
        let hint = match (self, on_astra) {
            (Self::UnknownHost { .. }, true) => {
                "check the database id and the region in the Astra portal; a database that was deleted has no address either"
            }
            (Self::UnknownHost { .. }, false) => {
                "check the spelling, and that this machine is online"
            }
            (Self::Unreachable { .. }, true) => {
                "check that this machine is online and may reach port 443 of the internet"
            }
            (Self::Unreachable { .. }, false) => {
                "start the Data API there (`astra-dev serve` starts a local one), or check host and port"
            }
            (Self::Refused, true) => {
                "give a whole application token of this database's organization, AstraCS:…; a revoked or expired one is refused too"
            }
            (Self::Refused, false) => {
                "check it with whoever runs this Data API; `astra-dev serve` prints its own when it starts"
            }
            (Self::Forbidden { .. }, _) => "give it a role that covers this database and keyspace",
            (Self::Away { .. }, true) => {
                "one that was idle wakes up at a request, which takes a minute or two: try again; its state is in the Astra portal"
            }
            (Self::Away { .. }, false) => {
                "try again in a moment; if it lasts, look at the Data API's log, and whether enough nodes of its database are up"
            }
            (Self::Overloaded | Self::Other(_), _) => "try again in a moment",
            (Self::Full, _) => {
                "`astra-dev status` shows what is used; drop what is no longer needed, or use another database"
            }
            (Self::Paused, _) => "wait a minute or two and try again; the request has woken it",
            (Self::WrongScheme { right }, _) => return format!("write {right}"),
            (Self::NoKeyspace { .. }, true) => {
                "make it with `astra-dev connect --create-keyspace`, or name one that exists; every database begins with default_keyspace"
            }
            (Self::NoKeyspace { .. }, false) => {
                "make it with `astra-dev connect --create-keyspace`, or name one that exists"
            }
            (Self::NotADataApi { .. }, _) => {
                "give scheme, host and port only: http://127.0.0.1:8181 or https://ID-REGION.apps.astra.datastax.com"
            }
        };
        hint.to_owned()
    }
}

/// That there is none of this name, and which there are.
pub(crate) fn no_keyspace(keyspace: &str, endpoint: &str, known: &[String]) -> String {
    let text = format!("there is no keyspace {keyspace} at {endpoint}");
    if known.is_empty() {
        return text;
    }
    format!("{text}; keyspaces there: {}", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_are_told_apart() {
        let of = |endpoint| host_and_port(endpoint);
        assert_eq!(of("http://127.0.0.1:8181"), ("127.0.0.1".into(), 8181));
        assert_eq!(of("https://a.b/"), ("a.b".into(), 443));
        assert_eq!(of("http://[::1]"), ("::1".into(), 80));
        assert_eq!(of("http://[::1]:81"), ("::1".into(), 81));
    }
}
