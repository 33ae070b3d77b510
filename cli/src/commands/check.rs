//! `astra-dev check`: whether the local database is whole, and repairing what can be repaired.

use astra_local::{Check as Checked, Problem};
use serde_json::{Value, json};
use shared::numbers::{counted, grouped};

use crate::data_directory::{DataDirectory, explained};
use crate::output::{self, Outcome, hinted};

/// Check the local database for damage, and repair what can be repaired
///
/// Checked are pages, documents against their index entries and vectors, and rows against their keys. It reads everything
/// and changes nothing, also while a server has the database open. With --repair, which needs the server stopped, everything
/// that is derived from documents and rows is made anew in a new file. The old one is kept as astra.db.damaged.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Check {
    /// Make indexes, index entries and vectors anew if something is wrong
    #[arg(long)]
    repair: bool,

    /// Print one JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    data: DataDirectory,
}

const EXAMPLES: &str = "\
Examples:
  astra-dev check
  astra-dev check --data ~/shop --repair
  astra-dev check --json | jq .problems

Exit codes: 0 nothing is wrong, 1 something is wrong or cannot be read, 2 wrong options.";

impl Check {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        let directory = &self.data.directory;
        let (found, repaired) = if self.repair {
            let repair = astra_local::repair(directory).map_err(explained)?;
            (repair.before, repair.after)
        } else {
            (astra_local::check(directory).map_err(explained)?, None)
        };
        if self.json {
            output::say_json(&report(&found, repaired.as_ref()))?;
        } else {
            output::say(&words(&found));
            if let Some(after) = &repaired {
                output::say(&format!("after the repair:\n{}", words(after)));
            }
        }
        let left = repaired.as_ref().unwrap_or(&found);
        verdict(&left.problems, self.repair)
    }
}

fn verdict(problems: &[Problem], repaired: bool) -> anyhow::Result<Outcome> {
    if problems.is_empty() {
        return Ok(Outcome::Done);
    }
    let problem = format!("{} found", counted(problems.len() as u64, "problem"));
    let hint = if !repaired && problems.iter().all(|problem| problem.is_repairable) {
        "stop the server and run `astra-dev check --repair`"
    } else {
        "restore a backup with `astra-dev restore FILE --force`; `astra-dev export` saves what can still be read"
    };
    Err(hinted(problem, hint))
}

fn words(check: &Checked) -> String {
    let mut lines: Vec<String> = check
        .problems
        .iter()
        .map(|problem| format!("{}: {}", problem.place, problem.what))
        .collect();
    let verdict = if lines.is_empty() {
        "nothing is wrong"
    } else {
        "see above"
    };
    lines.push(format!(
        "checked {}, {} index entries, {}, {}: {verdict}",
        counted(check.documents, "document"),
        grouped(check.entries),
        counted(check.vectors, "vector"),
        counted(check.rows, "row"),
    ));
    lines.join("\n")
}

fn report(found: &Checked, repaired: Option<&Checked>) -> Value {
    let left = repaired.unwrap_or(found);
    let listed = |check: &Checked| {
        let problem = |problem: &Problem| json!({"place": problem.place, "what": problem.what, "repairable": problem.is_repairable});
        check.problems.iter().map(problem).collect::<Vec<_>>()
    };
    json!({
        "documents": left.documents,
        "index_entries": left.entries,
        "vectors": left.vectors,
        "rows": left.rows,
        "problems": listed(left),
        "repaired": repaired.map(|_| listed(found)),
    })
}
