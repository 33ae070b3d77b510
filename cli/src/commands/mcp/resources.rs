//! Resources: the definitions of collections and tables.

use serde_json::Value;

/// Definitions that are listed at most.
pub(super) const MOST: usize = 1000;

const SCHEME: &str = "astra-db://";

/// What is told of the form of addresses.
pub(super) const TEMPLATE: &str = "astra-db://{keyspace}/{name}";

/// The command that lists definitions, and where its answer has them.
pub(super) const LISTS: [(&str, &str); 2] =
    [("findCollections", "collections"), ("listTables", "tables")];

/// The address of a definition.
pub(super) fn address(keyspace: &str, name: &str) -> String {
    format!("{SCHEME}{keyspace}/{name}")
}

/// The keyspace and the name in an address.
pub(super) fn parts(address: &str) -> Option<(&str, &str)> {
    let (keyspace, name) = address.strip_prefix(SCHEME)?.split_once('/')?;
    (!keyspace.is_empty() && !name.is_empty() && !name.contains('/')).then_some((keyspace, name))
}

/// The definitions in the answer to a listing.
pub(super) fn definitions(answer: &Value, list: &str) -> Vec<Value> {
    let found = answer["status"][list].as_array();
    found.cloned().unwrap_or_default()
}
