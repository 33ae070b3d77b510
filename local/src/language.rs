//! The query language of collections, as pure functions: filters, sorts, projections, updates.

pub(crate) mod filter;
pub(crate) mod path;
pub(crate) mod projection;
pub(crate) mod sort;
pub(crate) mod update;
