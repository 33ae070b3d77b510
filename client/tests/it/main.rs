//! The client through its public door, against a server in this process.
#![cfg(feature = "http")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

mod adversarial;
mod connection_strings;
mod connections;
mod counts;
mod deletes;
#[cfg(feature = "derive")]
mod derives;
mod details;
mod devops;
mod distinct;
mod endpoints;
mod errors;
mod events;
mod faults;
mod field_order;
mod finds;
mod headers;
mod inserts;
mod inserts_of_many;
mod inserts_of_streams;
mod mocks;
#[cfg(feature = "derive")]
mod other_crates;
mod outages;
mod reranks;
mod retries;
mod schema;
mod schemes;
mod secrets;
mod table_schema;
mod tables;
mod time_limits;
mod transport;
#[cfg(feature = "derive")]
mod typed_queries;
mod unfit;
mod updates;
