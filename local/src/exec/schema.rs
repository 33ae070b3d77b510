//! Keyspaces, collections, and what a database offers beside them.

pub(crate) mod collections;
pub(crate) mod keyspaces;
pub(crate) mod list;
pub(crate) mod names;
pub(crate) mod providers;
pub(crate) mod room;
