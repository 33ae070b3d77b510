//! `astra-dev restore`: a backup in the place of the local database.

use std::path::PathBuf;

use indicatif::DecimalBytes;

use super::backup::overwrite;
use crate::data_directory::{DataDirectory, explained};
use crate::output::{self, Outcome};

/// Put a backup in the place of the local database; nothing may have it open
///
/// The backup is verified before and stays as it is. The database is the old one or the new one at every moment.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Restore {
    /// File that `backup` wrote
    file: PathBuf,

    /// Overwrite the database that is there
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    data: DataDirectory,
}

const EXAMPLES: &str = "\
Examples:
  astra-dev restore shop.db --data ./restored
  astra-dev restore shop.db --force

Exit codes: 0 the backup is in place, 1 everything is as before, 2 wrong options.";

impl Restore {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        let directory = &self.data.directory;
        let restored = astra_local::restore(&self.file, directory, overwrite(self.force))
            .map_err(explained)?;
        output::say(&format!(
            "{}: {} restored from {}",
            directory.display(),
            DecimalBytes(restored.bytes),
            self.file.display()
        ));
        Ok(Outcome::Done)
    }
}
