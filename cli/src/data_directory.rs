//! The directory of a local database, for the commands that work on its file.

use std::path::PathBuf;

use astra_local::MaintenanceError;

use crate::output::hinted;

/// Where the database is.
#[derive(clap::Args, Debug)]
pub(crate) struct DataDirectory {
    /// Directory the data is kept in
    #[arg(
        long = "data",
        env = "ASTRA_DEV_DATA",
        value_name = "DIR",
        default_value = "./data"
    )]
    pub(crate) directory: PathBuf,
}

/// A failure with what to do about it.
pub(crate) fn explained(error: MaintenanceError) -> anyhow::Error {
    let hint = match &error {
        MaintenanceError::NoDatabase { .. } => "give its directory with --data",
        MaintenanceError::Exists { .. } => "--force overwrites it",
        MaintenanceError::Damaged { .. } => {
            "`astra-dev check` lists what is wrong; an older backup may be whole"
        }
        _ => return error.into(),
    };
    hinted(error.to_string(), hint)
}
