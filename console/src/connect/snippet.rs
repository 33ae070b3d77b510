//! Programs that connect to this server and show what is there, in several languages.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use shared::settings::DEFAULT_KEYSPACE;

use crate::error::ConsoleError;
use crate::state::Server;
use crate::target::Target;
use shared::dotenv;

/// A language, and how its program is written.
#[derive(Debug)]
pub(super) struct Language {
    /// As in addresses.
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// What has to be installed, and how.
    pub(super) install: &'static str,
    pub(super) write: fn(&Snippet) -> Result<String, ConsoleError>,
}

/// The first one is shown unless another is asked for.
pub(super) static LANGUAGES: [Language; 5] = [
    Language {
        id: "python",
        name: "Python",
        install: "pip install astrapy",
        write: |snippet| written(&Python { snippet }),
    },
    Language {
        id: "typescript",
        name: "TypeScript",
        install: "npm install @datastax/astra-db-ts",
        write: |snippet| written(&TypeScript { snippet }),
    },
    Language {
        id: "java",
        name: "Java",
        install: "com.datastax.astra:astra-db-java:2.1.4 from Maven Central, Java 17",
        write: |snippet| written(&Java { snippet }),
    },
    Language {
        id: "rust",
        name: "Rust",
        install: "astra-db, the folder client of this repository, with its feature http; tokio with macros and rt-multi-thread; serde_json",
        write: |snippet| written(&Rust { snippet }),
    },
    Language {
        id: "curl",
        name: "curl",
        install: "curl 7.82 or newer",
        write: |snippet| written(&Curl { snippet }),
    },
];

impl Language {
    /// The language of this id; the first one if there is none.
    pub(super) fn named(id: &str) -> &'static Self {
        let found = LANGUAGES.iter().find(|language| language.id == id);
        found.unwrap_or(&LANGUAGES[0])
    }
}

fn written(template: &impl Template) -> Result<String, ConsoleError> {
    match template.render() {
        // What chooses between lines in a template leaves empty ones.
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) => {
            let sentence = format!("The program cannot be written: {error}");
            Err(ConsoleError::Unreadable(sentence))
        }
    }
}

/// What a program connects to, as the words of a program.
#[derive(Debug)]
pub(super) struct Snippet {
    url: String,
    username: String,
    /// The password, if it is the one everybody knows. Any other is taken from `DATA_API_PASSWORD`.
    password: Option<String>,
    keyspace: String,
    /// The collection or table.
    name: Option<String>,
    is_table: bool,
    token: String,
    address: String,
}

impl Snippet {
    pub(super) fn new(server: &Server, target: &Target, is_table: bool) -> Self {
        let keyspace = target.keyspace().unwrap_or(DEFAULT_KEYSPACE);
        let address = [
            Some(server.url.as_str()),
            Some("v1"),
            Some(keyspace),
            target.name(),
        ];
        let address: Vec<&str> = address.into_iter().flatten().collect();
        Self {
            url: literal(&server.url),
            username: literal(&server.username),
            password: server.password.as_deref().map(literal),
            keyspace: literal(keyspace),
            name: target.name().map(literal),
            is_table,
            token: token(server),
            address: dotenv::quoted(&address.join("/")),
        }
    }
}

/// A text as a literal: JSON's is one in all of these languages.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The header with the token, as a word of the shell.
fn token(server: &Server) -> String {
    if let Some(password) = &server.password {
        let (user, password) = (STANDARD.encode(&server.username), STANDARD.encode(password));
        return format!("'Token: Cassandra:{user}:{password}'");
    }
    let user = dotenv::quoted(&server.username);
    format!(
        "\"Token: Cassandra:$(printf %s {user} | base64 | tr -d '\\n'):$(printf %s \"$DATA_API_PASSWORD\" | base64 | tr -d '\\n')\""
    )
}

#[derive(Template)]
#[template(path = "snippets/python.txt")]
struct Python<'a> {
    snippet: &'a Snippet,
}

#[derive(Template)]
#[template(path = "snippets/typescript.txt")]
struct TypeScript<'a> {
    snippet: &'a Snippet,
}

#[derive(Template)]
#[template(path = "snippets/java.txt")]
struct Java<'a> {
    snippet: &'a Snippet,
}

#[derive(Template)]
#[template(path = "snippets/rust.txt")]
struct Rust<'a> {
    snippet: &'a Snippet,
}

#[derive(Template)]
#[template(path = "snippets/curl.txt")]
struct Curl<'a> {
    snippet: &'a Snippet,
}
