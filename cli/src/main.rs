//! `astra-dev`: what a developer needs beside the crates. See README.md.

mod commands;
mod database;
mod diagnosis;
mod dotenv;
mod output;
mod probe;

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
    Connect(commands::connect::Connect),
    Serve(commands::serve::Serve),
}

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    let outcome = match command {
        Command::Connect(connect) => connect.run(),
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
