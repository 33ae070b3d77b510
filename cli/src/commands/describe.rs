//! `astra-dev completions` and `astra-dev man`: the tool's own description in other forms.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::Cli;
use crate::output::{self, Outcome};

/// Print the completions of a shell
///
/// Once they are where the shell looks for them, Tab completes verbs and options.
#[derive(clap::Args)]
#[command(after_long_help = COMPLETIONS)]
pub(crate) struct Completions {
    /// Which shell
    shell: Shell,
}

const COMPLETIONS: &str = "\
Examples:
  astra-dev completions bash > ~/.local/share/bash-completion/completions/astra-dev
  astra-dev completions zsh > ~/.zfunc/_astra-dev        (with ~/.zfunc in fpath)
  astra-dev completions fish > ~/.config/fish/completions/astra-dev.fish";

/// Print the manual page, or write one for every verb
#[derive(clap::Args)]
#[command(after_long_help = MAN)]
pub(crate) struct ManPage {
    /// Write a page for every verb into this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

const MAN: &str = "\
Examples:
  astra-dev man | man -l -
  astra-dev man --dir ~/.local/share/man/man1";

impl Completions {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "astra-dev", &mut script);
        io::stdout().write_all(&script).context("writing")?;
        Ok(Outcome::Done)
    }
}

impl ManPage {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        let command = Cli::command();
        let Some(directory) = self.dir else {
            let mut page = Vec::new();
            Man::new(command)
                .render(&mut page)
                .context("writing the page")?;
            io::stdout().write_all(&page).context("writing")?;
            return Ok(Outcome::Done);
        };
        let writing = || format!("writing pages into {}", directory.display());
        fs::create_dir_all(&directory).with_context(writing)?;
        clap_mangen::generate_to(command, &directory).with_context(writing)?;
        output::say(&directory.display().to_string());
        Ok(Outcome::Done)
    }
}
