//! Strings as indexes see them: folded for regular indexes, taken apart into terms for text indexes and lexical search.

mod analyzer;
pub(crate) mod bm25;
mod filters;
mod folding;
mod porter;
mod tokenizers;
mod words;

pub(crate) use analyzer::{Analyzer, UnknownAnalyzer};
pub(crate) use folding::Folding;

/// Bytes that the terms of one text may have together.
pub(crate) const MAX_TERM_BYTES: usize = 8192;
