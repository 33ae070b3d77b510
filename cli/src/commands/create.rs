//! `astra-dev create`: a workspace of one's own from a sample, complete or not at all.

mod half_made;
mod name;
mod programs;

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use self::half_made::HalfMade;
use crate::output::{self, Outcome, counted, hinted};
use crate::scaffold::{self, Sample, Written};
use crate::terminal;
use anyhow::Context as _;
use dialoguer::{Confirm, Input, Select};

/// Start a project of your own from a sample
///
/// Writes a workspace with the sample under its new name and the crates it needs: everything to build, test and deploy it,
/// with the versions it was tested with, and a first commit. The sources are those of this very version and are part of
/// this program, so nothing is downloaded but the dependencies, and with --offline not even those.
///
/// The folder appears once it is complete: after a failure, or Ctrl-C, nothing is left behind.
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
    #[arg(long, short, value_name = "SAMPLE")]
    sample: Option<String>,

    /// List the samples
    #[arg(long)]
    list: bool,

    /// Folder to make [default: the name]
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
                .validate_with(|name: &String| name::check(name).map_err(|error| error.to_string()))
                .interact_text()
                .context("asking")?,
            None => {
                return Err(hinted(
                    "the name of the project is missing",
                    format!("astra-dev create my-project --sample {}", sample.name),
                ));
            }
        };
        name::check(&name)?;
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
        let Some(wanted) = &self.sample else {
            if !asking {
                return Err(hinted(
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
            return Ok(samples[chosen].clone());
        };
        let found = samples.iter().find(|sample| sample.name == *wanted);
        found.cloned().ok_or_else(|| {
            hinted(
                format!("there is no sample {wanted}"),
                format!("there are {}", names.join(", ")),
            )
        })
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

    /// Writes everything beside its place, checks it there, and moves it into its place in one step.
    async fn make(&self, plan: &Plan) -> anyhow::Result<()> {
        let files = scaffold::workspace(&plan.sample, &plan.name)?;
        let parent = parent_of(&plan.folder);
        let half_made = HalfMade::beside(parent, &plan.name)?;
        write(half_made.path(), &files).context("writing the project")?;
        output::note(&format!("Wrote {}.", counted(files.len() as u64, "file")));
        programs::format(half_made.path(), &plan.name).await;
        if !self.no_check {
            output::note(
                "Checking that it builds and that its tests pass; the first time takes a few minutes …",
            );
            programs::test(half_made.path(), &plan.name, self.offline).await?;
        }
        // Cargo takes out of the lock file what the other samples needed.
        programs::tidy_lock(half_made.path()).await;
        if !self.no_git {
            let message = format!(
                "Start from the sample {} of astra-dev {}",
                plan.sample.name,
                env!("CARGO_PKG_VERSION")
            );
            programs::commit(half_made.path(), parent, &message).await?;
        }
        half_made.place(&plan.folder)
    }

    fn say_what_next(plan: &Plan) {
        let Plan { name, folder, .. } = plan;
        output::say(&folder.display().to_string());
        output::note(&format!(
            "
{name} is in {folder}. Next:
  cd {folder}
  cargo run                   # no account needed: the data is in ./data
  cargo test --workspace      # every test, offline
README.md tells what is where, and how to run it on Astra DB.",
            folder = folder.display()
        ));
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

fn parent_of(folder: &Path) -> &Path {
    match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn check_folder(folder: &Path) -> anyhow::Result<()> {
    let shown = folder.display();
    let parent = parent_of(folder);
    if !parent.is_dir() {
        return Err(hinted(
            format!("there is no folder {}", parent.display()),
            "make it first, or choose another place with --dir",
        ));
    }
    match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(true) => Err(hinted(
            format!("the folder {shown} is there and not empty"),
            "choose another name, or another place with --dir",
        )),
        Ok(false) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(hinted(
            format!("{shown} is a file"),
            "choose another name, or another place with --dir",
        )),
        Err(error) => Err(error).with_context(|| format!("looking into {shown}")),
    }
}

fn write(root: &Path, files: &[Written]) -> io::Result<()> {
    for file in files {
        let path = root.join(&file.path);
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        fs::write(&path, &file.bytes)?;
        if file.executable {
            make_executable(&path)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}
