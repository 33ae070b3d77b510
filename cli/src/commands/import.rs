//! `astra-dev import`: files into a collection or table, in bounded memory, exactly once.

#[cfg(test)]
mod adversarial;
mod batch;
mod checkpoint;
mod csv;
mod identity;
mod input;
mod json;
mod ledger;
mod lines;
mod records;
mod shape;
mod sink;
mod source;
mod tally;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::Context as _;
use astra_db::Database;
use futures_util::{Stream, stream};
use indicatif::ProgressBar;
use serde::Serialize;
use tokio::sync::mpsc;

use self::batch::Batch;
use self::checkpoint::{Checkpoint, InputCheckpoint};
use self::ledger::Ledger;
use self::shape::Shape;
use self::sink::Sink;
use self::source::Source;
use self::tally::Tally;
use crate::atomic_write::with_suffix;
use crate::database::{Chosen, DatabaseArgs, Environment, MADE_ELSEWHERE};
use crate::format::Format;
use crate::output::{self, Outcome, hinted, misused};
use crate::progress;
use crate::target::{IfMissing, TargetArgs};
use shared::numbers::{counted, grouped};

/// Put documents from a file into a collection, or rows into a table
///
/// Reads JSON Lines or CSV, in as much memory as a few batches need, however large the file is. JSON may also be one
/// list, or objects over several lines; CSV may be separated by semicolons, tabs or vertical bars, as its first line is.
/// Files compressed with gzip are read as they are. All text is UTF-8. Every line is accounted for: what cannot be stored
/// is written to FILE.rejected.jsonl with its line and the reason.
///
/// An import that was interrupted, by Ctrl-C, a crash or a power cut, goes on with --resume: FILE.checkpoint tells what
/// has been acknowledged. Nothing is stored twice. Documents without an _id get one that is made of the file's name, the
/// line and its text, so the same line is the same document whenever it is imported; rows have their primary key.
///
/// A cell of a CSV file that is JSON is taken as JSON (12, true, {"a":1}, "12"), any other as text, an empty one as no
/// value. For a table its columns say what is text.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
pub(crate) struct Import {
    /// The file; - is standard input
    file: PathBuf,

    #[command(flatten)]
    target: TargetArgs,

    /// Format of the file [default: by the end of its name]
    #[arg(long)]
    format: Option<Format>,

    /// Make the collection if it is missing, and its keyspace
    #[arg(long)]
    create: bool,

    /// Go on where an interrupted import of this file stopped
    #[arg(long, conflicts_with = "restart")]
    resume: bool,

    /// Forget an interrupted import of this file and begin again
    #[arg(long)]
    restart: bool,

    /// How many requests of up to 100 documents or rows are under way at a time
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    concurrency: u16,

    /// Stop when more than this many documents or rows were rejected
    #[arg(long, value_name = "N")]
    max_rejected: Option<u64>,

    /// Print the report as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    database: DatabaseArgs,
}

const EXAMPLES: &str = "\
Examples:
  astra-dev import products.jsonl --collection products --create
  astra-dev import products.jsonl --collection products --resume
  astra-dev import reviews.csv --table reviews --keyspace cars
  astra-dev import big.jsonl.gz --collection events
  zstd -dc big.jsonl.zst | astra-dev import - --collection events

Exit codes: 0 everything is stored, 1 it failed, 2 wrong options, 3 some lines were rejected, 130 interrupted.";

#[derive(Serialize)]
struct Report<'a> {
    finished: bool,
    lines: u64,
    #[serde(flatten)]
    tally: Tally,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_file: Option<&'a Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint_file: Option<&'a Path>,
    seconds: f64,
}

/// How the stream of batches ended.
#[derive(PartialEq, Eq)]
enum End {
    Finished,
    Asked,
    TooManyRejected,
}

impl Import {
    #[tokio::main]
    pub(crate) async fn run(self, environment: Environment) -> anyhow::Result<Outcome> {
        let path = self.path();
        if let Some(path) = path {
            input::check_file(path)?;
        }
        let format = Format::of(self.format, path.map(shape::uncompressed).as_deref())?;
        if self.resume && path.is_none() {
            return Err(misused(
                "an import of standard input cannot be resumed",
                "give the name of the file; what was stored is not stored twice in any case",
            ));
        }
        // Before anything is made in the database.
        let size = path.map(size_of).transpose()?.flatten();
        let chosen = self.database.choose(environment)?;
        output::note(&format!("Importing into {}.", chosen.describe()));
        let database = self.open(&chosen).await?;
        let if_missing = if self.create {
            IfMissing::Create
        } else {
            IfMissing::SuggestCreate
        };
        let target = self.target.find(&database, if_missing, &chosen).await?;
        let place = target.place(&database);
        let checkpoint = path.map(InputCheckpoint::beside);
        let resumed = self.resumed(checkpoint.as_ref(), &place)?;
        let at = resumed
            .as_ref()
            .map(|resumed| resumed.position)
            .unwrap_or_default();
        let source = Source::open(path, format, Shape::of(&target, path), at)?;
        let rejected = with_suffix(path.unwrap_or(Path::new("stdin")), ".rejected.jsonl");
        let ledger = Ledger::open(place, rejected, checkpoint, resumed.as_ref())?;
        let concurrency = usize::from(self.concurrency);
        let stop = Arc::new(AtomicBool::new(false));
        let batches = read_ahead(source, concurrency, Arc::clone(&stop));
        let sink = Sink::new(&database, &target, concurrency, batches);
        self.pump(sink, ledger, size, &stop).await
    }

    /// The database, which is made only where the collection is to be made in it.
    async fn open(&self, chosen: &Chosen) -> anyhow::Result<Database> {
        match (self.target.is_collection(), self.create) {
            (true, true) => chosen.open_or_make().await,
            (true, false) => chosen.open("--create makes it, and the collection").await,
            (false, _) => chosen.open(MADE_ELSEWHERE).await,
        }
    }

    /// The file, or none for standard input.
    fn path(&self) -> Option<&Path> {
        Some(self.file.as_path()).filter(|path| path.as_os_str() != "-")
    }

    fn resumed(
        &self,
        checkpoint: Option<&InputCheckpoint>,
        place: &str,
    ) -> anyhow::Result<Option<Checkpoint>> {
        let Some(file) = checkpoint else {
            return Ok(None);
        };
        if self.restart {
            file.remove()?;
            return Ok(None);
        }
        if !self.resume && file.path().exists() {
            return Err(hinted(
                format!("an import of {} was interrupted", self.file.display()),
                "--resume goes on where it stopped, --restart begins again",
            ));
        }
        let resumed = file.read(place)?;
        match &resumed {
            Some(resumed) => output::note(&format!(
                "Going on after line {}.",
                grouped(resumed.position.lines)
            )),
            None if self.resume => {
                output::note("There is nothing to go on with: beginning at the first line.");
            }
            None => {}
        }
        Ok(resumed)
    }

    /// Reads, stores and accounts until the end, or until asked to stop.
    async fn pump(
        &self,
        sink: Sink,
        mut ledger: Ledger,
        size: Option<u64>,
        stop: &AtomicBool,
    ) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let before = ledger.tally;
        let bar = progress::bytes(size, ledger.position.bytes);
        let ended = self.account(sink, &mut ledger, &bar, stop, started).await;
        bar.finish_and_clear();
        match ended {
            Ok(End::Finished) => ledger.finish()?,
            _ => ledger.save()?,
        }
        let finished = matches!(ended, Ok(End::Finished));
        self.report(&ledger, before, started.elapsed(), finished)?;
        match ended? {
            End::Finished if ledger.tally.rejected > 0 => Ok(Outcome::Partly),
            End::Finished => Ok(Outcome::Done),
            End::Asked => Ok(Outcome::Interrupted),
            End::TooManyRejected => Err(hinted(
                match ledger.tally.rejected {
                    1 => "stopped: 1 line was rejected".to_owned(),
                    count => format!("stopped: {} lines were rejected", grouped(count)),
                },
                "see why in the file of the rejected; --resume goes on, with a higher --max-rejected",
            )),
        }
    }

    async fn account(
        &self,
        mut sink: Sink,
        ledger: &mut Ledger,
        bar: &ProgressBar,
        stop: &AtomicBool,
        started: Instant,
    ) -> anyhow::Result<End> {
        let mut end = End::Finished;
        let mut asked = std::pin::pin!(tokio::signal::ctrl_c());
        loop {
            let done = tokio::select! {
                done = sink.next() => done?,
                // What is under way is waited for: it is acknowledged, then the checkpoint tells of it.
                Ok(()) = &mut asked => {
                    if end == End::Asked {
                        // Asked again: nothing acknowledged is lost, only the latest checkpoint.
                        std::process::exit(130);
                    }
                    output::note("Stopping after what is under way … (once more stops at once)");
                    stop.store(true, Ordering::Relaxed);
                    end = End::Asked;
                    asked.set(tokio::signal::ctrl_c());
                    continue;
                }
            };
            let Some(done) = done else { return Ok(end) };
            ledger.enter(&done)?;
            bar.set_position(ledger.position.bytes);
            bar.set_message(message(ledger, started.elapsed()));
            if self
                .max_rejected
                .is_some_and(|most| ledger.tally.rejected > most)
            {
                stop.store(true, Ordering::Relaxed);
                return Ok(End::TooManyRejected);
            }
        }
    }

    fn report(
        &self,
        ledger: &Ledger,
        before: Tally,
        elapsed: Duration,
        finished: bool,
    ) -> anyhow::Result<()> {
        let tally = ledger.tally;
        let seconds = elapsed.as_secs_f64();
        if self.json {
            return output::say_json(&Report {
                finished,
                lines: ledger.position.lines,
                tally,
                rejected_file: ledger.rejected_path(),
                checkpoint_file: ledger.checkpoint_path().filter(|_| !finished),
                seconds,
            });
        }
        let total = |tally: Tally| tally.stored + tally.present + tally.rejected;
        let milliseconds = elapsed.as_millis().max(1);
        let rate = u128::from(total(tally) - total(before)) * 1000 / milliseconds;
        output::say(&format!(
            "{} stored, {} there already, {} rejected; {} in {seconds:.1} s ({} a second)",
            grouped(tally.stored),
            grouped(tally.present),
            grouped(tally.rejected),
            counted(ledger.position.lines, "line"),
            grouped(u64::try_from(rate).unwrap_or(u64::MAX)),
        ));
        if let Some(path) = ledger.rejected_path() {
            output::note(&format!("What was rejected and why: {}", path.display()));
        }
        if !finished && let Some(path) = ledger.checkpoint_path() {
            output::note(&format!(
                "Not finished. Go on with --resume; {} tells how far it came.",
                path.display()
            ));
        }
        Ok(())
    }
}

/// The size of the text of a file, unless it is compressed.
fn size_of(path: &Path) -> anyhow::Result<Option<u64>> {
    let reading = || format!("reading {}", path.display());
    let file = fs::metadata(path).with_context(reading)?;
    let is_gzip = input::is_gzip(path).with_context(reading)?;
    Ok(Some(file.len()).filter(|_| !is_gzip))
}

/// Reads on a thread of its own, no further ahead than the database can use. The thread is not waited for: it may sit at a
/// standard input that never ends.
fn read_ahead(
    mut source: Source,
    batches: usize,
    stop: Arc<AtomicBool>,
) -> impl Stream<Item = anyhow::Result<Batch>> {
    let (sender, mut receiver) = mpsc::channel(batches);
    thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            let Some(batch) = source.next_batch().transpose() else {
                return;
            };
            let failed = batch.is_err();
            if sender.blocking_send(batch).is_err() || failed {
                return;
            }
        }
    });
    stream::poll_fn(move |context| receiver.poll_recv(context))
}

fn message(ledger: &Ledger, elapsed: Duration) -> String {
    let rejected = match ledger.tally.rejected {
        0 => String::new(),
        count => format!(", {} rejected", grouped(count)),
    };
    let lines = grouped(ledger.position.lines);
    format!("{lines} lines{rejected}, {} s", elapsed.as_secs())
}
