//! What a command reads, and a find as it is sent for each of its pages.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::command::{Call, Reply, decode_documents, document_at};
use crate::deadline::{Deadline, Requests};
use crate::error::{Fitted, Result};
use crate::fill_columns::{self, RowStatus};
use crate::handle::NamedRef;
use crate::options::Options;
use crate::page::{Batch, PageState};
use crate::sort::Sort;
use crate::timeouts::TimeoutCategory;
use crate::value::Vector;

/// What is in the thing a command reads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Contents {
    /// Documents, read as they come.
    Documents,
    /// Rows, which come without their empty columns and are made whole again.
    Rows,
}

impl Contents {
    /// Whether the sort makes the server search by a vector.
    pub(crate) fn is_by_vector(self, sort: &Sort) -> bool {
        match self {
            Self::Documents => sort.is_by_vector(),
            Self::Rows => sort.is_by_column_content(),
        }
    }
}

/// Which documents or rows of what, in which order, and what of them, ready to be sent.
#[derive(Debug)]
pub(crate) struct Selected {
    pub(crate) collection: NamedRef,
    pub(crate) filter: Box<RawValue>,
    pub(crate) sort: Option<Sort>,
    pub(crate) projection: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct Payload<'a, O> {
    filter: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort: Option<&'a Sort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    projection: Option<&'a RawValue>,
    options: O,
}

impl Selected {
    pub(crate) fn call(&self, command: &'static str, options: impl Serialize) -> Result<Call> {
        let payload = Payload {
            filter: &self.filter,
            sort: self.sort.as_ref(),
            projection: self.projection.as_deref(),
            options,
        };
        self.collection.call(command, &payload)
    }
}

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FindOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) skip: Option<u32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) include_similarity: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) include_sort_vector: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) page_state: Option<PageState>,
}

/// Everything of a find but its page.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) selected: Selected,
    pub(crate) contents: Contents,
    pub(crate) wire: FindOptions,
    pub(crate) options: Arc<Options>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<T> {
    documents: Vec<T>,
    next_page_state: Option<PageState>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SortStatus {
    sort_vector: Option<Vector>,
}

impl Query {
    pub(crate) async fn page<T: DeserializeOwned>(
        &self,
        page_state: Option<PageState>,
    ) -> Result<Batch<T>> {
        let deadline = Deadline::start(&self.options, TimeoutCategory::General, Requests::One);
        self.page_within(&deadline, page_state).await
    }

    pub(crate) async fn page_within<T: DeserializeOwned>(
        &self,
        deadline: &Deadline,
        page_state: Option<PageState>,
    ) -> Result<Batch<T>> {
        let wire = FindOptions {
            page_state,
            ..self.wire.clone()
        };
        let call = self.selected.call("find", wire)?;
        let collection = &self.selected.collection;
        let reply = collection.send(call, &self.options, deadline).await?;
        let (data, sort_vector) = match self.contents {
            Contents::Documents => documents(&reply)?,
            Contents::Rows => rows(&reply)?,
        };
        Ok(Batch {
            documents: data.documents,
            next_page_state: data.next_page_state,
            sort_vector,
            warnings: reply.warnings,
        })
    }
}

/// A page of documents: in one pass if all of them fit, else each by itself.
fn documents<T: DeserializeOwned>(reply: &Reply) -> Result<(Data<Fitted<T>>, Option<Vector>)> {
    let (data, status) = if let Ok((data, status)) = reply.parts::<Data<T>, SortStatus>() {
        let data = data.map(|documents| documents.into_iter().map(Ok).collect());
        (data, status)
    } else {
        let (data, status) = reply.parts::<Data<Box<RawValue>>, SortStatus>()?;
        (data.map(|raw| decode_documents(&raw, &reply.call)), status)
    };
    Ok((data, status.unwrap_or_default().sort_vector))
}

/// A page of rows, each with all the columns it was asked for.
fn rows<T: DeserializeOwned>(reply: &Reply) -> Result<(Data<Fitted<T>>, Option<Vector>)> {
    let (data, status) = reply.parts::<Data<Box<RawValue>>, RowStatus>()?;
    let status = status.unwrap_or_default();
    let schema = &status.projection_schema;
    let read = |(index, row): (usize, Box<RawValue>)| {
        fill_columns::read(&row, schema, || document_at(index), &reply.call)
    };
    let data = data.map(|rows| rows.into_iter().enumerate().map(read).collect());
    Ok((data, status.sort_vector))
}

impl<T> Data<T> {
    fn map<U>(self, read: impl FnOnce(Vec<T>) -> Vec<U>) -> Data<U> {
        Data {
            documents: read(self.documents),
            next_page_state: self.next_page_state,
        }
    }
}
