//! `astra-dev connect`: from what a person has in hand to a connection that is known to work.

mod ask;
mod env_file;

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use astra_db::{Database, Replication};
use secrecy::SecretString;
use serde::Serialize;

use crate::database::{DEVOPS_URL, Environment, NAMES, devops_at};
use crate::diagnosis::{Finding, diagnose};
use crate::output::{self, Outcome, hinted, misused};
use crate::probe::{self, Latency};
use crate::target::create_keyspace;
use crate::terminal;
use astra_console::connection::{Connection, Given, Secret, has_credentials, whole};
use shared::dotenv;

use crate::atomic_write;

/// More than any secret has.
const LONGEST_LINE: u64 = 100_000;

/// How many round trips are timed.
const ROUND_TRIPS: usize = 5;

/// Make a connection string and test it
///
/// Takes a database id and region, or an endpoint, and a token; or the URL of a Data API of your own with a user and
/// password; or a whole connection string, which DATA_API_URI may be, too. Asks for what is missing when run on a terminal. Prints the connection string and the lines for an .env
/// file, and tries the connection out: is the host there, is the token accepted, does the keyspace exist, how long does
/// a round trip take.
///
/// Secrets are typed without being shown, or taken from ASTRA_DB_APPLICATION_TOKEN and DATA_API_PASSWORD, or from
/// standard input. There is no option for them: options are seen in the list of processes and in the shell's history.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
pub(crate) struct Connect {
    /// A whole connection string; - reads it from the first line of standard input
    #[arg(value_name = "CONNECTION_STRING", conflicts_with_all = ["token_stdin", "password_stdin"])]
    string: Option<String>,

    /// Id of an Astra database, a UUID
    #[arg(long, env = "ASTRA_DB_ID", help_heading = "Astra DB")]
    id: Option<String>,

    /// Region of an Astra database, such as us-east-2
    #[arg(long, env = "ASTRA_DB_REGION", help_heading = "Astra DB")]
    region: Option<String>,

    /// Endpoint of an Astra database, instead of id and region
    #[arg(
        long,
        env = "ASTRA_DB_API_ENDPOINT",
        value_name = "URL",
        help_heading = "Astra DB"
    )]
    endpoint: Option<String>,

    /// Read the token from the first line of standard input
    #[arg(long, help_heading = "Astra DB")]
    token_stdin: bool,

    /// A Data API of your own: HCD, DSE, Cassandra, or `astra-dev serve`
    #[arg(long, env = "DATA_API_URL", help_heading = "Self-hosted")]
    url: Option<String>,

    /// Its user
    #[arg(
        long,
        env = "DATA_API_USERNAME",
        value_name = "NAME",
        help_heading = "Self-hosted"
    )]
    username: Option<String>,

    /// Read the password from the first line of standard input
    #[arg(long, help_heading = "Self-hosted", conflicts_with = "token_stdin")]
    password_stdin: bool,

    /// Keyspace [default: default_keyspace]
    #[arg(long, env = "ASTRA_DB_KEYSPACE", value_name = "NAME")]
    keyspace: Option<String>,

    /// Make the keyspace if it is missing; on Astra that needs a token that may manage databases
    #[arg(long, conflicts_with = "no_test")]
    create_keyspace: bool,

    /// Copies of a keyspace that is made: dc1:3,dc2:3 for data centers, 3 for a single one [default: the server's, which is one]
    #[arg(
        long,
        env = "DATA_API_REPLICATION",
        value_name = "COPIES",
        help_heading = "Self-hosted"
    )]
    replication: Option<String>,

    /// Do not try the connection out
    #[arg(long)]
    no_test: bool,

    /// Set the variables in a file, readable by you only; its other lines stay as they are [default: .env]
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = ".env")]
    write: Option<PathBuf>,

    /// Print token and password in full
    #[arg(long)]
    show_secrets: bool,

    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  astra-dev connect                                      ask for everything
  astra-dev connect --id ID --region us-east-2 --write   ask for the token, then set .env
  astra-dev connect --endpoint URL --token-stdin < token.txt
  astra-dev connect --url http://127.0.0.1:8181 --create-keyspace
  astra-dev connect - --write < connection.txt           a whole connection string

Exit codes: 0 the connection works, 1 it does not, 2 wrong options.";

#[derive(Serialize)]
struct Report<'a> {
    connection_string: String,
    env: serde_json::Map<String, serde_json::Value>,
    tested: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency: Option<Latency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written_to: Option<&'a PathBuf>,
}

impl Connect {
    #[tokio::main]
    pub(crate) async fn run(self, environment: Environment) -> anyhow::Result<Outcome> {
        let _terminal = terminal::Guard::new();
        let connection = self.connection(environment)?;
        let replication = self.replication()?;
        if !self.json {
            self.print(&connection);
        }
        let latency = if self.no_test {
            None
        } else {
            let database = Self::open(&connection, environment)?;
            Some(self.test(&connection, &database, replication).await?)
        };
        if let Some(path) = &self.write {
            env_file::write(path, &connection.variables(true))?;
            output::note(&format!("Written to {}.", path.display()));
            Self::warn_of_others(path, &connection)?;
        }
        if self.json {
            self.print_json(&connection, latency)?;
        }
        Ok(Outcome::Done)
    }

    /// What the options say, and where they do not, what a person answers.
    fn connection(&self, environment: Environment) -> anyhow::Result<Connection> {
        let asking = io::stdin().is_terminal() && io::stderr().is_terminal();
        let mut given = self.given(environment)?;
        if asking {
            ask::fill(&mut given)?;
        }
        Ok(given.build()?)
    }

    fn given(&self, environment: Environment) -> anyhow::Result<Given> {
        let from_environment = |name: &str| {
            let text = environment(name)?.into_string().ok()?;
            Some(SecretString::from(text.trim())).filter(|_| !text.trim().is_empty())
        };
        let token = if self.token_stdin {
            Some(TOKEN.first_line()?)
        } else {
            from_environment("ASTRA_DB_APPLICATION_TOKEN")
        };
        let password = if self.password_stdin {
            Some(PASSWORD.first_line()?)
        } else {
            from_environment("DATA_API_PASSWORD")
        };
        let text = |value: &Option<String>| {
            let value = value.as_deref().unwrap_or_default().trim();
            Some(value.to_owned()).filter(|value| !value.is_empty())
        };
        let names_place = [&self.id, &self.region, &self.endpoint, &self.url];
        let string = match self.string.as_deref() {
            Some("-") => Some(STRING.first_line()?),
            Some(string) => Some(self.of_command_line(string)),
            None if names_place.into_iter().any(|place| text(place).is_some()) => None,
            None => from_environment("DATA_API_URI"),
        };
        Ok(Given {
            string,
            id: text(&self.id),
            region: text(&self.region),
            endpoint: text(&self.endpoint),
            url: text(&self.url),
            username: text(&self.username),
            keyspace: text(&self.keyspace),
            token,
            password,
        })
    }

    fn of_command_line(&self, string: &str) -> Secret {
        let has_secrets = whole(string).is_ok_and(|uri| has_credentials(&uri));
        if has_secrets && !self.json {
            output::note(
                "warning: the list of processes and the shell's history show what is on the command line; `astra-dev connect -` reads the connection string from standard input",
            );
        }
        string.into()
    }

    fn print(&self, connection: &Connection) {
        output::note("Connection string:");
        output::say(&connection.string(self.show_secrets));
        output::note("\nFor .env:");
        for (name, value) in connection.variables(self.show_secrets) {
            output::say(&dotenv::line_of(name, &value));
        }
        if !self.show_secrets {
            output::note("(secrets are left out; --show-secrets shows them)");
        }
        output::note("");
    }

    fn print_json(&self, connection: &Connection, latency: Option<Latency>) -> anyhow::Result<()> {
        let env = connection.variables(self.show_secrets).into_iter();
        output::say_json(&Report {
            connection_string: connection.string(self.show_secrets),
            env: env
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect(),
            tested: latency.is_some(),
            latency,
            written_to: self.write.as_ref(),
        })
    }

    async fn test(
        &self,
        connection: &Connection,
        database: &Database,
        replication: Option<Replication>,
    ) -> anyhow::Result<Latency> {
        let keyspace = database.keyspace_name().unwrap_or_default();
        let latency = match probe::probe(database, ROUND_TRIPS).await {
            Ok(latency) => latency,
            Err(error) => match diagnose(database, error).await {
                Finding::NoKeyspace { .. } if self.may_create(database)? => {
                    create(database, keyspace, replication.as_ref()).await?;
                    output::note(&format!("Made the keyspace {keyspace}."));
                    if replication.is_none() && !database.environment().is_astra() {
                        output::note(
                            "A server of several nodes keeps one copy of what is in it; --replication dc1:3 makes keyspaces with more.",
                        );
                    }
                    probe::probe(database, ROUND_TRIPS).await?
                }
                finding => return Err(finding.into_error(database, connection.credentials())),
            },
        };
        output::note(&format!(
            "The connection works: {} and the keyspace {keyspace} answer; {} round trips took {} ms (median) to {} ms.",
            database.endpoint(),
            latency.round_trips,
            latency.median_ms,
            latency.max_ms
        ));
        Ok(latency)
    }

    fn open(connection: &Connection, environment: Environment) -> anyhow::Result<Database> {
        let database = connection.database()?;
        Ok(devops_at(environment(DEVOPS_URL), database))
    }

    fn replication(&self) -> anyhow::Result<Option<Replication>> {
        let text = self.replication.as_deref().unwrap_or_default().trim();
        if text.is_empty() {
            return Ok(None);
        }
        let replication = shared::settings::replication(text);
        let unreadable = || {
            misused(
                format!("--replication is {text:?}"),
                "give data centers with their numbers of copies such as dc1:3,dc2:3, or one number such as 3",
            )
        };
        replication.ok_or_else(unreadable).map(Some)
    }

    fn may_create(&self, database: &Database) -> anyhow::Result<bool> {
        if self.create_keyspace {
            return Ok(true);
        }
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Ok(false);
        }
        let keyspace = database.keyspace_name().unwrap_or_default();
        ask::yes(&format!("There is no keyspace {keyspace} yet. Make it?"))
    }

    /// Lines of another kind of database would make applications refuse the file.
    fn warn_of_others(path: &Path, connection: &Connection) -> anyhow::Result<()> {
        let text = atomic_write::read(path)?;
        let set = connection.variables(false);
        let others: Vec<String> = dotenv::parse(&text)
            .into_keys()
            .filter(|name| NAMES.contains(&name.as_str()) && name != "DATA_DIR")
            .filter(|name| set.iter().all(|(own, _)| own != name))
            .collect();
        if !others.is_empty() {
            output::note(&format!(
                "warning: {} also sets {}, which may name another database; remove what you do not need",
                path.display(),
                others.join(", ")
            ));
        }
        Ok(())
    }
}

async fn create(
    database: &Database,
    keyspace: &str,
    replication: Option<&Replication>,
) -> anyhow::Result<()> {
    let making = || format!("making the keyspace {keyspace}");
    if !database.environment().is_astra() {
        let hasty = probe::hasty(database);
        let made = create_keyspace(&hasty, keyspace, replication).await;
        return made.with_context(making);
    }
    output::note(&format!(
        "Making the keyspace {keyspace}, which takes a minute …"
    ));
    match create_keyspace(database, keyspace, None).await {
        Err(error) if error.is_unauthorized() => Err(hinted(
            format!("the token may not make keyspaces: {error}"),
            "use a token of a role that manages databases, or make the keyspace in the Astra portal",
        )),
        made => made.with_context(making),
    }
}

/// A secret that comes on standard input.
struct Piped {
    /// What it is called.
    what: &'static str,
    /// The variable that holds it in a file of settings.
    variable: &'static str,
    example: &'static str,
}

const STRING: Piped = Piped {
    what: "connection string",
    variable: "DATA_API_URI",
    example: "astra-dev connect - < connection.txt",
};
const TOKEN: Piped = Piped {
    what: "token",
    variable: "ASTRA_DB_APPLICATION_TOKEN",
    example: "astra-dev connect … --token-stdin < token.txt",
};
const PASSWORD: Piped = Piped {
    what: "password",
    variable: "DATA_API_PASSWORD",
    example: "astra-dev connect … --password-stdin < password.txt",
};

impl Piped {
    /// The first line, or what it sets if it is one of a file of settings.
    fn first_line(&self) -> anyhow::Result<Secret> {
        let mut line = Vec::new();
        let mut input = io::stdin().lock().take(LONGEST_LINE);
        input
            .read_until(b'\n', &mut line)
            .context("reading the secret from standard input")?;
        let line = String::from_utf8(line).map_err(|_| {
            misused(
                "what stands on standard input is not UTF-8",
                "save the file as UTF-8",
            )
        })?;
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() {
            return Err(self.expected("is empty"));
        }
        let mut set = dotenv::parse(line);
        if let Some(value) = set.remove(self.variable) {
            return Ok(value.into());
        }
        match set.keys().find(|name| NAMES.contains(&name.as_str())) {
            Some(name) => Err(self.expected(&format!("sets {name}"))),
            None => Ok(line.into()),
        }
    }

    fn expected(&self, found: &str) -> anyhow::Error {
        let Self { what, example, .. } = self;
        misused(
            format!("standard input {found}, but a {what} is expected on it"),
            format!("give the {what} as its first line: {example}"),
        )
    }
}
