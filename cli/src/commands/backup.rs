//! `astra-dev backup`: a copy of the local database.

use std::path::PathBuf;

use astra_local::Overwrite;
use indicatif::DecimalBytes;

use crate::data_directory::{DataDirectory, explained};
use crate::output::{self, Outcome};

/// Copy the local database into a file, also while a server has it open
///
/// The copy is the database at one moment. It appears under its name once it is complete, verified and on disk. Copying
/// rests as long as it works, so that the server keeps half of the disk.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Backup {
    /// File to write
    file: PathBuf,

    /// Overwrite the file if it exists
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    data: DataDirectory,
}

const EXAMPLES: &str = "\
Examples:
  astra-dev backup shop.db
  astra-dev backup --data ~/shop /backups/shop-$(date +%F).db

Exit codes: 0 the copy is complete and verified, 1 there is none, 2 wrong options.";

impl Backup {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        let overwrite = overwrite(self.force);
        let backup =
            astra_local::backup(&self.data.directory, &self.file, overwrite).map_err(explained)?;
        output::say(&format!(
            "{}: {}, copied and verified in {:.1} s",
            self.file.display(),
            DecimalBytes(backup.bytes),
            backup.took.as_secs_f64()
        ));
        Ok(Outcome::Done)
    }
}

pub(super) fn overwrite(force: bool) -> Overwrite {
    if force {
        Overwrite::Replace
    } else {
        Overwrite::Never
    }
}
