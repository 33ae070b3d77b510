//! `astra-dev compact`: the local database without the space that deleted data has left.

use indicatif::DecimalBytes;
use shared::numbers::counted;

use crate::data_directory::{DataDirectory, explained};
use crate::output::{self, Outcome};

/// Give the space of deleted data back to the disk; nothing may have the database open
///
/// The file is written anew, which needs room for a second one meanwhile. Killed at any moment, the database is as it was.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Compact {
    #[command(flatten)]
    data: DataDirectory,
}

const EXAMPLES: &str = "\
Examples:
  astra-dev compact
  astra-dev compact --data ~/shop

Exit codes: 0 it is compact, 1 it is as it was, 2 wrong options.";

impl Compact {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        let done = astra_local::compact(&self.data.directory).map_err(explained)?;
        output::say(&format!(
            "{} before, {} after; removed {}",
            DecimalBytes(done.before),
            DecimalBytes(done.after),
            counted(done.paths as u64, "unused path")
        ));
        Ok(Outcome::Done)
    }
}
