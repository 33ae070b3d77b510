//! Which fields to answer.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::{Serialize, Serializer};

/// Which fields of documents or rows of type `R` to answer. A [`Field`](super::Field) makes one.
///
/// Fields are either included or excluded; only `_id` can be set freely.
#[must_use = "a projection does nothing until it is given to a command"]
pub struct Projection<R> {
    fields: Vec<(Cow<'static, str>, Share)>,
    of: PhantomData<fn() -> R>,
}

/// How much of a field.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Share {
    /// 1 or 0.
    Whole(u8),
    Slice {
        #[serde(rename = "$slice")]
        slice: Slice,
    },
}

/// The first or last elements of an array, or some after others.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Slice {
    End(i32),
    Part(i32, u32),
}

impl<R> Projection<R> {
    pub(super) fn field(path: Cow<'static, str>, share: Share) -> Self {
        Self {
            fields: vec![(path, share)],
            of: PhantomData,
        }
    }

    /// The fields of both.
    pub fn and(mut self, other: Self) -> Self {
        self.fields.extend(other.fields);
        self
    }
}

impl<R> Clone for Projection<R> {
    fn clone(&self) -> Self {
        Self {
            fields: self.fields.clone(),
            of: PhantomData,
        }
    }
}

impl<R> fmt::Debug for Projection<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = &self.fields;
        formatter.debug_tuple("Projection").field(fields).finish()
    }
}

impl<R> Serialize for Projection<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.fields.iter().map(|(path, share)| (path, share)))
    }
}
