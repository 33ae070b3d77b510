//! Connections: what was given, checked, and put together.

use astra_db::{ConnectionString, DataApiClient, Database, Token};
use secrecy::ExposeSecret as _;
use shared::settings::DEFAULT_KEYSPACE;

use shared::dotenv;

pub type Secret = secrecy::SecretString;

const MASK: &str = "[REDACTED]";

/// What was given cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct Unusable {
    /// What is wrong.
    pub problem: String,
    /// What to do about it, in words of the command line.
    pub hint: String,
}

fn unusable(problem: impl Into<String>, hint: impl Into<String>) -> Unusable {
    Unusable {
        problem: problem.into(),
        hint: hint.into(),
    }
}

/// The pieces as they were given; any may be missing.
#[derive(Debug, Default)]
pub struct Given {
    /// A whole connection string.
    pub string: Option<Secret>,
    pub id: Option<String>,
    pub region: Option<String>,
    pub endpoint: Option<String>,
    pub url: Option<String>,
    pub username: Option<String>,
    pub keyspace: Option<String>,
    pub token: Option<Secret>,
    pub password: Option<Secret>,
}

/// A connection that can be tried.
#[derive(Debug)]
pub struct Connection {
    uri: ConnectionString,
    credentials: Credentials,
}

#[derive(Debug)]
enum Credentials {
    /// Those of a connection string, or none.
    Whole,
    Token(Secret),
    User {
        name: String,
        password: Secret,
    },
}

impl Given {
    /// Whether pieces of an Astra database were named. A token alone says nothing of where.
    pub fn names_astra(&self) -> bool {
        self.endpoint.is_some() || self.id.is_some() || self.region.is_some()
    }

    pub fn build(mut self) -> Result<Connection, Unusable> {
        if self.string.is_none() {
            // What goes on after the port is a connection string, whatever it was given as.
            let places = [&mut self.endpoint, &mut self.url];
            let whole = places
                .into_iter()
                .find_map(|place| place.take_if(|text| is_whole(text)));
            self.string = whole.map(Secret::from);
        }
        match (self.string.take(), self.names_astra(), &self.url) {
            (Some(string), false, None) => self.whole(string.expose_secret()),
            (Some(_), ..) => Err(unusable(
                "two databases are named: one by a connection string and another one beside it",
                "keep one of them; the variables ASTRA_DB_… and DATA_API_… count as given",
            )),
            (None, true, Some(_)) => Err(unusable(
                "two databases are named: one of Astra and a self-hosted one",
                "keep either --endpoint (or --id and --region) or --url; the variables ASTRA_DB_… and DATA_API_… count as given",
            )),
            (None, true, None) => self.astra(),
            (None, false, Some(_)) => self.self_hosted(),
            (None, false, None) => Err(unusable(
                "no database is named",
                "give a connection string, or --id and --region, or --endpoint, or --url; on a terminal you are asked",
            )),
        }
    }

    /// Of a connection string, with credentials given beside it if it has none.
    fn whole(self, string: &str) -> Result<Connection, Unusable> {
        let mut uri = whole(string)?;
        if let Some(keyspace) = self.keyspace.filter(|keyspace| keyspace != uri.keyspace()) {
            return Err(unusable(
                format!(
                    "the connection string names the keyspace {}, but {keyspace} is given beside it",
                    uri.keyspace()
                ),
                "keep one of them; ASTRA_DB_KEYSPACE counts as given",
            ));
        }
        if !has_credentials(&uri) {
            uri = match (self.token, self.username, self.password) {
                (Some(token), None, None) => uri.token(checked_token(token)?),
                (None, Some(name), Some(password)) => uri.user(name, password),
                _ => {
                    return Err(unusable(
                        "the connection string has neither a token nor a user and password",
                        "write them into it, or give ASTRA_DB_APPLICATION_TOKEN, or --username and DATA_API_PASSWORD",
                    ));
                }
            };
        }
        Ok(Connection {
            uri,
            credentials: Credentials::Whole,
        })
    }

    fn astra(self) -> Result<Connection, Unusable> {
        let endpoint = match (self.endpoint, self.id, self.region) {
            (Some(endpoint), _, _) => endpoint,
            (None, Some(id), Some(region)) => astra_endpoint(&id, &region)?,
            (None, Some(_), None) => {
                return Err(unusable(
                    "the region is missing",
                    "give --region; the portal shows it beside the database, us-east-2 for example",
                ));
            }
            (None, None, _) => {
                return Err(unusable(
                    "the database id is missing",
                    "give --id; it is a UUID that the portal shows beside the database",
                ));
            }
        };
        let Some(token) = self.token else {
            return Err(unusable(
                "the token is missing",
                "set ASTRA_DB_APPLICATION_TOKEN, or give --token-stdin, or run this on a terminal to be asked",
            ));
        };
        let keyspace = self.keyspace.unwrap_or_else(|| DEFAULT_KEYSPACE.to_owned());
        let token = checked_token(token)?;
        let uri = ConnectionString::new(&endpoint, &keyspace)
            .map_err(|error| wrong(&error))?
            .token(token.clone());
        let credentials = Credentials::Token(token);
        Ok(Connection { uri, credentials })
    }

    fn self_hosted(self) -> Result<Connection, Unusable> {
        let url = self.url.unwrap_or_default();
        let keyspace = self.keyspace.unwrap_or_else(|| DEFAULT_KEYSPACE.to_owned());
        let (Some(name), Some(password)) = (self.username, self.password) else {
            return Err(unusable(
                "user or password is missing",
                "give --username, and the password by DATA_API_PASSWORD or --password-stdin, or run this on a terminal to be asked",
            ));
        };
        let uri = ConnectionString::new(&url, &keyspace)
            .map_err(|error| wrong(&error))?
            .user(&name, password.clone());
        let credentials = Credentials::User { name, password };
        Ok(Connection { uri, credentials })
    }
}

/// The endpoint of a database by its id and region, both checked.
pub fn astra_endpoint(id: &str, region: &str) -> Result<String, Unusable> {
    // No request is made, so no token is needed.
    let database = DataApiClient::new("").database_by_id(id, region);
    Ok(database
        .map_err(|error| wrong(&error))?
        .endpoint()
        .to_owned())
}

/// Whether a place goes on after its port: a keyspace, credentials.
pub fn is_whole(text: &str) -> bool {
    let rest = text.split_once("://").map(|(_, rest)| rest);
    rest.is_some_and(|rest| rest.trim_end_matches('/').contains(['/', '?', '@', '#']))
}

/// A whole connection string, or the line of a file of settings that sets one.
pub fn whole(text: &str) -> Result<ConnectionString, Unusable> {
    let set = dotenv::parse(text).remove("DATA_API_URI");
    let text = set.as_deref().unwrap_or(text);
    text.parse().map_err(|error| wrong(&error))
}

/// Whether a connection string has a token, or a user and password.
pub fn has_credentials(uri: &ConnectionString) -> bool {
    // Both are special in a URL, so they stand there for nothing else.
    uri.to_string().contains(['@', '?'])
}

/// Checks scheme, host and port.
pub fn check_endpoint(text: &str) -> Result<(), Unusable> {
    ConnectionString::new(text, DEFAULT_KEYSPACE)
        .map(drop)
        .map_err(|error| wrong(&error))
}

/// Checks the name of a keyspace by the rule of the Data API.
pub fn check_keyspace(name: &str) -> Result<(), Unusable> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if (1..=48).contains(&name.len()) && name.chars().all(is_allowed) {
        return Ok(());
    }
    Err(unusable(
        format!("{name:?} cannot be the name of a keyspace"),
        "up to 48 letters, digits and _ make one",
    ))
}

/// A token without what gets between when it is copied.
pub fn checked_token(token: Secret) -> Result<Secret, Unusable> {
    match token.expose_secret().parse::<Token>() {
        Ok(_) => Ok(token),
        Err(error) => Err(wrong(&error)),
    }
}

/// What was given cannot be used.
fn wrong(error: &astra_db::Error) -> Unusable {
    // The words of the client say what to do, too.
    let said = error.to_string();
    match said.split_once(": ") {
        Some((problem, hint)) => unusable(problem, hint),
        None => unusable(said, "`astra-dev connect --help` has examples"),
    }
}

impl Connection {
    pub fn database(&self) -> astra_db::Result<Database> {
        self.uri.connect()
    }

    /// What lets us in, in a word.
    pub fn credentials(&self) -> &'static str {
        match self.credentials {
            Credentials::Whole => "token or password",
            Credentials::Token(_) => "token",
            Credentials::User { .. } => "user or password",
        }
    }

    /// All of it in one line.
    pub fn string(&self, secrets: bool) -> String {
        if secrets {
            self.uri.expose()
        } else {
            self.uri.to_string()
        }
    }

    /// The variables that applications read, for this connection.
    pub fn variables(&self, secrets: bool) -> Vec<(&'static str, String)> {
        let secret = |secret: &Secret| {
            let shown = if secrets {
                secret.expose_secret()
            } else {
                MASK
            };
            shown.to_owned()
        };
        let endpoint = self.uri.endpoint().to_owned();
        let keyspace = ("ASTRA_DB_KEYSPACE", self.uri.keyspace().to_owned());
        match &self.credentials {
            Credentials::Token(token) if self.uri.environment().is_astra() => vec![
                ("ASTRA_DB_API_ENDPOINT", endpoint),
                ("ASTRA_DB_APPLICATION_TOKEN", secret(token)),
                keyspace,
            ],
            // A token for a host that does not look like Astra's fits into no other variable.
            Credentials::Token(_) | Credentials::Whole => {
                vec![("DATA_API_URI", self.string(secrets))]
            }
            Credentials::User { name, password } => vec![
                ("DATA_API_URL", endpoint),
                ("DATA_API_USERNAME", name.clone()),
                ("DATA_API_PASSWORD", secret(password)),
                keyspace,
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::settings::{Backend, DataSettings};
    use test_support::small_stack;

    use super::*;

    fn settings(connection: &Connection) -> DataSettings {
        let variables = connection.variables(true);
        let pairs: Vec<(&str, &str)> = variables
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        DataSettings::from_env(shared::env::of(&pairs)).unwrap()
    }

    #[test]
    fn applications_understand_every_kind_of_connection() {
        let astra = Given {
            id: Some("01234567-89ab-cdef-0123-456789abcdef".into()),
            region: Some("us-east1".into()),
            token: Some("AstraCS:a+b:c".into()),
            ..Given::default()
        };
        let astra = astra.build().unwrap();
        assert_eq!(
            astra.string(true),
            "https://01234567-89ab-cdef-0123-456789abcdef-us-east1.apps.astra.datastax.com/api/json/v1/default_keyspace?applicationToken=AstraCS%3Aa%2Bb%3Ac"
        );
        assert!(
            matches!(settings(&astra).backend, Backend::Astra { token, .. } if token.expose_secret() == "AstraCS:a+b:c")
        );

        let own = Given {
            url: Some("http://localhost:8181".into()),
            username: Some("ann".into()),
            password: Some("s@cret".into()),
            keyspace: Some("shop".into()),
            ..Given::default()
        };
        let own = own.build().unwrap();
        assert_eq!(
            own.string(true),
            "http://ann:s%40cret@localhost:8181/v1/shop"
        );
        let read = settings(&own);
        assert_eq!(read.keyspace, "shop");
        assert!(
            matches!(read.backend, Backend::SelfHosted { password, .. } if password.expose_secret() == "s@cret")
        );

        let other = Given {
            endpoint: Some("http://localhost:8181".into()),
            token: Some("AstraCS:1".into()),
            ..Given::default()
        };
        assert!(matches!(
            settings(&other.build().unwrap()).backend,
            Backend::ConnectionString { .. }
        ));
    }

    #[test]
    fn a_whole_connection_string_is_taken_wherever_it_is_given() {
        let text = "http://ann:s%40cret@localhost:8181/v1/shop";
        let given: [Given; 3] = [
            Given {
                string: Some(text.into()),
                ..Given::default()
            },
            Given {
                url: Some(text.into()),
                ..Given::default()
            },
            Given {
                endpoint: Some(text.into()),
                keyspace: Some("shop".into()),
                ..Given::default()
            },
        ];
        for given in given {
            let connection = given.build().unwrap();
            assert_eq!(connection.string(true), text);
            assert_eq!(settings(&connection).keyspace, "shop");
        }
        let without = |token: Option<&str>, keyspace: Option<&str>| {
            let given = Given {
                url: Some("http://localhost:8181/v1/shop".into()),
                token: token.map(Secret::from),
                keyspace: keyspace.map(str::to_owned),
                ..Given::default()
            };
            given.build().map(|connection| connection.string(true))
        };
        assert_eq!(
            without(Some("AstraCS:1"), None).unwrap(),
            "http://localhost:8181/v1/shop?applicationToken=AstraCS%3A1"
        );
        assert!(without(None, None).is_err());
        assert!(without(Some("AstraCS:1"), Some("other")).is_err());
    }

    #[test]
    fn what_is_pasted_with_a_token_is_named() {
        for (token, expected) in [
            ("\"AstraCS:1\"", "quotation mark"),
            ("Bearer AstraCS:1", "Bearer"),
            ("Astra CS:1", "a space or a line break"),
            ("AstraCS:\u{200b}1", "invisible"),
            ("\u{feff}AstraCS:1", "byte order mark"),
        ] {
            let error = checked_token(token.into()).unwrap_err().to_string();
            assert!(
                error.contains(expected) && !error.contains("CS:"),
                "{error}"
            );
        }
        assert!(checked_token("AstraCS:a+b/c=:d".into()).is_ok());
    }

    #[test]
    fn secrets_are_shown_only_when_asked_for() {
        let given = Given {
            endpoint: Some("http://localhost:8181".into()),
            token: Some("AstraCS:secret".into()),
            ..Given::default()
        };
        let connection = given.build().unwrap();
        let shown = format!(
            "{connection:?} {} {:?}",
            connection.string(false),
            connection.variables(false)
        );
        assert!(!shown.contains("secret"), "{shown}");
    }

    #[test]
    fn adversarial_words_of_a_command_line_are_answered() {
        const PIECES: &[&[u8]] = &[
            b"http://",
            b"https://",
            b"a",
            b"/",
            b"//",
            b":",
            b"@",
            b"?",
            b"#",
            b"%",
            b"%41",
            b"applicationToken=",
            b"&",
            b"[",
            b"]",
            b".",
            b"..",
            b"-",
            b"_",
            b"\\",
            b" ",
            b"\xff",
            b"\xe2\x80\x8b",
            b"localhost:8181",
            b"/v1/shop",
            b"{\"a\":",
            b"}",
        ];
        small_stack::check(small_stack::text(PIECES), |text| {
            if let Ok(uri) = whole(&text) {
                assert!(uri.expose().len() <= 3 * text.len() + 100);
            }
            for given in [
                Given {
                    string: Some(text.clone().into()),
                    ..Given::default()
                },
                Given {
                    url: Some(text.clone()),
                    username: Some(text.clone()),
                    password: Some(text.clone().into()),
                    ..Given::default()
                },
                Given {
                    endpoint: Some(text.clone()),
                    token: Some(text.clone().into()),
                    ..Given::default()
                },
                Given {
                    id: Some(text.clone()),
                    region: Some(text.clone()),
                    ..Given::default()
                },
            ] {
                drop(given.build());
            }
            assert!(check_keyspace(&text).is_err() || text.len() <= 48);
        });
    }
}
