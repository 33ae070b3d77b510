//! One file per verb.

pub(crate) mod connect;
pub(crate) mod serve;
