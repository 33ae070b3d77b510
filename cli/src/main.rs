//! `astra-dev`: what a developer needs beside the crates. See README.md.

#![expect(
    clippy::doc_markdown,
    reason = "what describes an option is printed by --help as it stands"
)]

mod allocator;
mod atomic_write;
mod cell;
mod checkpoint_file;
mod commands;
mod data_directory;
mod database;
mod diagnosis;
mod format;
mod output;
mod probe;
mod progress;
mod scaffold;
mod target;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use commands::{
    backup, check, compact, connect, copy, create, db, describe, export, health, import, mcp,
    restore, seed, serve, status,
};

/// Developer tool for the Data API of Astra DB, HCD and Cassandra
///
/// Start a project from a sample, make and test a connection, run a Data API on this machine, move documents in and out.
///
/// Commands that work on a database read the settings an application would read: the environment, then .env in this
/// folder; with neither, the embedded database in ./data. `astra-dev status` tells which one that is.
///
/// Results go to standard output, everything else to standard error.
#[derive(Parser)]
#[command(name = "astra-dev", version, arg_required_else_help = true, after_long_help = START)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const START: &str = "\
Where to start:
  astra-dev create my-shop --sample ecommerce     a project of your own
  astra-dev connect --write                       connect it to Astra DB, or to a Data API of yours
  astra-dev serve                                 a Data API for any client, with no account
  astra-dev import FILE --collection NAME         fill it
  astra-dev copy --from ./data --to .env          carry it from the laptop to Astra DB

Exit codes: 0 done, 1 failed, 2 wrong options, 3 done but for some lines, 130 interrupted.
`astra-dev VERB --help` has examples for each.";

#[derive(Subcommand)]
enum Command {
    Create(create::Create),
    Connect(connect::Connect),
    Db(db::Db),
    Serve(serve::Serve),
    Health(health::Health),
    Status(status::Status),
    Mcp(mcp::Mcp),
    Seed(seed::Seed),
    Import(import::Import),
    Export(export::Export),
    Copy(copy::Copy),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Check(check::Check),
    Compact(compact::Compact),
    Completions(describe::Completions),
    Man(describe::ManPage),
}

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    let outcome = match command {
        Command::Create(create) => create.run(),
        Command::Connect(connect) => connect.run(variable),
        Command::Db(db) => db.run(variable),
        Command::Serve(serve) => serve.run(),
        Command::Health(health) => health.run(),
        Command::Status(status) => status.run(variable),
        Command::Mcp(mcp) => mcp.run(variable),
        Command::Seed(seed) => seed.run(variable),
        Command::Import(import) => import.run(variable),
        Command::Export(export) => export.run(variable),
        Command::Copy(copy) => copy.run(variable),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Check(check) => check.run(),
        Command::Compact(compact) => compact.run(),
        Command::Completions(completions) => completions.run(Cli::command()),
        Command::Man(man) => man.run(Cli::command()),
    };
    match outcome {
        Ok(outcome) => outcome.into(),
        Err(error) if terminal::was_interrupted(&error) => output::Outcome::Interrupted.into(),
        Err(error) => {
            output::failure(&error);
            output::code(&error)
        }
    }
}

/// A variable of the environment, which is read nowhere else.
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}
