//! The numbers that stand for paths, as far as the writer remembers them.

use std::collections::HashMap;

/// Paths whose numbers the writer remembers; beyond that it starts anew, which costs a look-up each.
pub(super) const REMEMBERED: usize = 16_384;

/// Stands for a path in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PathNumber(pub(super) i64);

/// What the writer remembers of the table of paths.
#[derive(Debug, Default)]
pub(super) struct PathNumbers {
    numbers: HashMap<String, i64>,
    /// Given out since the last commit; a rollback takes them back.
    new: Vec<String>,
}

impl PathNumbers {
    pub(super) fn settle(&mut self) {
        self.new.clear();
    }

    pub(super) fn forget_new(&mut self) {
        for path in self.new.drain(..) {
            self.numbers.remove(&path);
        }
    }

    pub(super) fn get(&self, path: &str) -> Option<i64> {
        self.numbers.get(path).copied()
    }

    pub(super) fn remember(&mut self, path: &str, number: i64) {
        if self.numbers.len() >= REMEMBERED {
            self.numbers.clear();
        }
        self.numbers.insert(path.to_owned(), number);
    }

    /// Remembers a number that is given out just now.
    pub(super) fn add(&mut self, path: &str, number: i64) {
        self.remember(path, number);
        self.new.push(path.to_owned());
    }
}
