//! What a request asks, as far as faults depend on it.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::transport::TransportRequest;

/// What a command does to what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    Write,
    /// Asks for or changes the schema, or a keyspace.
    Schema,
}

/// A command on its way.
#[derive(Debug)]
pub(super) struct Command<'a> {
    pub(super) name: String,
    /// The path: a keyspace, and a collection or table in it.
    pub(super) target: &'a str,
    pub(super) kind: Kind,
    pub(super) is_on_table: bool,
    arguments: Option<&'a RawValue>,
}

impl<'a> Command<'a> {
    /// What a request asks; a request that is not a command has no name and is a read.
    pub(super) fn of(request: &'a TransportRequest) -> Self {
        let fields: Option<BTreeMap<String, &RawValue>> =
            serde_json::from_slice(&request.body).ok();
        let (name, arguments) = fields.into_iter().flatten().next().unzip();
        let name = name.unwrap_or_default();
        let kind = match name.as_str() {
            "insertOne" | "insertMany" | "updateOne" | "updateMany" | "deleteOne"
            | "deleteMany" | "findOneAndUpdate" | "findOneAndReplace" | "findOneAndDelete" => {
                Kind::Write
            }
            "find"
            | "findOne"
            | "findAndRerank"
            | "countDocuments"
            | "estimatedDocumentCount"
            | "" => Kind::Read,
            _ => Kind::Schema,
        };
        Self {
            name,
            target: &request.path,
            kind,
            is_on_table: false,
            arguments,
        }
    }

    /// The keyspace, and the collection or table in it.
    pub(super) fn names(&self) -> Option<(&'a str, &'a str)> {
        self.target.split_once('/')
    }

    /// Whether it lists parts of the schema.
    pub(super) fn is_schema_list(&self) -> bool {
        matches!(
            self.name.as_str(),
            "findCollections" | "findKeyspaces" | "listTables" | "listIndexes" | "listTypes"
        )
    }

    /// The `name` that a change of the schema is about.
    pub(super) fn schema_name(&self) -> Option<String> {
        let arguments: BTreeMap<String, &RawValue> =
            serde_json::from_str(self.arguments?.get()).ok()?;
        serde_json::from_str(arguments.get("name")?.get()).ok()
    }

    /// A read of the document that an update of one is about.
    pub(super) fn read_of_same(&self) -> Option<String> {
        let arguments: BTreeMap<String, &RawValue> =
            serde_json::from_str(self.arguments?.get()).ok()?;
        let given = |name: &str| arguments.get(name).map_or("{}", |value| value.get());
        let (filter, sort) = (given("filter"), given("sort"));
        Some(format!(
            r#"{{"findOne": {{"filter": {filter}, "sort": {sort}, "projection": {{"_id": 1}}}}}}"#
        ))
    }

    /// FNV-1a over what a fault is drawn from. The name of the keyspace is left out: tests on a
    /// server make one of their own.
    pub(super) fn hash(&self, seed: u64, number: u64) -> u64 {
        let name = self.names().map_or("", |(_, name)| name);
        let parts = [
            &seed.to_le_bytes()[..],
            self.name.as_bytes(),
            b"/",
            name.as_bytes(),
            &number.to_le_bytes(),
        ];
        let bytes = parts.into_iter().flatten();
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }
}
