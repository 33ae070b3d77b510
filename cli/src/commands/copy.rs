//! `astra-dev copy`: a keyspace from one database to another.

mod checkpoint;
mod place;
mod report;
mod schema;
mod transfer;

use std::time::Instant;

use anyhow::Context as _;
use astra_db::EmbeddingKey;
use indicatif::ProgressBar;
use shared::numbers::counted;

use self::checkpoint::{Ledger, Position};
use self::place::Place;
use self::report::{Options, compare, report, say_plan};
use self::schema::{Part, Schema};
use self::transfer::{End, Transfer};
use crate::database::{EnvFile, Environment};
use crate::output::{self, Outcome, hinted, misused};
use crate::progress;
use crate::target::make_keyspace;

/// Copy a keyspace from one database to another: from the laptop to Astra, and back
///
/// Carries over user-defined types, collections with their settings, tables with their indexes, and every document, row
/// and vector as it is. A database is named by the folder of an application's data (DATA_DIR), by its address, or by a file of
/// settings such as the .env that `astra-dev connect --write` makes. For an address the credentials are taken from it
/// (http://USER:PASSWORD@HOST:8181/v1/KEYSPACE) or from ASTRA_DB_APPLICATION_TOKEN, or DATA_API_USERNAME and
/// DATA_API_PASSWORD, in the environment or in .env.
///
/// Nothing is overwritten: a collection or table of the target that has something in it is refused before anything is
/// written, unless --overwrite is given. Nothing is ever deleted. An interrupted copy goes on with --resume. At the end, the
/// documents and rows of both sides are counted and compared. Stop the application meanwhile: what it writes may be missed.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
pub(crate) struct Copy {
    /// Database to read: a folder, an address, or a file of settings
    #[arg(long, value_name = "PLACE")]
    from: String,

    /// Database to write: a folder, an address, or a file of settings
    #[arg(long, value_name = "PLACE")]
    to: String,

    /// Keyspace to read [default: the one that its settings name, else default_keyspace]
    #[arg(long, value_name = "NAME")]
    keyspace: Option<String>,

    /// Keyspace to write [default: the one that its settings name, else the one that is read]
    #[arg(long, value_name = "NAME")]
    to_keyspace: Option<String>,

    /// Only these collections, and the tables of --tables
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    collections: Vec<String>,

    /// Only these tables, and the collections of --collections
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    tables: Vec<String>,

    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,

    /// Replace documents and rows of the target that have the same _id or primary key
    #[arg(long)]
    overwrite: bool,

    /// Go on where an interrupted copy stopped
    #[arg(long, conflicts_with = "restart")]
    resume: bool,

    /// Forget an interrupted copy and begin again
    #[arg(long)]
    restart: bool,

    /// How many requests of up to 100 documents or rows are under way at a time at most
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    concurrency: u16,

    /// Print the report as JSON
    #[arg(long)]
    json: bool,

    /// Key of the embedding provider, where the target makes vectors of text and does not keep the key itself
    #[arg(
        long,
        value_name = "KEY",
        env = "EMBEDDING_API_KEY",
        hide_env_values = true
    )]
    embedding_api_key: Option<String>,

    #[command(flatten)]
    env_file: EnvFile,
}

const EXAMPLES: &str = "\
Examples:
  astra-dev copy --from ./data --to .env --dry-run      what would go to the database that .env names?
  astra-dev copy --from ./data --to .env
  astra-dev copy --from ./data --to https://ID-REGION.apps.astra.datastax.com --resume
  astra-dev copy --from .env --to ./data --collections products,orders
  astra-dev copy --from ./data --to http://127.0.0.1:8181 --to-keyspace shop

Exit codes: 0 everything is copied, 1 it failed, 2 wrong options, 3 copied but for some, 130 interrupted.";

impl Copy {
    #[tokio::main]
    pub(crate) async fn run(self, environment: Environment) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let (from, to) = self.places(environment).await?;
        output::note(&format!(
            "Copying from {}\n          to {}.",
            from.describe(),
            to.describe()
        ));
        let schema = match Schema::read(&from.database).await {
            Ok(schema) => schema.only(&self.collections, &self.tables)?,
            Err(error) => {
                return Err(from
                    .explain(error)
                    .await
                    .context("reading what there is to copy"));
            }
        };
        let parts = schema.parts();
        let overwriting = if self.overwrite { ", overwriting" } else { "" };
        let job = format!("from {} to {}{overwriting}", from.describe(), to.describe());
        let (mut ledger, is_resumed) = Ledger::open(job, self.resume, self.restart)?;
        if self.resume && !is_resumed {
            output::note("There is no interrupted copy here: beginning with the first document.");
        }
        let is_there = self.look(&to).await?;
        if self.dry_run {
            say_plan(&schema, &parts, &from, &is_there).await?;
        }
        self.refuse_occupied(&parts, &ledger, &is_there)?;
        if self.dry_run {
            return Ok(Outcome::Done);
        }
        let replication = to.settings.replication.as_ref();
        if let Err(error) = make_keyspace(&to.database, replication).await {
            return Err(to.explain(error).await.context("creating the keyspace"));
        }
        schema.make(&to).await?;
        for part in &parts {
            // From here on what is found there is this copy's own.
            let position = ledger.position(&part.name);
            ledger.save(&part.name, position)?;
        }
        let end = self.transfer_all(&parts, &from, &to, &mut ledger).await?;
        if end == End::Interrupted {
            output::note("Not finished. Go on with --resume.");
            return Ok(Outcome::Interrupted);
        }
        let copied = compare(&parts, &ledger, &to).await?;
        ledger.finish()?;
        let options = Options {
            overwrite: self.overwrite,
            json: self.json,
        };
        report(options, copied, started.elapsed().as_secs_f64())
    }

    /// Both ends. One folder is opened once.
    async fn places(&self, environment: Environment) -> anyhow::Result<(Place, Place)> {
        let read = |place: &str, keyspace: Option<&str>| {
            place::settings(place, keyspace, &self.env_file, environment)
        };
        let source = read(&self.from, self.keyspace.as_deref()).context("reading --from")?;
        let mut target = read(&self.to, self.to_keyspace.as_deref()).context("reading --to")?;
        let names_none = target.keyspace == shared::settings::DEFAULT_KEYSPACE;
        if self.to_keyspace.is_none() && self.keyspace.is_some() && names_none {
            target.keyspace.clone_from(&source.keyspace);
        }
        let is_one = place::is_same(&source.backend, &target.backend);
        let from = Place::source(source).await?;
        let mut to = if is_one {
            let database = from.database.keyspace(target.keyspace.as_str());
            Place {
                settings: target,
                database,
            }
        } else {
            Place::open(target).await?
        };
        if from.is(&to) {
            return Err(misused(
                "--from and --to are the same keyspace of the same database",
                "name another keyspace with --to-keyspace, or another database",
            ));
        }
        if let Some(key) = &self.embedding_api_key {
            let key = EmbeddingKey::new(key.as_str());
            to.database = to.database.with_options(|options| options.embedding(key));
        }
        Ok((from, to))
    }

    /// The collections and tables of the target that have something in them, and those that are empty.
    async fn look(&self, to: &Place) -> anyhow::Result<Vec<(Part, bool)>> {
        let there = match Schema::read(&to.database).await {
            Ok(schema) => schema.parts(),
            // Made later, or refused then.
            Err(error) if is_missing_keyspace(&error) => return Ok(Vec::new()),
            Err(error) => return Err(to.explain(error).await.context("looking into the target")),
        };
        let mut found = Vec::new();
        for part in there {
            match part.find_keys(&to.database).limit(1).page().await {
                Ok(page) => found.push((part, !page.items.is_empty())),
                Err(error) => {
                    let looking = format!("looking into {}", part.name);
                    return Err(to.explain(error).await.context(looking));
                }
            }
        }
        Ok(found)
    }

    fn refuse_occupied(
        &self,
        parts: &[Part],
        ledger: &Ledger,
        there: &[(Part, bool)],
    ) -> anyhow::Result<()> {
        if self.overwrite {
            return Ok(());
        }
        let is_occupied = |part: &&Part| {
            let mut there = there.iter();
            !ledger.knows(&part.name)
                && there.any(|(it, has_items)| *has_items && it.name == part.name)
        };
        let occupied: Vec<String> = parts
            .iter()
            .filter(is_occupied)
            .map(|part| part.name.clone())
            .collect();
        if occupied.is_empty() {
            return Ok(());
        }
        Err(hinted(
            format!(
                "the target has something in {} already",
                occupied.join(", ")
            ),
            "--overwrite replaces documents of the same _id and rows of the same key, and keeps the others; \
             --collections and --tables choose what is copied",
        ))
    }

    async fn transfer_all(
        &self,
        parts: &[Part],
        from: &Place,
        to: &Place,
        ledger: &mut Ledger,
    ) -> anyhow::Result<End> {
        let bar = progress::bytes(None, 0);
        let end = self.transfer_each(parts, from, to, ledger, &bar).await;
        bar.finish_and_clear();
        if end.is_err() {
            output::note("Not finished. Go on with --resume.");
        }
        end
    }

    async fn transfer_each(
        &self,
        parts: &[Part],
        from: &Place,
        to: &Place,
        ledger: &mut Ledger,
        bar: &ProgressBar,
    ) -> anyhow::Result<End> {
        for part in parts {
            let Position {
                tally, finished, ..
            } = ledger.position(&part.name);
            if finished {
                continue;
            }
            if tally.total() > 0 {
                let before = counted(tally.total(), part.item());
                output::note(&format!("{}: going on after {before}.", part.name));
            }
            let transfer = Transfer {
                part,
                from,
                to,
                overwrite: self.overwrite,
                concurrency: self.concurrency.into(),
            };
            if transfer.run(ledger, bar).await? == End::Interrupted {
                return Ok(End::Interrupted);
            }
            bar.println(format!("{}: done", part.name));
        }
        Ok(End::Finished)
    }
}

fn is_missing_keyspace(error: &astra_db::Error) -> bool {
    shared::Unavailable::of(error) == shared::Unavailable::NoKeyspace
}
