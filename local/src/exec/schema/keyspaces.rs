//! createKeyspace, dropKeyspace, findKeyspaces.

use super::names;
use crate::command::Command;
use crate::command::arguments::Arguments;
use crate::command::fields::{NAME, NEW_NAME};
use crate::command::rule::Rule;
use crate::command::shape::{Field, Others, Shape};
use crate::error::{ApiError, database};
use crate::exec::call::{Call, OnDatabase};
use crate::json::{Object, Value};
use crate::response::Answer;

const KEYSPACE_OPTIONS: Shape = Shape::of(&[Field::shape("replication", &REPLICATION)]);
/// Beside its class, a number of copies for each data centre, or one number under `replication_factor`.
const REPLICATION: Shape = Shape {
    fields: &[Field::text("class").property("strategy").rules(&[
        Rule::Given,
        Rule::OneOf(&["SimpleStrategy", "NetworkTopologyStrategy"]),
    ])],
    others: Others::Integers("factors"),
};

#[derive(Debug)]
pub(crate) struct CreateKeyspace {
    name: Option<String>,
    replication: Option<Replication>,
}

/// On how many nodes, and of which datacenters, a keyspace is to be kept.
#[derive(Debug)]
struct Replication {
    /// The name of the strategy.
    class: String,
    /// The number of copies for each name the strategy knows: a datacenter, or `replication_factor`.
    factors: Vec<(String, i32)>,
}

impl Command for CreateKeyspace {
    const SHAPE: Shape = Shape::of(&[NEW_NAME, Field::shape("options", &KEYSPACE_OPTIONS)]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            name: arguments.text("name"),
            replication: Replication::take(&mut arguments.options()),
        })
    }
}

impl Replication {
    fn take(options: &mut Arguments) -> Option<Self> {
        let mut replication = options.shape("replication")?;
        Some(Self {
            class: replication.text("class").unwrap_or_default(),
            factors: replication.integers("factors").unwrap_or_default(),
        })
    }
}

impl OnDatabase for CreateKeyspace {
    /// Makes a keyspace; one that exists already stays as it is. Replication has no effect on one machine, but what no
    /// cluster could do is refused.
    fn run(self, call: &Call<'_>) -> Result<Answer, ApiError> {
        let name = names::check(self.name, "keyspace")?;
        call.storage.write(move |writer| -> Result<(), ApiError> {
            if writer.catalogue().keyspace(&name).is_none() {
                if let Some(replication) = &self.replication {
                    check(replication)?;
                }
                writer.create_keyspace(&name, "{}")?;
            }
            Ok(())
        })?;
        Ok(Answer::ok())
    }
}

#[derive(Debug)]
pub(crate) struct DropKeyspace {
    name: String,
}

impl Command for DropKeyspace {
    const SHAPE: Shape = Shape::of(&[NAME, Field::no_options()]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            name: arguments.name(),
        })
    }
}

impl OnDatabase for DropKeyspace {
    /// Drops a keyspace; one that does not exist is fine, one that could not is not.
    fn run(self, call: &Call<'_>) -> Result<Answer, ApiError> {
        let name = self.name;
        if let Some(other) = name
            .chars()
            .find(|character| !names::is_allowed(*character))
        {
            let kind = if other == '"' {
                &database::UNSUPPORTED_DATABASE_QUERY
            } else {
                &database::INVALID_DATABASE_QUERY
            };
            return Err(kind.because(format!(
                "No keyspace can be named '{name}'. Names have letters, digits and underscores (A-Z, a-z, 0-9, _)."
            )));
        }
        call.storage
            .free(move |writer| writer.drop_keyspace(&name).map(std::mem::drop))?;
        Ok(Answer::ok())
    }
}

/// With the name under which the answer lists them.
#[derive(Debug)]
pub(crate) struct FindKeyspaces {
    listed_as: &'static str,
}

impl Command for FindKeyspaces {
    const SHAPE: Shape = Shape::of(&[Field::no_options()]);

    fn read(name: &'static str, _: &mut Arguments) -> Result<Self, ApiError> {
        let listed_as = match name {
            "findNamespaces" => "namespaces",
            _ => "keyspaces",
        };
        Ok(Self { listed_as })
    }
}

impl OnDatabase for FindKeyspaces {
    fn run(self, call: &Call<'_>) -> Result<Answer, ApiError> {
        let catalogue = call.storage.catalogue();
        let names: Vec<Value> = catalogue
            .keyspaces()
            .map(|keyspace| keyspace.name.as_str().into())
            .collect();
        Ok(Answer::of_status(Object::from([(self.listed_as, names)])))
    }
}

/// The real server leaves this to Cassandra, and has no error of its own for what that refuses.
fn check(replication: &Replication) -> Result<(), ApiError> {
    let by_datacenter = replication.class == "NetworkTopologyStrategy";
    if by_datacenter && replication.factors.is_empty() {
        return Err(database::UNEXPECTED_DRIVER_ERROR.because(
            "NetworkTopologyStrategy needs at least one datacenter. Give its name with the number of copies.",
        ));
    }
    let heeded = |name: &str| by_datacenter || name == "replication_factor";
    let negative = replication
        .factors
        .iter()
        .find(|(name, copies)| *copies < 0 && heeded(name));
    match negative {
        None => Ok(()),
        Some((name, copies)) => Err(database::UNEXPECTED_DRIVER_ERROR.because(format!(
            "The number of copies for '{name}' cannot be negative; it is {copies}."
        ))),
    }
}
