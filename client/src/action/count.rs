//! `countDocuments` and `estimatedDocumentCount`

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::part::Part;
use super::{awaited, call_options};
use crate::error::{Error, Result};
use crate::handle::NamedRef;
use crate::options::Options;

/// Counts the documents that match. Made by
/// [`Collection::count_documents`](crate::Collection::count_documents).
///
/// The server reads what it counts, and gives up at 1,000 documents; the upper bound is how many
/// the caller is ready to count.
///
/// # Errors
/// [`Error::TooManyToCount`] when there are more documents than the upper bound, or than the server
/// counts.
///
/// ```no_run
/// # async fn run(reviews: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use serde_json::json;
///
/// match reviews.count_documents(json!({"product": "teapot"}), 500).await {
///     Ok(count) => println!("{count} reviews"),
///     Err(astra_db::Error::TooManyToCount { counted, .. }) => println!("more than {counted} reviews"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct CountDocuments {
    collection: NamedRef,
    filter: Part,
    upper_bound: u64,
    options: Arc<Options>,
}

#[derive(Serialize)]
struct Payload<'a> {
    filter: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    count: u64,
    #[serde(default)]
    more_data: bool,
}

impl CountDocuments {
    pub(crate) fn new(collection: NamedRef, filter: impl Serialize, upper_bound: u64) -> Self {
        Self {
            options: collection.options(),
            collection,
            filter: Part::new("filter", &filter),
            upper_bound,
        }
    }

    call_options!();

    async fn run(self) -> Result<u64> {
        let filter = self.filter.object("countDocuments")?;
        let call = self
            .collection
            .call("countDocuments", &Payload { filter: &filter })?;
        let reply = self.collection.send_one(call, &self.options).await?;
        let Status { count, more_data } = reply.status()?;
        if count > self.upper_bound {
            return Err(Error::TooManyToCount {
                counted: self.upper_bound,
                server_limit: false,
            });
        }
        if more_data {
            return Err(Error::TooManyToCount {
                counted: count,
                server_limit: true,
            });
        }
        Ok(count)
    }
}

awaited!(CountDocuments => u64);

/// Roughly how many documents there are. Made by
/// [`Collection::estimated_document_count`](crate::Collection::estimated_document_count).
///
/// On Astra and Cassandra the number comes from statistics on what has reached the disk: it is 0
/// for a while after the first inserts.
///
/// ```no_run
/// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
/// println!("about {} products", products.estimated_document_count().await?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct EstimatedDocumentCount {
    collection: NamedRef,
    options: Arc<Options>,
}

#[derive(Serialize)]
struct Nothing {}

impl EstimatedDocumentCount {
    pub(crate) fn new(collection: NamedRef) -> Self {
        Self {
            options: collection.options(),
            collection,
        }
    }

    call_options!();

    async fn run(self) -> Result<u64> {
        let call = self
            .collection
            .call("estimatedDocumentCount", &Nothing {})?;
        let reply = self.collection.send_one(call, &self.options).await?;
        let Status { count, .. } = reply.status()?;
        Ok(count)
    }
}

awaited!(EstimatedDocumentCount => u64);
