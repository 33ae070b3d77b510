//! Services that are called for a collection or column: those that turn texts into vectors, and those that rerank.
//!
//! What goes over the wire, which answers are errors and which of them are tried again is as the real server has it.

mod call;
pub(crate) mod catalogue;
mod client;
mod embedding;
pub(crate) mod ngrams;
mod reply;
pub(crate) mod reranking;
pub(crate) mod service;

use std::sync::Arc;

use crate::features::Features;
use crate::provider_keys::ProviderKeys;

pub(crate) use embedding::Purpose;

/// The services as they are called for one request: with its keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Providers {
    pub(crate) features: Arc<Features>,
    pub(crate) keys: Arc<ProviderKeys>,
}
