//! `$match`: the words that a document's `$lexical` has to have.

use std::sync::Arc;

use crate::text::Analyzer;

/// Terms to look for, every one of them.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    /// As it was given.
    pub(crate) text: Arc<str>,
    /// In order, each once.
    pub(crate) all: Vec<String>,
    analyzer: Arc<Analyzer>,
}

impl Terms {
    pub(super) fn of(text: &str, analyzer: &Arc<Analyzer>) -> Self {
        Self {
            text: text.into(),
            all: analyzer.query(text),
            analyzer: Arc::clone(analyzer),
        }
    }

    /// The same for each term alone.
    pub(super) fn each(&self) -> impl Iterator<Item = Self> {
        self.all.iter().map(|term| Self {
            text: Arc::clone(&self.text),
            all: vec![term.clone()],
            analyzer: Arc::clone(&self.analyzer),
        })
    }

    pub(super) fn are_in(&self, text: &str) -> bool {
        let found = self.analyzer.query(text);
        let has = |term| found.binary_search(term).is_ok();
        self.all.iter().all(has)
    }
}
