//! What `findOneAndUpdate`, `findOneAndReplace` and `findOneAndDelete` have in common.

mod delete;
mod replace;
mod update;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use self::delete::FindOneAndDelete;
pub use self::replace::{FindOneAndReplace, ReplaceOne};
pub use self::update::FindOneAndUpdate;
use super::find_one::one_document;
use super::part::{Part, optional_object};
use super::update::UpdateResult;
use crate::command::Reply;
use crate::error::{ApiError, Result};
use crate::named::NamedRef;
use crate::options::Options;
use crate::sort::Sort;

/// Which state of a changed document to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReturnDocument {
    /// As it was; `None` when an upsert stored it.
    #[default]
    Before,
    /// As it is then.
    After,
}

/// A document and what was done to it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FoundAndUpdated<T> {
    /// The document, before or after; `None` if none matched.
    pub document: Option<T>,
    /// What was done.
    pub result: UpdateResult,
}

/// A document and whether it was deleted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FoundAndDeleted<T> {
    /// The document that is gone; `None` if none matched.
    pub document: Option<T>,
    /// What the server wants to be known.
    pub warnings: Vec<ApiError>,
}

#[derive(Serialize)]
struct Payload<'a> {
    filter: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    update: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replacement: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort: Option<&'a Sort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    projection: Option<&'a RawValue>,
    // findOneAndDelete refuses even empty options.
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<WireOptions>,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireOptions {
    return_document: ReturnDocument,
    upsert: bool,
}

/// Which document, in which order, and what of it: what all three commands have.
#[derive(Debug)]
struct Selection {
    collection: NamedRef,
    filter: Part,
    sort: Option<Sort>,
    projection: Option<Part>,
}

/// What to do with it.
enum Change {
    Update(Part, WireOptions),
    Replace(Part, WireOptions),
    Delete,
}

impl Selection {
    fn new(collection: NamedRef, filter: impl Serialize) -> Self {
        Self {
            collection,
            filter: Part::new("filter", &filter),
            sort: None,
            projection: None,
        }
    }

    async fn send(self, command: &'static str, change: Change, options: &Options) -> Result<Reply> {
        let filter = self.filter.filter_of_one(command)?;
        let projection = optional_object(self.projection, command)?;
        let (update, replacement, wire) = match change {
            Change::Update(update, wire) => (Some(update.object(command)?), None, Some(wire)),
            Change::Replace(replacement, wire) => {
                (None, Some(replacement.object(command)?), Some(wire))
            }
            Change::Delete => (None, None, None),
        };
        let payload = Payload {
            filter: &filter,
            update: update.as_deref(),
            replacement: replacement.as_deref(),
            sort: self.sort.as_ref(),
            projection: projection.as_deref(),
            options: wire,
        };
        let call = self.collection.call(command, &payload)?;
        self.collection.send_one(call, options).await
    }
}

fn found_and_updated<T: DeserializeOwned>(reply: Reply) -> Result<FoundAndUpdated<T>> {
    let (document, _) = one_document::<T, IgnoredAny>(&reply)?;
    Ok(FoundAndUpdated {
        document,
        result: UpdateResult::read(reply)?,
    })
}

/// The setters every one of the builders has.
macro_rules! selection {
    () => {
        call_options!();

        /// Which document to take when several match: the first of this order. At most 10,000
        /// documents may match, except for a sort by vector.
        pub fn sort(mut self, sort: impl Into<Sort>) -> Self {
            self.selection.sort = Some(sort.into());
            self
        }

        /// Which fields of the document to answer: `{"name": 1}`, `{"huge": 0}`, `{"*": 1}` for
        /// all, `$vector` included, which is left out otherwise.
        pub fn projection(mut self, projection: impl Serialize) -> Self {
            self.selection.projection = Some(Part::new("projection", &projection));
            self
        }
    };
}

use selection;
