//! What a caller chains and awaits: one builder per command, each an `IntoFuture`.

mod count;
mod delete;
mod distinct;
mod drop_collection;
mod find;
mod find_and_rerank;
mod find_one;
mod find_one_and;
mod insert_many;
mod insert_many_stream;
mod insert_one;
mod keyspaces;
mod part;
mod providers;
mod rows;
mod run_command;
mod schema_command;
mod selection;
mod update;
mod user_types;

use serde::Serialize;

pub use count::{CountDocuments, EstimatedDocumentCount};
pub use delete::{DeleteMany, DeleteOne, DeleteResult};
pub use distinct::Distinct;
pub use drop_collection::DropCollection;
pub use find::Find;
pub use find_and_rerank::{FindAndRerank, FoundAndReranked, HybridQuery, RerankScores, Reranked};
pub use find_one::{FindOne, Found};
pub use find_one_and::{
    FindOneAndDelete, FindOneAndReplace, FindOneAndUpdate, FoundAndUpdated, ReplaceOne,
    ReturnDocument,
};
pub(crate) use insert_many::write;
pub use insert_many::{InsertMany, InsertManyResult};
pub use insert_many_stream::{
    InsertManyStream, InsertManyStreamError, InsertOutcomes, InsertProgress, RejectedDocument,
    RejectionReason, StreamOutcome,
};
pub use insert_one::{InsertOne, InsertOneResult};
pub use keyspaces::{CreateKeyspace, DropKeyspace, ListKeyspaces, Replication};
pub use providers::{FindEmbeddingProviders, FindRerankingProviders, ModelStatus};
pub use rows::{DeleteRows, UpdateRow, WriteResult};
pub use run_command::RunCommand;
pub(crate) use schema_command::Place;
pub use schema_command::{CreateSchema, DropSchema, ListSchema};
pub use update::{UpdateMany, UpdateOne, UpdateResult};
pub use user_types::AlterType;

use crate::call_info::Target;
use crate::command::{Call, Reply};
use crate::database::Database;
use crate::deadline::{Deadline, Requests};
use crate::error::Result;
use crate::options::Options;
use crate::retry_class::RetryClass;

/// Sends a command that takes one request.
pub(crate) async fn execute(
    database: &Database,
    options: &Options,
    command: &'static str,
    target: Target,
    payload: &impl Serialize,
) -> Result<Reply> {
    let call = Call::new(command, target, payload)?;
    let deadline = Deadline::start(options, RetryClass::of(command).category, Requests::One);
    database.execute(call, options, &deadline).await
}

/// Drops what has this name.
async fn drop_named(
    database: &Database,
    options: &Options,
    command: &'static str,
    target: Target,
    name: &str,
) -> Result<()> {
    #[derive(Serialize)]
    struct Named<'a> {
        name: &'a str,
    }

    execute(database, options, command, target, &Named { name })
        .await
        .map(drop)
}

/// The options every builder takes for its one call. For an `impl` block of a struct with a field
/// `options: Arc<Options>`.
macro_rules! call_options {
    () => {
        /// One time limit for this call: all of its requests, retries and waits.
        pub fn timeout(self, timeout: std::time::Duration) -> Self {
            self.with_options(|options| options.timeout(timeout))
        }

        /// Whether warnings of the server are errors: [`Options::deny_warnings`](crate::Options::deny_warnings).
        pub fn deny_warnings(self, deny: bool) -> Self {
            self.with_options(|options| options.deny_warnings(deny))
        }

        /// Other options for this call only.
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

/// Awaiting a builder runs it: `awaited!(Builder<T> => Output, T: Bound)`. `details` answers the same
/// in its envelope, or what another method does: `awaited!(Builder => Output as run_in_detail => Whole)`.
macro_rules! awaited {
    ($builder:ty => $output:ty as $run:ident => $whole:ty $(, $($bounds:tt)+)?) => {
        impl$(<$($bounds)+>)? $builder {
            /// What it answers, together with the warnings of the server, the id of the request, and
            /// how many attempts and how long it took: [`Details`](crate::Details).
            pub async fn details(self) -> crate::error::Result<crate::details::Details<$whole>> {
                let recorder = std::sync::Arc::new(crate::details::DetailsRecorder::start());
                let listener = std::sync::Arc::clone(&recorder);
                let value = self
                    .with_options(|options| options.listener(listener))
                    .$run()
                    .await?;
                Ok(recorder.details(value))
            }
        }

        impl$(<$($bounds)+>)? IntoFuture for $builder {
            type Output = crate::error::Result<$output>;
            type IntoFuture = futures_util::future::BoxFuture<'static, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.run())
            }
        }
    };
    ($builder:ty => $output:ty $(, $($bounds:tt)+)?) => {
        crate::action::awaited!($builder => $output as run => $output $(, $($bounds)+)?);
    };
}
pub(crate) use awaited;
