//! Reading connections, opened when needed and kept.

use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use rusqlite::Connection;

use super::connection::Location;
use super::error::StorageError;
use super::locks::unpoisoned;
use super::reader::Reader;

#[derive(Debug)]
pub(super) struct Pool {
    location: Arc<Location>,
    idle: Mutex<Vec<Connection>>,
    free: Mutex<usize>,
    freed: Condvar,
}

impl Pool {
    pub(super) fn new(location: Arc<Location>) -> Self {
        // Reading is bound by the processor, so more connections than this would only cost memory.
        let most = 2 * thread::available_parallelism()
            .map_or(2, usize::from)
            .clamp(2, 16);
        Self {
            location,
            idle: Mutex::default(),
            free: Mutex::new(most),
            freed: Condvar::new(),
        }
    }

    /// Runs `job` inside one read transaction.
    pub(super) fn snapshot<T, E>(
        &self,
        job: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<StorageError>,
    {
        let _permit = Permit::wait(self);
        let kept = unpoisoned(self.idle.lock()).pop();
        let connection = kept
            .map_or_else(|| self.location.connect_reader(), Ok)
            .map_err(StorageError::from)?;
        let _gate = self.location.enter_shared();
        execute(&connection, "BEGIN").map_err(StorageError::from)?;
        let result = job(&Reader::new(&connection));
        // A connection that cannot end its snapshot, or whose job panicked, is closed rather than lent again.
        if execute(&connection, "ROLLBACK").is_ok() {
            unpoisoned(self.idle.lock()).push(connection);
        }
        result
    }
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

/// The right to use one connection.
struct Permit<'p>(&'p Pool);

impl<'p> Permit<'p> {
    fn wait(pool: &'p Pool) -> Self {
        let mut free = unpoisoned(pool.free.lock());
        while *free == 0 {
            free = unpoisoned(pool.freed.wait(free));
        }
        *free -= 1;
        Self(pool)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *unpoisoned(self.0.free.lock()) += 1;
        self.0.freed.notify_one();
    }
}
