//! The collection that the address of a page names.

use astra_db::schema::CollectionDescriptor;
use astra_db::{Collection, CollectionDefinition, Document};
use serde::Deserialize;

use super::address;
use super::error::ConsoleError;
use super::frame::Frame;
use super::state::Console;

/// Which collection a page is about.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct CollectionPath {
    pub(super) keyspace: String,
    pub(super) collection: String,
}

impl CollectionPath {
    pub(super) fn handle(&self, console: &Console) -> Collection<Document> {
        let keyspace = console.database.keyspace(self.keyspace.as_str());
        keyspace.collection(self.collection.as_str())
    }

    /// The address of its documents; all other pages about it are below.
    pub(super) fn href(&self) -> String {
        address::collection(&self.keyspace, &self.collection)
    }

    /// The frame of its main pages.
    pub(super) fn frame(&self, console: &Console) -> Frame {
        Frame::data(console, &self.collection)
            .below(address::keyspace(&self.keyspace), &self.keyspace)
    }

    /// The frame of a page below.
    pub(super) fn frame_below(&self, console: &Console, heading: impl Into<String>) -> Frame {
        Frame::data(console, heading)
            .below(address::keyspace(&self.keyspace), &self.keyspace)
            .below(self.href(), &self.collection)
    }

    /// Its definition.
    pub(super) async fn definition(
        &self,
        console: &Console,
    ) -> Result<CollectionDefinition, ConsoleError> {
        let keyspace = console.database.keyspace(self.keyspace.as_str());
        let mut all = keyspace.list_collections().await?.into_iter();
        let own = all.find(|CollectionDescriptor { name, .. }| *name == self.collection);
        own.map(|own| own.definition).ok_or_else(|| {
            let Self {
                keyspace,
                collection,
            } = self;
            ConsoleError::NotFound(format!(
                "There is no collection {collection} in the keyspace {keyspace}."
            ))
        })
    }
}
