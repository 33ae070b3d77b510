//! What exists: keyspaces with their collections, tables and types, held in memory and replaced as a whole by each
//! commit that changes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::collection::Collection;
use super::table::Table;
use crate::table::column_type::UserType;

/// All keyspaces as of one commit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Catalogue {
    pub(super) keyspaces: BTreeMap<String, Arc<Keyspace>>,
}

/// One keyspace with what is in it. Collections and tables never share a name.
#[derive(Debug, Clone)]
pub(crate) struct Keyspace {
    pub(super) id: i64,
    /// Its name, unique in the database.
    pub(crate) name: String,
    pub(super) collections: BTreeMap<String, Arc<Collection>>,
    pub(super) tables: BTreeMap<String, Arc<Table>>,
    pub(super) types: BTreeMap<String, Arc<UserType>>,
}

impl Catalogue {
    /// The keyspace of that name.
    pub(crate) fn keyspace(&self, name: &str) -> Option<&Arc<Keyspace>> {
        self.keyspaces.get(name)
    }

    /// Every keyspace, by name.
    pub(crate) fn keyspaces(&self) -> impl Iterator<Item = &Arc<Keyspace>> {
        self.keyspaces.values()
    }

    /// The collection of that name in that keyspace.
    pub(crate) fn collection(&self, keyspace: &str, name: &str) -> Option<&Arc<Collection>> {
        self.keyspaces.get(keyspace)?.collections.get(name)
    }

    /// Whether this very collection is there, not another of its name.
    pub(crate) fn has(&self, collection: &Collection) -> bool {
        self.collection(&collection.keyspace, &collection.name)
            .is_some_and(|found| found.id == collection.id)
    }

    pub(super) fn keyspace_mut(&mut self, name: &str) -> Option<&mut Keyspace> {
        self.keyspaces.get_mut(name).map(Arc::make_mut)
    }
}

impl Keyspace {
    /// The collection of that name.
    pub(crate) fn collection(&self, name: &str) -> Option<&Arc<Collection>> {
        self.collections.get(name)
    }

    /// Every collection, by name.
    pub(crate) fn collections(&self) -> impl Iterator<Item = &Arc<Collection>> {
        self.collections.values()
    }

    /// The table of that name.
    pub(crate) fn table(&self, name: &str) -> Option<&Arc<Table>> {
        self.tables.get(name)
    }

    /// Every table, by name.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.tables.values()
    }

    /// The user-defined type of that name.
    pub(crate) fn user_type(&self, name: &str) -> Option<&Arc<UserType>> {
        self.types.get(name)
    }

    /// Every user-defined type, by name.
    pub(crate) fn user_types(&self) -> impl Iterator<Item = &Arc<UserType>> {
        self.types.values()
    }
}
