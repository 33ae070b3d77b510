//! Commands carried out: each asks the storage and makes an answer.

pub(crate) mod collections;
pub(crate) mod schema;
pub(crate) mod tables;
