//! `astra-dev`: what a developer needs beside the crates. See README.md.

mod beside;
mod cell;
mod commands;
mod database;
mod diagnosis;
mod dotenv;
mod format;
mod output;
mod probe;
mod progress;
mod scaffold;
mod target;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Developer tool for the Astra Data API.
#[derive(Parser)]
#[command(name = "astra-dev", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(commands::create::Create),
    Connect(commands::connect::Connect),
    Status(commands::status::Status),
    Import(commands::import::Import),
    Export(commands::export::Export),
    Serve(commands::serve::Serve),
}

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    let outcome = match command {
        Command::Create(create) => create.run(),
        Command::Connect(connect) => connect.run(),
        Command::Status(status) => status.run(),
        Command::Import(import) => import.run(),
        Command::Export(export) => export.run(),
        Command::Serve(serve) => serve.run(),
    };
    match outcome {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            output::failure(&error);
            ExitCode::FAILURE
        }
    }
}
