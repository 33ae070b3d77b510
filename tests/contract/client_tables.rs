//! Every method of the client that works on tables, against every backend: the engine in this process, the same over
//! HTTP, and a real Data API where `DATA_API_URL` names one.

mod column_types;
mod random_filters;
mod random_rows;
mod readme;
mod recorded;
mod rows;
mod schema;

pub(crate) use crate::actions::everywhere;
