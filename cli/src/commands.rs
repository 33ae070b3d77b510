//! One file per verb.

pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod compact;
pub(crate) mod connect;
pub(crate) mod copy;
pub(crate) mod create;
pub(crate) mod db;
pub(crate) mod describe;
pub(crate) mod export;
pub(crate) mod health;
pub(crate) mod import;
pub(crate) mod mcp;
pub(crate) mod restore;
pub(crate) mod seed;
pub(crate) mod serve;
pub(crate) mod status;
