//! The memory that all indexes of a process share.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that the indexes of vectors of a process have at most: enough for five million vectors of 384 numbers.
const LIMIT: usize = 1 << 30;

static USED: AtomicUsize = AtomicUsize::new(0);

/// There is no memory left for vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// A part of the memory, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Memory(usize);

impl Memory {
    pub(super) fn take(bytes: usize) -> Result<Self, Full> {
        let taken = USED.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            used.checked_add(bytes).filter(|used| *used <= LIMIT)
        });
        taken.map(|_| Self(bytes)).map_err(|_| Full)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        USED.fetch_sub(self.0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_given_back_can_be_taken_again() {
        let most = Memory::take(LIMIT / 4 * 3).unwrap();
        assert_eq!(Memory::take(LIMIT / 2).err(), Some(Full));
        drop(most);
        assert!(Memory::take(LIMIT / 2).is_ok());
    }
}
