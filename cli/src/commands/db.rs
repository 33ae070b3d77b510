//! `astra-dev db`: the databases of an organization on Astra.

use astra_db::devops::{Admin, DatabaseInfo, DatabaseStatus, NewDatabase};
use astra_db::{DataApiClient, Token};
use clap::Subcommand;

use crate::database::{DEVOPS_URL, EnvFile, Environment};
use crate::output::{self, Outcome, hinted, misused};

/// List, create and resume databases on Astra, and make keyspaces in them
///
/// Needs an application token that may manage databases, in ASTRA_DB_APPLICATION_TOKEN or .env.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Db {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// List the databases of the organization
    List {
        /// Print one JSON array
        #[arg(long)]
        json: bool,

        #[command(flatten)]
        settings: EnvFile,
    },
    /// Create a serverless database with vectors, and wait until it answers
    Create {
        /// Its name
        name: String,

        /// Cloud provider: aws, gcp or azure
        #[arg(long, value_name = "CLOUD", default_value = "gcp")]
        cloud: String,

        /// Region of that provider
        #[arg(long, value_name = "REGION", default_value = "us-east1")]
        region: String,

        /// Its first keyspace
        #[arg(long, value_name = "NAME", default_value = "default_keyspace")]
        keyspace: String,

        #[command(flatten)]
        settings: EnvFile,
    },
    /// Wake a database that nobody has used for a while, and wait until it answers
    Resume {
        /// Id or name of the database
        database: String,

        #[command(flatten)]
        settings: EnvFile,
    },
    /// Make a keyspace in a database, and wait until it can be used
    Keyspace {
        /// Id or name of the database
        database: String,

        /// Name of the keyspace
        name: String,

        #[command(flatten)]
        settings: EnvFile,
    },
}

const EXAMPLES: &str = "\
Examples:
  astra-dev db list
  astra-dev db create shop --cloud aws --region us-east-2
  astra-dev db resume shop
  astra-dev db keyspace shop reviews

Exit codes: 0 done, 1 failed, 2 wrong options.";

/// What the token of the environment or of the file administers.
fn admin(settings: &EnvFile, environment: Environment) -> anyhow::Result<Admin> {
    let Some(token) = settings.variable("ASTRA_DB_APPLICATION_TOKEN", environment)? else {
        return Err(misused(
            "ASTRA_DB_APPLICATION_TOKEN is not set",
            "make an application token in the Astra portal, and set it in the environment or in .env",
        ));
    };
    let client = DataApiClient::new(token.parse::<Token>()?);
    let url = settings.variable(DEVOPS_URL, environment)?;
    let client = client.with_options(|options| match url {
        Some(url) => options.devops_url(url),
        None => options,
    });
    Ok(client.admin()?.on_status(|status| {
        if *status != DatabaseStatus::Active {
            output::note(&format!("{status} …"));
        }
    }))
}

impl Db {
    #[tokio::main]
    pub(crate) async fn run(self, environment: Environment) -> anyhow::Result<Outcome> {
        match self.verb {
            Verb::List { json, settings } => list(&admin(&settings, environment)?, json).await?,
            Verb::Create {
                name,
                cloud,
                region,
                keyspace,
                settings,
            } => {
                let database = NewDatabase::new(name, cloud, &*region).keyspace(keyspace);
                let database = admin(&settings, environment)?
                    .create_database(database)
                    .await?;
                output::say(&format!("{} is {}", database.name, database.status));
                output::note(&format!(
                    "next: astra-dev connect --id {} --region {region}",
                    database.id
                ));
            }
            Verb::Resume { database, settings } => {
                let admin = admin(&settings, environment)?;
                let found = find(&admin, &database).await?;
                let database = admin.resume_database(&found.id).await?;
                output::say(&format!("{} is {}", database.name, database.status));
            }
            Verb::Keyspace {
                database,
                name,
                settings,
            } => {
                let admin = admin(&settings, environment)?;
                let found = find(&admin, &database).await?;
                admin.create_keyspace(&found.id, &name).await?;
                output::say(&format!("{} has the keyspace {name}", found.name));
            }
        }
        Ok(Outcome::Done)
    }
}

async fn list(admin: &Admin, json: bool) -> anyhow::Result<()> {
    let databases = admin.list_databases().await?;
    if json {
        let databases: Vec<_> = databases.iter().map(as_json).collect();
        return output::say_json(&databases);
    }
    if databases.is_empty() {
        output::note("there are no databases yet; `astra-dev db create NAME` creates one");
    }
    for database in databases {
        let DatabaseInfo {
            id, name, status, ..
        } = &database;
        let place = format!(
            "{} {}",
            database.cloud_provider,
            database.regions.join(", ")
        );
        output::say(&format!("{id}  {status:<12}  {place:<16}  {name}"));
        output::say(&format!("    keyspaces: {}", database.keyspaces.join(", ")));
    }
    Ok(())
}

fn as_json(database: &DatabaseInfo) -> serde_json::Value {
    serde_json::json!({
        "id": database.id, "name": database.name, "status": database.status.to_string(),
        "cloud_provider": database.cloud_provider, "regions": database.regions,
        "keyspaces": database.keyspaces, "created_at": database.created_at,
        "last_used_at": database.last_used_at,
    })
}

/// The database of an id or, if only one has it, of a name.
async fn find(admin: &Admin, wanted: &str) -> anyhow::Result<DatabaseInfo> {
    if uuid::Uuid::try_parse(wanted).is_ok() {
        return Ok(admin.database(wanted).await?);
    }
    let databases = admin.list_databases().await?;
    let mut found = databases.into_iter().filter(|it| it.name == wanted);
    match (found.next(), found.next()) {
        (Some(database), None) => Ok(database),
        (None, _) => Err(hinted(
            format!("there is no database {wanted}"),
            "`astra-dev db list` shows which there are",
        )),
        (Some(_), Some(_)) => Err(hinted(
            format!("several databases have the name {wanted}"),
            "use the id, which `astra-dev db list` shows",
        )),
    }
}
