//! What the tool says: results on standard output, trouble on standard error.

use std::io::{self, Write};

/// Prints to standard output. A closed pipe is no reason to stop a server.
pub(crate) fn say(text: &str) {
    ignore(writeln!(io::stdout(), "{text}"));
}

/// Prints to standard error.
pub(crate) fn note(text: &str) {
    ignore(writeln!(io::stderr(), "{text}"));
}

/// Prints an error with all its causes, one to a line.
pub(crate) fn failure(error: &anyhow::Error) {
    note(&format!("error: {error}"));
    for cause in error.chain().skip(1) {
        note(&format!("  because: {cause}"));
    }
}

/// Nobody is left to tell when the terminal is gone.
fn ignore(outcome: io::Result<()>) {
    drop(outcome);
}
