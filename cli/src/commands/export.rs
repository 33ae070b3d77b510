//! `astra-dev export`: a collection or table into a file, page by page, resumable.

mod checkpoint;
mod writer;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use astra_db::{Database, Page, PageState};
use serde::Serialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;
use shared::json;

use self::checkpoint::Checkpoint;
use self::writer::{Column, Writer};
use crate::cell;
use crate::checkpoint_file::CheckpointFile;
use crate::database::{DatabaseArgs, Environment, MADE_ELSEWHERE};
use crate::format::Format;
use crate::output::{self, Outcome, hinted};
use crate::progress;
use crate::target::{IfMissing, Target, TargetArgs, whole};
use shared::numbers::counted;

/// Between two checkpoints: this much is fetched again after a crash.
const INTERVAL: Duration = Duration::from_millis(500);

/// Write the documents of a collection, or the rows of a table, to a file
///
/// Writes JSON Lines or CSV to standard output, or to a file that appears under its name once it is complete. Page by
/// page, in as much memory as one page needs. What is exported can be imported again and is the same then.
///
/// An export to a file that was interrupted goes on with --resume. Documents that others change meanwhile may be
/// exported in the old or the new state.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Export {
    #[command(flatten)]
    target: TargetArgs,

    /// File to write [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Format [default: by the end of the file's name, else jsonl]
    #[arg(long)]
    format: Option<Format>,

    /// Only what matches, as JSON: '{"price": {"$lt": 10}}'
    #[arg(long, value_name = "JSON", value_parser = filter, default_value = "{}")]
    filter: Json,

    /// Fields of a CSV file, in their order [default: all there are]
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    fields: Vec<String>,

    /// Go on where an interrupted export to this file stopped
    #[arg(long, requires = "output")]
    resume: bool,

    /// Replace the file if it is there
    #[arg(long, requires = "output")]
    overwrite: bool,

    /// Print the report as JSON to standard error
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    database: DatabaseArgs,
}

const EXAMPLES: &str = "\
Examples:
  astra-dev export --collection products > products.jsonl
  astra-dev export --collection products -o products.csv --fields _id,name,price
  astra-dev export --table reviews --filter '{\"stars\": 5}' -o best.jsonl
  astra-dev export --collection events -o events.jsonl --resume

Exit codes: 0 everything is exported, 1 it failed, 2 wrong options, 130 interrupted.";

/// Deeper than any filter means something, and no deeper than can be read by recursion.
const DEEPEST: usize = 32;

fn filter(text: &str) -> Result<Json, String> {
    if json::depth(text.as_bytes()) > DEEPEST {
        return Err(format!("it is nested more than {DEEPEST} levels deep"));
    }
    match serde_json::from_str(text) {
        Ok(filter @ Json::Object(_)) => Ok(filter),
        Ok(_) => Err("a filter is a JSON object, {\"price\": 10} for example".to_owned()),
        Err(error) => Err(format!("it is not JSON: {error}")),
    }
}

#[derive(Serialize)]
struct Report<'a> {
    finished: bool,
    exported: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a Path>,
    seconds: f64,
}

/// How far the export has come.
struct Progress {
    exported: u64,
    next: Option<PageState>,
}

impl Export {
    #[tokio::main]
    pub(crate) async fn run(self, environment: Environment) -> anyhow::Result<Outcome> {
        let format = Format::of(self.format, self.output.as_deref())?;
        let chosen = self.database.choose(environment)?;
        output::note(&format!("Exporting from {}.", chosen.describe()));
        let database = chosen.open(MADE_ELSEWHERE).await?;
        let target = self
            .target
            .find(&database, IfMissing::Fail, &chosen)
            .await?;
        let job = format!("{} {format:?} {}", target.place(&database), self.filter);
        let checkpoint = self.output.as_deref().map(CheckpointFile::beside);
        let resumed = self.resumed(checkpoint.as_ref(), &job, target.item())?;
        let columns = self.columns(&target);
        let bytes = resumed.as_ref().map(|resumed| resumed.bytes);
        let writer = Writer::open(self.output.as_deref(), format, columns, bytes)?;
        let progress = Progress {
            exported: resumed.as_ref().map_or(0, |resumed| resumed.exported),
            next: resumed.map(|resumed| PageState::from(resumed.page_state)),
        };
        self.pump(
            &database,
            &target,
            writer,
            checkpoint.map(|file| (file, job)),
            progress,
        )
        .await
    }

    /// The columns of a CSV file, as far as they are known before the first document.
    fn columns(&self, target: &Target) -> Option<Vec<Column>> {
        let (names, definition): (Vec<String>, _) = match target {
            Target::Table(_, definition) if self.fields.is_empty() => {
                let names = definition.columns.iter().map(|(name, _)| name.to_owned());
                (names.collect(), Some(definition))
            }
            Target::Table(_, definition) => (self.fields.clone(), Some(definition)),
            Target::Collection(_) if self.fields.is_empty() => return None,
            Target::Collection(_) => (self.fields.clone(), None),
        };
        let is_text = |name: &str| {
            let column = definition.and_then(|definition| definition.columns.get(name));
            column.is_some_and(|column| cell::holds_text(&column.kind))
        };
        let column = |name: String| Column {
            is_text: is_text(&name),
            name,
        };
        Some(names.into_iter().map(column).collect())
    }

    fn resumed(
        &self,
        file: Option<&CheckpointFile>,
        job: &str,
        item: &str,
    ) -> anyhow::Result<Option<Checkpoint>> {
        let (Some(file), Some(path)) = (file, &self.output) else {
            return Ok(None);
        };
        if self.resume {
            let resumed = Checkpoint::read(file, job)?;
            let said = match &resumed {
                Some(resumed) => {
                    format!("Going on after {}.", counted(resumed.exported, item))
                }
                None => "There is nothing to go on with: beginning at the first page.".to_owned(),
            };
            output::note(&said);
            if resumed.is_some() {
                return Ok(resumed);
            }
        }
        if path.exists() && !self.overwrite {
            return Err(hinted(
                format!("{} is there already", path.display()),
                "choose another name, or replace it with --overwrite",
            ));
        }
        Ok(None)
    }

    async fn pump(
        &self,
        database: &Database,
        target: &Target,
        mut writer: Writer,
        checkpoint: Option<(CheckpointFile, String)>,
        mut progress: Progress,
    ) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let bar = progress::bytes(None, 0);
        let mut asked = std::pin::pin!(tokio::signal::ctrl_c());
        let mut saved = Instant::now();
        let outcome = loop {
            let page = tokio::select! {
                page = self.page(database, target, progress.next.take()) => page.context("fetching a page")?,
                Ok(()) = &mut asked => break Outcome::Interrupted,
            };
            for document in &page.items {
                writer.write(document)?;
            }
            progress.exported += page.items.len() as u64;
            progress.next = page.next_page_state;
            let seconds = started.elapsed().as_secs();
            let exported = counted(progress.exported, target.item());
            bar.set_message(format!("{exported}, {seconds} s"));
            let Some(next) = &progress.next else {
                break Outcome::Done;
            };
            if let Some((file, job)) = checkpoint.as_ref().filter(|_| saved.elapsed() > INTERVAL) {
                let bytes = writer.sync()?;
                file.write(&Checkpoint {
                    job: job.clone(),
                    page_state: next.as_str().to_owned(),
                    bytes,
                    exported: progress.exported,
                })?;
                saved = Instant::now();
            }
        };
        bar.finish_and_clear();
        let finished = outcome == Outcome::Done;
        if finished {
            writer.finish()?;
            if let Some((file, _)) = &checkpoint {
                file.remove()?;
            }
        }
        let exported = progress.exported;
        self.report(target.item(), exported, finished, started.elapsed())?;
        Ok(outcome)
    }

    async fn page(
        &self,
        database: &Database,
        target: &Target,
        state: Option<PageState>,
    ) -> astra_db::Result<Page<Box<RawValue>>> {
        let find = match target {
            Target::Collection(name) => database
                .collection(name.as_str())
                .find(&self.filter)
                .projection(whole()),
            Target::Table(name, _) => database.table(name.as_str()).find(&self.filter),
        };
        match state {
            Some(state) => find.page_state(state).page().await,
            None => find.page().await,
        }
    }

    fn report(
        &self,
        item: &str,
        exported: u64,
        finished: bool,
        elapsed: Duration,
    ) -> anyhow::Result<()> {
        let seconds = elapsed.as_secs_f64();
        if self.json {
            let file = self.output.as_deref();
            let report = Report {
                finished,
                exported,
                file,
                seconds,
            };
            // Standard output may be the export itself.
            output::note(&serde_json::to_string_pretty(&report)?);
            return Ok(());
        }
        output::note(&format!(
            "{} exported in {seconds:.1} s",
            counted(exported, item)
        ));
        if !finished && self.output.is_some() {
            output::note("Not finished. Go on with --resume.");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use test_support::small_stack::{check, run, text};

    use super::*;

    #[test]
    fn adversarial_filters_are_taken_or_refused() {
        const PIECES: &[&[u8]] = &[
            b"{",
            b"}",
            b"[",
            b"]",
            b"{\"a\":",
            b"{\"$and\":[",
            b"\"",
            b"\\",
            b",",
            b"1",
            b"\"a\":1,",
            b"\xff",
        ];
        check(text(PIECES), |text| drop(filter(&text)));
        run(|| {
            let nested =
                |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
            assert!(filter(&nested(DEEPEST)).is_ok());
            assert!(filter(&nested(DEEPEST + 1)).is_err());
            assert!(filter(&nested(100_000)).is_err());
        });
    }
}
