//! Connections: what was given, checked, and put together.

use astra_db::{ConnectionString, DataApiClient, Database};
use secrecy::ExposeSecret as _;
use shared::settings::DEFAULT_KEYSPACE;

use crate::output::hinted;

pub(crate) type Secret = secrecy::SecretString;

const MASK: &str = "[REDACTED]";

/// The pieces as they were given; any may be missing.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) id: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) keyspace: Option<String>,
    pub(crate) token: Option<Secret>,
    pub(crate) password: Option<Secret>,
}

/// A connection that can be tried.
#[derive(Debug)]
pub(crate) struct Connection {
    uri: ConnectionString,
    credentials: Credentials,
}

#[derive(Debug)]
enum Credentials {
    Token(Secret),
    User { name: String, password: Secret },
}

impl Given {
    /// Whether pieces of an Astra database were named. A token alone says nothing of where.
    pub(crate) fn names_astra(&self) -> bool {
        self.endpoint.is_some() || self.id.is_some() || self.region.is_some()
    }

    pub(crate) fn build(self) -> anyhow::Result<Connection> {
        match (self.names_astra(), &self.url) {
            (true, Some(_)) => Err(hinted(
                "two databases are named: one of Astra and a self-hosted one",
                "keep either --endpoint (or --id and --region) or --url; the variables ASTRA_DB_… and DATA_API_… count as given",
            )),
            (true, None) => self.astra(),
            (false, Some(_)) => self.self_hosted(),
            (false, None) => Err(hinted(
                "no database is named",
                "give --id and --region, or --endpoint, or --url; on a terminal you are asked",
            )),
        }
    }

    fn astra(self) -> anyhow::Result<Connection> {
        let endpoint = match (self.endpoint, self.id, self.region) {
            (Some(endpoint), _, _) => endpoint,
            (None, Some(id), Some(region)) => astra_endpoint(&id, &region)?,
            (None, Some(_), None) => {
                return Err(hinted(
                    "the region is missing",
                    "give --region; the portal shows it beside the database, us-east-2 for example",
                ));
            }
            (None, None, _) => {
                return Err(hinted(
                    "the database id is missing",
                    "give --id; it is a UUID that the portal shows beside the database",
                ));
            }
        };
        let Some(token) = self.token else {
            return Err(hinted(
                "the token is missing",
                "set ASTRA_DB_APPLICATION_TOKEN, or give --token-stdin, or run this on a terminal to be asked",
            ));
        };
        let keyspace = self.keyspace.unwrap_or_else(|| DEFAULT_KEYSPACE.to_owned());
        let uri = ConnectionString::new(&endpoint, &keyspace)?.token(token.clone());
        let credentials = Credentials::Token(token);
        Ok(Connection { uri, credentials })
    }

    fn self_hosted(self) -> anyhow::Result<Connection> {
        let url = self.url.unwrap_or_default();
        let keyspace = self.keyspace.unwrap_or_else(|| DEFAULT_KEYSPACE.to_owned());
        let (Some(name), Some(password)) = (self.username, self.password) else {
            return Err(hinted(
                "user or password is missing",
                "give --username, and the password by DATA_API_PASSWORD or --password-stdin, or run this on a terminal to be asked",
            ));
        };
        let uri = ConnectionString::new(&url, &keyspace)?.user(&name, password.clone());
        let credentials = Credentials::User { name, password };
        Ok(Connection { uri, credentials })
    }
}

/// The endpoint of a database by its id and region, both checked.
pub(crate) fn astra_endpoint(id: &str, region: &str) -> anyhow::Result<String> {
    // No request is made, so no token is needed.
    let database = DataApiClient::new("").database_by_id(id, region)?;
    Ok(database.endpoint().to_owned())
}

impl Connection {
    pub(crate) fn database(&self) -> anyhow::Result<Database> {
        Ok(self.uri.connect()?)
    }

    /// What lets us in, in a word.
    pub(crate) fn credentials(&self) -> &'static str {
        match self.credentials {
            Credentials::Token(_) => "token",
            Credentials::User { .. } => "user or password",
        }
    }

    /// All of it in one line.
    pub(crate) fn string(&self, secrets: bool) -> String {
        if secrets {
            self.uri.expose()
        } else {
            self.uri.to_string()
        }
    }

    /// The variables that applications read, for this connection.
    pub(crate) fn variables(&self, secrets: bool) -> Vec<(&'static str, String)> {
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
            Credentials::Token(_) => vec![("DATA_API_URI", self.string(secrets))],
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
}
