//! `astra-dev create`: a workspace of one's own from a sample, complete or not at all.

mod name;
mod programs;
mod unfinished;

use std::io::{self, IsTerminal as _};
use std::path::{self, Path, PathBuf};
use std::{env, fs};

use anyhow::Context as _;
use clap::builder::PossibleValuesParser;
use dialoguer::{Confirm, Input, Select};

use self::unfinished::Unfinished;
use crate::output::{self, Outcome, hinted, misused};
use crate::scaffold::{self, Sample};
use crate::terminal;
use shared::dotenv::quoted;
use shared::numbers::counted;

/// Start a project of your own from a sample
///
/// Writes the sample under its new name, and in vendor/ the crates it needs: everything to build, test and deploy it, with
/// the versions it was tested with, and a first commit. The sources are those of this very version and are part of
/// this program, so nothing is downloaded but the dependencies, and with --offline not even those.
///
/// It is built and tested in its folder, so that the first `cargo run` has nothing left to compile. After a failure, or
/// Ctrl-C, nothing is left behind.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
pub(crate) struct Create {
    /// Name of the project, its package and its folder
    name: Option<String>,

    /// Which sample; --list tells what there is
    #[arg(long, short, value_name = "SAMPLE", value_parser = PossibleValuesParser::new(scaffold::sample_names()))]
    sample: Option<String>,

    /// List the samples
    #[arg(long)]
    list: bool,

    /// Folder to make, or an empty one that is there [default: the name]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// Do not check that it builds and that its tests pass
    #[arg(long)]
    no_check: bool,

    /// Do not make a git repository
    #[arg(long)]
    no_git: bool,

    /// Download nothing: use the dependencies that were fetched before
    #[arg(long)]
    offline: bool,

    /// Ask nothing
    #[arg(long, short)]
    yes: bool,
}

const EXAMPLES: &str = "\
Examples:
  astra-dev create                                  ask for everything
  astra-dev create my-shop --sample ecommerce
  astra-dev create my-bot --sample discord-bot --dir ~/src/my-bot --no-check --yes

Exit codes: 0 it is there, 1 it failed and nothing is, 2 wrong options, 130 interrupted.";

/// What is to be made.
struct Plan {
    sample: Sample,
    name: String,
    folder: PathBuf,
}

impl Create {
    #[tokio::main]
    pub(crate) async fn run(self) -> anyhow::Result<Outcome> {
        if self.list {
            for Sample { name, description } in scaffold::samples()? {
                output::say(&format!("{name:12} {description}"));
            }
            return Ok(Outcome::Done);
        }
        let asking = terminal::Guard::new();
        let Some(plan) = self.plan()? else {
            return Ok(Outcome::Interrupted);
        };
        drop(asking);
        self.check_programs().await?;
        // Dropping the work ends what it runs and removes what it has written.
        let outcome = tokio::select! {
            done = self.make(&plan) => done.map(|()| Outcome::Done),
            () = programs::stop_requested() => Ok(Outcome::Interrupted),
        }?;
        if outcome == Outcome::Interrupted {
            output::note("Interrupted: nothing was made.");
            return Ok(outcome);
        }
        Self::say_what_next(&plan);
        Ok(outcome)
    }

    /// What the options say, and where they do not, what a person answers; everything checked.
    fn plan(&self) -> anyhow::Result<Option<Plan>> {
        let asking = !self.yes && io::stdin().is_terminal() && io::stderr().is_terminal();
        let samples = scaffold::samples()?;
        let sample = self.sample(&samples, asking)?;
        let name = match &self.name {
            Some(name) => name.clone(),
            None if asking => Input::new()
                .with_prompt("Name of the project")
                .validate_with(|name: &String| {
                    name::check(name, &sample).map_err(|error| error.to_string())
                })
                .interact_text()
                .context("asking")?,
            None => {
                return Err(misused(
                    "the name of the project is missing",
                    format!("astra-dev create my-project --sample {}", sample.name),
                ));
            }
        };
        name::check(&name, &sample)?;
        let folder = self.dir.clone().unwrap_or_else(|| PathBuf::from(&name));
        check_folder(&folder)?;
        let plan = Plan {
            sample,
            name,
            folder,
        };
        // Who named everything has decided.
        if asking && (self.name.is_none() || self.sample.is_none()) && !confirmed(&plan)? {
            return Ok(None);
        }
        Ok(Some(plan))
    }

    fn sample(&self, samples: &[Sample], asking: bool) -> anyhow::Result<Sample> {
        let names: Vec<&str> = samples.iter().map(|sample| sample.name.as_str()).collect();
        if let Some(wanted) = &self.sample {
            let found = samples.iter().find(|sample| sample.name == *wanted);
            return found
                .cloned()
                .context("the sample is not among the sources");
        }
        if !asking {
            return Err(misused(
                "the sample is missing",
                format!("give --sample, one of {}", names.join(", ")),
            ));
        }
        let lines = samples
            .iter()
            .map(|sample| format!("{:12} {}", sample.name, sample.description));
        let chosen = Select::new()
            .with_prompt("Which sample?")
            .items(lines)
            .default(0)
            .interact()
            .context("asking")?;
        Ok(samples[chosen].clone())
    }

    async fn check_programs(&self) -> anyhow::Result<()> {
        if !self.no_check {
            programs::check_rust(&scaffold::rust_version()?).await?;
        }
        if !self.no_git {
            programs::check_git().await?;
        }
        Ok(())
    }

    async fn make(&self, plan: &Plan) -> anyhow::Result<()> {
        let files = scaffold::project(&plan.sample, &plan.name)?;
        let project = Unfinished::write(&plan.folder, &files)?;
        let folder = project.folder();
        output::note(&format!("Wrote {}.", counted(files.len() as u64, "file")));
        programs::format(folder, &plan.name).await;
        if !self.no_check {
            output::note(
                "Checking that it builds and that its tests pass; the first time takes a few minutes …",
            );
            // Dependencies may be built with more features for tests: what is run next is built, too.
            for verb in ["build", "test"] {
                programs::check(folder, verb, self.offline).await?;
            }
        }
        // Cargo takes out of the lock file what the other samples needed.
        programs::tidy_lock(folder).await;
        if !self.no_git {
            let message = format!(
                "Start from the sample {} of astra-dev {}",
                plan.sample.name,
                env!("CARGO_PKG_VERSION")
            );
            programs::commit(folder, &message).await;
        }
        project.finish();
        Ok(())
    }

    fn say_what_next(plan: &Plan) {
        let Plan { name, folder, .. } = plan;
        let folder = folder.display().to_string();
        output::say(&folder);
        output::note(&format!("\n{name} is in {folder}. Next:"));
        if folder != "." {
            output::note(&format!("  cd {}", quoted(&folder)));
        }
        output::note(
            "  cargo run                   # no account needed: the data is in ./data
  cargo test                  # its tests, offline
README.md tells what is where, and how to run it on Astra DB.",
        );
    }
}

fn confirmed(plan: &Plan) -> anyhow::Result<bool> {
    let Plan {
        sample,
        name,
        folder,
    } = plan;
    let question = format!(
        "Make {name} in {} from the sample {}?",
        folder.display(),
        sample.name
    );
    Confirm::new()
        .with_prompt(question)
        .default(true)
        .interact()
        .context("asking")
}

fn check_folder(folder: &Path) -> anyhow::Result<()> {
    let shown = folder.display();
    let absolute = path::absolute(folder).with_context(|| format!("looking for {shown}"))?;
    // Cargo puts folders into lists of folders such as PATH.
    if env::join_paths([&absolute]).is_err() {
        return Err(hinted(
            format!(
                "cargo cannot build in {}: its path has a character that separates paths",
                absolute.display()
            ),
            "choose another place with --dir",
        ));
    }
    let elsewhere = "choose another name, or another place with --dir";
    match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(true) => Err(hinted(
            format!("the folder {shown} is there and not empty"),
            elsewhere,
        )),
        Ok(false) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if folder.is_symlink() {
                return Err(hinted(
                    format!("{shown} is a link that leads nowhere"),
                    elsewhere,
                ));
            }
            check_parent(parent_of(folder))
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(hinted(format!("{shown} is a file"), elsewhere))
        }
        Err(error) => Err(error).with_context(|| format!("looking into {shown}")),
    }
}

fn parent_of(folder: &Path) -> &Path {
    match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn check_parent(parent: &Path) -> anyhow::Result<()> {
    if parent.is_dir() {
        return Ok(());
    }
    Err(hinted(
        format!("there is no folder {}", parent.display()),
        "make it first, or choose another place with --dir",
    ))
}
