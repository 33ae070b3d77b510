//! The database, a keyspace, or something in it, as one chooses it in a form.

use std::fmt;

use astra_db::{Database, Error};

use super::address::segment;

/// The database, a keyspace, or a collection or table, as it stands in addresses and forms: `shop/products`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Target {
    keyspace: String,
    name: String,
}

/// What kind of thing a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Database,
    Keyspace,
    Collection,
    Table,
    /// It is not there (any more).
    Unknown,
}

/// A target to choose from.
#[derive(Debug)]
pub(super) struct Choice {
    /// As in addresses.
    pub(super) target: String,
    pub(super) words: String,
    pub(super) kind: Kind,
}

impl Target {
    pub(super) fn new(keyspace: &str, name: &str) -> Self {
        Self {
            keyspace: keyspace.to_owned(),
            name: name.to_owned(),
        }
    }

    pub(super) fn keyspace(&self) -> Option<&str> {
        Some(self.keyspace.as_str()).filter(|name| !name.is_empty())
    }

    pub(super) fn name(&self) -> Option<&str> {
        Some(self.name.as_str()).filter(|name| !name.is_empty())
    }

    /// The path below the root of the API.
    pub(super) fn path(&self) -> String {
        let names = [self.keyspace(), self.name()].into_iter().flatten();
        names.map(segment).collect::<Vec<_>>().join("/")
    }

    /// For people.
    pub(super) fn words(&self) -> String {
        match (self.keyspace(), self.name()) {
            (None, _) => "the database".to_owned(),
            (Some(keyspace), None) => keyspace.to_owned(),
            (Some(keyspace), Some(name)) => format!("{keyspace} / {name}"),
        }
    }
}

impl From<&str> for Target {
    fn from(text: &str) -> Self {
        let (keyspace, name) = text.split_once('/').unwrap_or((text, ""));
        Self::new(keyspace, name)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{}/{name}", self.keyspace),
            None => f.write_str(&self.keyspace),
        }
    }
}

impl Choice {
    fn new(target: &Target, kind: Kind) -> Self {
        Self {
            target: target.to_string(),
            words: target.words(),
            kind,
        }
    }

    /// Everything there is.
    pub(super) async fn all(database: &Database) -> Result<Vec<Self>, Error> {
        let mut choices = vec![Self::new(&Target::default(), Kind::Database)];
        for name in database.list_keyspaces().await? {
            let keyspace = database.keyspace(name.as_str());
            choices.push(Self::new(&Target::new(&name, ""), Kind::Keyspace));
            for collection in keyspace.list_collection_names().await? {
                choices.push(Self::new(
                    &Target::new(&name, &collection),
                    Kind::Collection,
                ));
            }
            for table in keyspace.list_table_names().await? {
                choices.push(Self::new(&Target::new(&name, &table), Kind::Table));
            }
        }
        Ok(choices)
    }

    /// Makes it possible to choose this one, whether it is there or not.
    pub(super) fn add(choices: &mut Vec<Self>, target: &str) {
        if !choices.iter().any(|choice| choice.target == target) {
            choices.push(Self::new(&Target::from(target), Kind::Unknown));
        }
    }
}
