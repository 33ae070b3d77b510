//! What a copy would do, and what it has done.

use serde::Serialize;
use shared::numbers::{counted, grouped};

use super::checkpoint::Ledger;
use super::place::Place;
use super::schema::{Part, Schema};
use crate::output::{self, Outcome, hinted};

/// What became of a collection or table.
#[derive(Debug, Serialize)]
pub(super) struct PartReport {
    name: String,
    #[serde(skip)]
    item: &'static str,
    copied: u64,
    rejected: u64,
    /// In the target, counted afterwards.
    there: u64,
}

/// What the report depends on.
#[derive(Clone, Copy)]
pub(super) struct Options {
    pub(super) overwrite: bool,
    pub(super) json: bool,
}

#[derive(Serialize)]
struct Report {
    finished: bool,
    parts: Vec<PartReport>,
    seconds: f64,
}

/// What would be done, of each type, collection and table.
pub(super) async fn say_plan(
    schema: &Schema,
    parts: &[Part],
    from: &Place,
    there: &[(Part, bool)],
) -> anyhow::Result<()> {
    for it in &schema.types {
        output::say(&format!("type {}", it.name));
    }
    for part in parts {
        let count = match part.count(&from.database).await {
            Ok(count) => counted(count, part.item()),
            Err(error) => return Err(from.explain(error).await),
        };
        let found = there.iter().find(|(it, _)| it.name == part.name);
        let state = match found {
            None => "to be created",
            Some((_, false)) => "there, and empty",
            Some((_, true)) => "there, with something in it",
        };
        let mut tables = schema.tables.iter();
        let indexes = match tables.find(|(table, _)| table.name == part.name) {
            Some((_, indexes)) if !indexes.is_empty() => {
                let word = if indexes.len() == 1 {
                    "index"
                } else {
                    "indexes"
                };
                format!(" and {} {word}", indexes.len())
            }
            _ => String::new(),
        };
        output::say(&format!(
            "{} {}: {count}{indexes}, {state}",
            part.noun(),
            part.name
        ));
    }
    Ok(())
}

/// Counts what the target has now.
pub(super) async fn compare(
    parts: &[Part],
    ledger: &Ledger,
    to: &Place,
) -> anyhow::Result<Vec<PartReport>> {
    let mut copied = Vec::new();
    for part in parts {
        let there = match part.count(&to.database).await {
            Ok(there) => there,
            Err(error) => {
                let counting = format!("counting what {} has now", part.name);
                return Err(to.explain(error).await.context(counting));
            }
        };
        let tally = ledger.position(&part.name).tally;
        copied.push(PartReport {
            name: part.name.clone(),
            item: part.item(),
            copied: tally.copied,
            rejected: tally.rejected,
            there,
        });
    }
    Ok(copied)
}

/// What was done; an error where the counts of both sides differ.
pub(super) fn report(
    options: Options,
    parts: Vec<PartReport>,
    seconds: f64,
) -> anyhow::Result<Outcome> {
    let rejected: u64 = parts.iter().map(|part| part.rejected).sum();
    // With --overwrite the target may have had others before.
    let differs = |part: &PartReport| {
        part.there != part.copied && !(options.overwrite && part.there > part.copied)
    };
    let differing: Vec<String> = parts
        .iter()
        .filter(|part| part.rejected == 0 && differs(part))
        .map(|part| {
            format!(
                "{} has {} but {} were copied",
                part.name,
                counted(part.there, part.item),
                grouped(part.copied)
            )
        })
        .collect();
    if options.json {
        let finished = true;
        output::say_json(&Report {
            finished,
            parts,
            seconds,
        })?;
    } else {
        for part in &parts {
            let left = match part.rejected {
                0 => String::new(),
                count => format!(", {} not copied", grouped(count)),
            };
            output::say(&format!(
                "{}: {} copied{left}",
                part.name,
                counted(part.copied, part.item)
            ));
        }
        output::say(&format!(
            "{} copied in {seconds:.1} s; the counts of both sides were compared",
            counted(parts.len() as u64, "collections and table")
        ));
    }
    if let Some(first) = differing.first() {
        return Err(hinted(
            format!("the counts differ: {first}"),
            "something else writes to the target, or wrote to the source; stop it and copy again with --overwrite",
        ));
    }
    Ok(if rejected > 0 {
        Outcome::Partly
    } else {
        Outcome::Done
    })
}
