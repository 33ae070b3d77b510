//! `astra-dev completions` and `astra-dev man`: the tool's own description in other forms.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

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
    pub(crate) fn run(self, mut tool: Command) -> anyhow::Result<Outcome> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut tool, "astra-dev", &mut script);
        io::stdout().write_all(&script).context("writing")?;
        Ok(Outcome::Done)
    }
}

impl ManPage {
    pub(crate) fn run(self, mut command: Command) -> anyhow::Result<Outcome> {
        // Gives the verbs their full names.
        command.build();
        let Some(directory) = self.dir else {
            let page = page(&command).context("writing the page")?;
            io::stdout().write_all(page.as_bytes()).context("writing")?;
            return Ok(Outcome::Done);
        };
        let writing = || format!("writing pages into {}", directory.display());
        fs::create_dir_all(&directory).with_context(writing)?;
        let verbs = command.get_subcommands();
        for command in verbs
            .filter(|verb| verb.get_name() != "help")
            .chain([&command])
        {
            let file = directory.join(Man::new(command.clone()).get_filename());
            let page = page(command).with_context(writing)?;
            fs::write(file, page).with_context(writing)?;
        }
        output::say(&directory.display().to_string());
        Ok(Outcome::Done)
    }
}

/// A page whose examples keep their lines: the roff of a text that is filled joins and spreads them.
fn page(command: &Command) -> io::Result<String> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    let page = String::from_utf8(page).map_err(io::Error::other)?;
    let Some((before, examples)) = page.split_once("\n.SH EXTRA\n") else {
        return Ok(page);
    };
    let (examples, behind) = examples
        .split_once("\n.SH ")
        .map_or((examples, String::new()), |(examples, behind)| {
            (examples, format!("\n.SH {behind}"))
        });
    Ok(format!(
        "{before}\n.SH EXAMPLES\n.nf\n{examples}\n.fi{behind}"
    ))
}
