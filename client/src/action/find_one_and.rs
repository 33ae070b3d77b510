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
use super::part::Part;
use super::selection::Selection;
use super::update::UpdateResult;
use crate::command::Reply;
use crate::error::Result;
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

/// A document and what was done to it: the value of the `details` of [`FindOneAndUpdate`] and
/// [`FindOneAndReplace`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FoundAndUpdated<T> {
    /// The document, before or after; `None` if none matched.
    pub document: Option<T>,
    /// What was done.
    pub result: UpdateResult,
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

/// What to do with it.
enum Change {
    Update(Part, WireOptions),
    Replace(Part, WireOptions),
    Delete,
}

/// Sends the command that finds a document and changes it.
async fn send(
    selection: Selection,
    command: &'static str,
    change: Change,
    options: &Options,
) -> Result<Reply> {
    let selected = selection.of_one(command)?;
    let (update, replacement, wire) = match change {
        Change::Update(update, wire) => (Some(update.object(command)?), None, Some(wire)),
        Change::Replace(replacement, wire) => {
            (None, Some(replacement.object(command)?), Some(wire))
        }
        Change::Delete => (None, None, None),
    };
    let payload = Payload {
        filter: &selected.filter,
        update: update.as_deref(),
        replacement: replacement.as_deref(),
        sort: selected.sort.as_ref(),
        projection: selected.projection.as_deref(),
        options: wire,
    };
    let call = selected.collection.call(command, &payload)?;
    selected.collection.send_one(call, options).await
}

fn found_and_updated<T: DeserializeOwned>(reply: Reply) -> Result<FoundAndUpdated<T>> {
    let (document, _) = one_document::<T, IgnoredAny>(&reply)?;
    Ok(FoundAndUpdated {
        document,
        result: UpdateResult::read(reply)?,
    })
}

/// What the builders that change a document and answer it have in common. `$change` is the variant
/// of [`Change`], `$given` the field with what to change it by.
macro_rules! answering {
    ($builder:ident: $command:literal, $change:ident($given:ident), $(#[$about_upsert:meta])* upsert $(,)?) => {
        impl<T> $builder<T> {
            selection!();

            /// Whether to answer the document as it was, which is the default, or as it is then.
            pub fn return_document(mut self, state: ReturnDocument) -> Self {
                self.wire.return_document = state;
                self
            }

            $(#[$about_upsert])*
            pub fn upsert(mut self, upsert: bool) -> Self {
                self.wire.upsert = upsert;
                self
            }
        }

        impl<T: DeserializeOwned> $builder<T> {
            async fn found(self) -> Result<FoundAndUpdated<T>> {
                let change = Change::$change(self.$given, self.wire);
                found_and_updated(send(self.selection, $command, change, &self.options).await?)
            }

            async fn run(self) -> Result<Option<T>> {
                Ok(self.found().await?.document)
            }
        }

        awaited!($builder<T> => Option<T> as found => FoundAndUpdated<T>, T: DeserializeOwned + Send + 'static);
    };
}
use answering;
