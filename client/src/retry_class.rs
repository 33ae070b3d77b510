//! What each command does: whether it may be repeated, and whose time limit it has.

use crate::timeouts::TimeoutCategory;

/// What a second run of a command does, hence when it may be repeated without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// A read, or a write whose second run changes nothing and answers the same.
    Idempotent,
    /// Writes one document or one schema object, or nothing. Repeated only when the failure says
    /// that nothing was written.
    SingleWrite,
    /// Writes several documents, possibly only some. Repeated only when it was never received.
    ManyWrites,
}

/// What is known of a command by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RetryClass {
    pub(crate) effect: Effect,
    pub(crate) category: TimeoutCategory,
}

impl RetryClass {
    /// Updates, replacements and deletions are not taken for repeatable even when they would leave
    /// the same document: their counts would tell another story the second time (a `$set` that
    /// lost its answer and is repeated reports "nothing modified", which callers read as a lost
    /// race), and somebody may have written in between. Dropping is not repeatable for the second
    /// reason; creating is, because the server answers `ok` for what is there already.
    pub(crate) fn of(command: &str) -> Self {
        use Effect::{Idempotent, ManyWrites, SingleWrite};
        use TimeoutCategory::{CollectionAdmin, General, KeyspaceAdmin, TableAdmin};
        let (effect, category) = match command {
            "find" | "findOne" | "findAndRerank" | "countDocuments" | "estimatedDocumentCount" => {
                (Idempotent, General)
            }
            "findCollections" | "createCollection" => (Idempotent, CollectionAdmin),
            "deleteCollection" => (SingleWrite, CollectionAdmin),
            "findKeyspaces"
            | "createKeyspace"
            | "findEmbeddingProviders"
            | "findRerankingProviders" => (Idempotent, KeyspaceAdmin),
            "dropKeyspace" => (SingleWrite, KeyspaceAdmin),
            "listTables" | "listIndexes" | "listTypes" => (Idempotent, TableAdmin),
            "createTable" | "dropTable" | "alterTable" | "createIndex" | "createVectorIndex"
            | "createTextIndex" | "dropIndex" | "createType" | "alterType" | "dropType" => {
                (SingleWrite, TableAdmin)
            }
            "insertOne" | "updateOne" | "deleteOne" | "findOneAndUpdate" | "findOneAndReplace"
            | "findOneAndDelete" => (SingleWrite, General),
            _ => (ManyWrites, General),
        };
        Self { effect, category }
    }
}
