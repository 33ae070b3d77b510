//! Which documents or rows a command reads or changes, as its caller says it.

use serde::Serialize;
use serde_json::value::RawValue;

use super::part::{Part, optional_object};
use crate::error::Result;
use crate::handle::NamedRef;
use crate::read_query::Selected;
use crate::sort::Sort;

/// Filter, sort and projection of a builder.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(super) collection: NamedRef,
    filter: Part,
    pub(super) sort: Option<Sort>,
    pub(super) projection: Option<Part>,
}

impl Selection {
    pub(super) fn new(collection: NamedRef, filter: impl Serialize) -> Self {
        Self {
            collection,
            filter: Part::new("filter", &filter),
            sort: None,
            projection: None,
        }
    }

    /// For a command that reads.
    pub(super) fn of_any(self, command: &str) -> Result<Selected> {
        self.select(command, Part::object)
    }

    /// For a command that changes one document.
    pub(super) fn of_one(self, command: &str) -> Result<Selected> {
        self.select(command, Part::filter_of_one)
    }

    fn select(
        self,
        command: &str,
        filter: fn(Part, &str) -> Result<Box<RawValue>>,
    ) -> Result<Selected> {
        Ok(Selected {
            collection: self.collection,
            filter: filter(self.filter, command)?,
            sort: self.sort,
            projection: optional_object(self.projection, command)?,
        })
    }
}

/// The setters of a builder with a field `selection`, and those of [`call_options`](super::call_options).
macro_rules! selection {
    // Of a command that finds one document and changes it.
    () => {
        selection! {
            /// Which document to take when several match: the first of this order. At most 10,000
            /// documents may match, except for a sort by vector.
            sort,
            /// Which fields of the document to answer: `{"name": 1}`, `{"huge": 0}`, `{"*": 1}` for
            /// all, `$vector` included, which is left out otherwise.
            projection,
        }
    };
    ($(#[$about_sort:meta])* sort, $(#[$about_projection:meta])* projection $(,)?) => {
        crate::action::call_options!();

        $(#[$about_sort])*
        pub fn sort(mut self, sort: impl Into<crate::sort::Sort>) -> Self {
            self.selection.sort = Some(sort.into());
            self
        }

        $(#[$about_projection])*
        pub fn projection(mut self, projection: impl serde::Serialize) -> Self {
            let projection = crate::action::part::Part::new("projection", &projection);
            self.selection.projection = Some(projection);
            self
        }
    };
}
pub(super) use selection;
