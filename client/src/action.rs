//! What a caller chains and awaits: one builder per command, each an `IntoFuture`.

mod collections;
mod keyspaces;
mod providers;
mod run_command;

use serde::Serialize;

pub use collections::{CreateCollection, DropCollection, ListCollectionNames, ListCollections};
pub use keyspaces::{CreateKeyspace, DropKeyspace, ListKeyspaces, Replication};
pub use providers::{FindEmbeddingProviders, FindRerankingProviders, ModelStatus};
pub use run_command::RunCommand;

use crate::command::{Call, Nature, Reply, Target};
use crate::database::Database;
use crate::error::Result;
use crate::options::Options;
use crate::transport::{Deadline, Requests};

/// Sends a command that takes one request.
async fn execute(
    database: &Database,
    options: &Options,
    command: &'static str,
    target: Target,
    payload: &impl Serialize,
) -> Result<Reply> {
    let call = Call::new(command, target, payload)?;
    let deadline = Deadline::start(options, Nature::of(command).category, Requests::One);
    database.execute(call, options, &deadline).await
}

/// The options every builder takes for its one call. For an `impl` block of a struct with a field
/// `options: Arc<Options>`.
macro_rules! call_options {
    () => {
        /// One time limit for this call: all of its requests, retries and waits.
        #[must_use]
        pub fn timeout(self, timeout: std::time::Duration) -> Self {
            self.with_options(|options| options.timeout(timeout))
        }

        /// Other options for this call only.
        #[must_use]
        pub fn with_options(
            mut self,
            change: impl FnOnce(crate::options::Options) -> crate::options::Options,
        ) -> Self {
            let options = crate::options::Options::clone(&self.options);
            self.options = std::sync::Arc::new(change(options));
            self
        }
    };
}
pub(crate) use call_options;
