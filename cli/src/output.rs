//! What the tool says: results on standard output, everything else on standard error.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use astra_console::connection::Unusable;

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All of it is done.
    Done,
    /// It ran to its end, but something was refused or left out; what, has been said.
    Partly,
    /// It was asked to stop, and can be gone on with.
    Interrupted,
}

impl From<Outcome> for ExitCode {
    /// 1 is a failure and 2 a wrong use, as clap has it; 130 is what shells say of Ctrl-C.
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Partly => Self::from(3),
            Outcome::Interrupted => Self::from(130),
        }
    }
}

/// A failure that comes with what to do about it.
#[derive(Debug)]
pub(crate) struct Hinted {
    problem: String,
    pub(crate) hint: String,
    /// Whether the command was given wrongly, rather than that it failed.
    is_misuse: bool,
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}

impl std::error::Error for Hinted {}

/// A failure with a hint.
pub(crate) fn hinted(problem: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Hinted {
        problem: problem.into(),
        hint: hint.into(),
        is_misuse: false,
    })
}

/// A wrong use of a command, with a hint.
pub(crate) fn misused(problem: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Hinted {
        problem: problem.into(),
        hint: hint.into(),
        is_misuse: true,
    })
}

/// What to do about a cause, and whether the command was given wrongly.
fn advice<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<(&'a str, bool)> {
    let hinted = cause.downcast_ref::<Hinted>();
    let hinted = hinted.map(|hinted| (hinted.hint.as_str(), hinted.is_misuse));
    let unusable = cause.downcast_ref::<Unusable>();
    hinted.or(unusable.map(|unusable| (unusable.hint.as_str(), true)))
}

/// The exit code of a failure.
pub(crate) fn code(error: &anyhow::Error) -> ExitCode {
    let mut advice = error.chain().filter_map(advice);
    let is_misuse = advice.any(|(_, is_misuse)| is_misuse);
    ExitCode::from(if is_misuse { 2 } else { 1 })
}

/// Prints to standard output. A closed pipe is no reason to stop a server.
pub(crate) fn say(text: &str) {
    ignore(writeln!(io::stdout(), "{text}"));
}

/// Prints to standard error.
pub(crate) fn note(text: &str) {
    ignore(writeln!(io::stderr(), "{text}"));
}

/// Prints a value as JSON to standard output.
pub(crate) fn say_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    say(&serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Prints an error with all its causes, one to a line, and what to do about it.
pub(crate) fn failure(error: &anyhow::Error) {
    note(&format!("error: {error}"));
    for cause in error.chain().skip(1) {
        note(&format!("  because: {cause}"));
    }
    for (hint, _) in error.chain().filter_map(advice) {
        note(&format!("hint: {hint}"));
    }
}

/// Nobody is left to tell when the terminal is gone.
fn ignore(outcome: io::Result<()>) {
    drop(outcome);
}
