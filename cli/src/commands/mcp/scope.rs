//! What an assistant may reach.

use serde_json::{Map, Value};

use super::arguments::text;
use super::tools::Tool;

/// Longest name that a Data API takes, with room to spare.
const LONGEST_NAME: usize = 100;

/// The keyspaces, collections and tables that may be reached, and whether they may be changed.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// The only keyspace, if there is one.
    only: Option<String>,
    /// The only collections and tables of that keyspace; any, if there are none.
    names: Vec<String>,
    /// The keyspace of calls that name none.
    default: String,
    write: bool,
}

impl Scope {
    /// `names` are in `keyspace`, or in the `default` one.
    pub(super) fn new(
        keyspace: Option<String>,
        names: Vec<String>,
        default: &str,
        write: bool,
    ) -> Self {
        let narrowed = (!names.is_empty()).then(|| default.to_owned());
        Self {
            only: keyspace.or(narrowed),
            names,
            default: default.to_owned(),
            write,
        }
    }

    /// The keyspace of calls that name none.
    pub(super) fn default_keyspace(&self) -> &str {
        &self.default
    }

    pub(super) fn may_write(&self) -> bool {
        self.write
    }

    /// Why a tool is not offered, in a sentence; `None` if it is.
    pub(super) fn withholds(&self, tool: Tool) -> Option<String> {
        if tool.is_read_only() {
            return None;
        }
        let name = tool.name();
        if !self.write {
            return Some(format!(
                "{name} changes the database, and this server only reads it. Start it with --write to allow changes."
            ));
        }
        let beyond = |option: &str| {
            Some(format!(
                "{name} reaches beyond what {option} allows. Start the server without {option} to allow it."
            ))
        };
        if self.only.is_some() && !tool.takes("keyspace") {
            return beyond("--keyspace");
        }
        if !self.names.is_empty() && !tool.takes("collection") && !tool.takes("table") {
            return beyond("--collections");
        }
        None
    }

    /// Whether the keyspace, collection and table that the arguments name may be reached.
    pub(super) fn check(&self, arguments: &Map<String, Value>) -> Result<(), String> {
        for argument in ["keyspace", "collection", "table"] {
            let Some(name) = text(arguments, argument)? else {
                continue;
            };
            let is_open = match argument {
                "keyspace" => self.has_keyspace(name),
                _ => self.has_name(name),
            };
            if !is_open {
                return Err(format!(
                    "The {argument} {name:?} is not among those this server was started for."
                ));
            }
            if !is_plain(name) {
                return Err(format!(
                    "The {argument} {name:?} cannot exist: names are letters, digits and underscores."
                ));
            }
        }
        Ok(())
    }

    fn has_keyspace(&self, keyspace: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only == keyspace)
    }

    fn has_name(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|known| known == name)
    }

    /// Takes out of a listing what may not be reached.
    pub(super) fn narrow(&self, answer: &mut Value) {
        let Some(status) = answer.get_mut("status") else {
            return;
        };
        for list in ["keyspaces", "collections", "tables"] {
            let Some(Value::Array(items)) = status.get_mut(list) else {
                continue;
            };
            items.retain(|item| {
                let name = item.as_str().or_else(|| item.get("name")?.as_str());
                name.is_some_and(|name| match list {
                    "keyspaces" => self.has_keyspace(name),
                    _ => self.has_name(name),
                })
            });
        }
    }
}

/// Whether a name stays one part of a path, whatever becomes of it.
fn is_plain(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
        && name.chars().all(|one| one.is_alphanumeric() || one == '_')
}
