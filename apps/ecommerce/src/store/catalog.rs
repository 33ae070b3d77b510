//! The catalog in memory, for browsing: bounded in age, and read again only while somebody browses.
//!
//! What has changed is read every few seconds, and everything once in a while: that finds what was
//! deleted, and what was changed by other programs than the shop.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use astra_db::Timestamp;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::domain::catalog::Catalog;
use crate::domain::id::ProductId;
use crate::domain::product::Product;
use crate::store::checked::Documents;
use crate::store::error::StoreError;
use crate::store::products::{MAX_IN, Products};

/// How long a visitor waits for what is new, where there is something older to show.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the old catalog is shown while the database does not answer,
const OLDEST: Duration = Duration::from_mins(10);
/// and how often it is asked then.
const PAUSE: Duration = Duration::from_secs(2);
/// How far apart the clocks may be that stamp changes, and how long a change may be on its way.
const MARGIN: Duration = Duration::from_secs(2);
/// How many products the Data API answers at once.
const PAGE: usize = 50;

/// How old the memory may be.
#[derive(Debug, Clone, Copy)]
pub struct Ages {
    /// How soon what the shop changes is seen by its other instances.
    pub changes: Duration,
    /// How soon it is seen what was deleted, or changed by other programs; later where there are so
    /// many products that reading all of them would be more than a command a second.
    pub everything: Duration,
}

impl Default for Ages {
    fn default() -> Self {
        Self {
            changes: Duration::from_secs(5),
            everything: Duration::from_mins(1),
        }
    }
}

/// The memory. Cheap to clone.
#[derive(Debug, Clone)]
pub struct CatalogMemory(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    products: Products,
    ages: Ages,
    known: RwLock<Known>,
    /// Held while changes are read and what is known is replaced: two refreshes at once are one.
    changes: Mutex<()>,
    /// Held while everything is read.
    everything: Arc<Mutex<()>>,
}

/// What is remembered. Moments are milliseconds since 1970.
#[derive(Debug, Clone, Default)]
struct Known {
    catalog: Option<Arc<Catalog>>,
    /// When it was like this.
    at: i64,
    /// When everything was read.
    whole_at: i64,
    /// The latest change that was read, by the stamps in the database.
    newest: Option<i64>,
    /// From when on changes may not have been read yet, by the same stamps.
    since: Option<i64>,
    /// What this very instance has changed and not read since.
    edited: Vec<ProductId>,
    /// When and why the database did not answer, until it does.
    failed: Option<(i64, Arc<StoreError>)>,
}

impl CatalogMemory {
    /// A memory of these products, empty until somebody browses.
    pub fn new(products: Products, ages: Ages) -> Self {
        Self(Arc::new(Inner {
            products,
            ages,
            known: RwLock::default(),
            changes: Mutex::default(),
            everything: Arc::default(),
        }))
    }

    /// The catalog as it was a few seconds ago at the most; older only while the database does not
    /// answer, and then not for long.
    pub async fn current(&self, now: Timestamp) -> Result<Arc<Catalog>, StoreError> {
        let now = now.as_millis();
        let known = self.known();
        let (age, every) = (apart(known.whole_at, now), self.every(&known));
        if (known.catalog.is_none() || age >= every) && !known.rests(now) {
            self.start_reading_everything(now);
            if known.catalog.is_none() {
                drop(self.0.everything.lock().await);
            } else if age >= every * 2 {
                // Nobody has browsed for long, or it failed.
                drop(timeout(PATIENCE, self.0.everything.lock()).await);
            }
        }
        if self.is_due(now) {
            let read = timeout(PATIENCE, self.read_changes(now)).await;
            if let Err(error) = read.unwrap_or(Err(StoreError::Slow)) {
                self.failed(now, error);
            }
        }
        self.known().shown(now)
    }

    /// Notes that this very instance has changed a product: it is read before anything is shown.
    pub fn edited(&self, id: ProductId) {
        self.update(|known| {
            // Nobody browses, or they would have been read.
            if known.edited.len() == MAX_IN {
                known.edited.clear();
                known.whole_at = 0;
            }
            known.edited.push(id);
        });
    }

    fn known(&self) -> Known {
        let known = self.0.known.read();
        known.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn update(&self, change: impl FnOnce(&mut Known)) {
        let known = self.0.known.write();
        change(&mut known.unwrap_or_else(PoisonError::into_inner));
    }

    /// How often everything is read.
    fn every(&self, known: &Known) -> Duration {
        let pages = known.catalog.as_ref().map_or(0, |it| it.len() / PAGE);
        match self.0.ages.everything {
            Duration::ZERO => Duration::ZERO,
            every => every.max(Duration::from_secs(pages as u64)),
        }
    }

    /// Whether changes have to be read before anything is shown.
    fn is_due(&self, now: i64) -> bool {
        let known = self.known();
        let is_old = apart(known.at, now) >= self.0.ages.changes || !known.edited.is_empty();
        is_old && known.catalog.is_some() && !known.rests(now)
    }

    async fn read_changes(&self, now: i64) -> Result<(), StoreError> {
        let _turn = self.0.changes.lock().await;
        if !self.is_due(now) {
            return Ok(());
        }
        let edited = self.known().edited;
        if !edited.is_empty() {
            let read = self.0.products.documents(&edited).await?;
            self.apply(read);
            self.update(|known| {
                let read = edited.len().min(known.edited.len());
                known.edited.drain(..read);
            });
        }
        let (known, started) = (self.known(), Instant::now());
        if apart(known.at, now) >= self.0.ages.changes {
            let changed = self.0.products.changed(known.since).await?;
            let newest = newest(&changed.valid).max(known.newest);
            let margin = margin(newest > known.newest, started);
            self.apply(changed);
            self.update(|known| known.read(now, newest, margin));
        }
        Ok(())
    }

    /// In a task of its own, so that it comes to its end whoever goes away, and one at a time.
    fn start_reading_everything(&self, now: i64) {
        if let Ok(turn) = Arc::clone(&self.0.everything).try_lock_owned() {
            let memory = self.clone();
            tokio::spawn(async move {
                if let Err(error) = memory.read_everything(now).await {
                    memory.failed(now, error);
                }
                drop(turn);
            });
        }
    }

    async fn read_everything(&self, now: i64) -> Result<(), StoreError> {
        let (before, started) = (self.known(), Instant::now());
        let Documents { valid, invalid } = self.0.products.all().await?;
        let newest = newest(&valid).max(before.newest);
        let _turn = self.0.changes.lock().await;
        let Some(known) = self.known().catalog else {
            let catalog = Some(Arc::new(Catalog::new(valid, invalid)));
            self.update(|known| known.catalog = catalog);
            self.everything_read(now, newest, started);
            return Ok(());
        };
        if let Some(catalog) = known.replaced(valid, invalid) {
            // What has changed while the rest was read, and is known already.
            let Documents { valid, invalid } = self.0.products.changed(before.since).await?;
            let catalog = catalog.with(valid, &invalid).unwrap_or(catalog);
            self.update(|known| known.catalog = Some(Arc::new(catalog)));
        }
        self.everything_read(now, newest, started);
        Ok(())
    }

    fn everything_read(&self, now: i64, newest: Option<i64>, started: Instant) {
        self.update(|known| {
            known.read(now, newest, margin(true, started));
            known.whole_at = now;
        });
    }

    /// Takes over these as they are now. Words may have to be gathered, and nobody waits for that.
    fn apply(&self, Documents { valid, invalid }: Documents<Product>) {
        let catalog = self.known().catalog;
        if let Some(catalog) = catalog.and_then(|it| it.with(valid, &invalid)) {
            self.update(|known| known.catalog = Some(Arc::new(catalog)));
        }
    }

    fn failed(&self, now: i64, error: StoreError) {
        let known = self.known();
        if known.failed.is_none()
            && let Some(catalog) = &known.catalog
        {
            let (products, age) = (catalog.len(), apart(known.at, now).as_secs());
            tracing::warn!(
                products,
                age,
                "the catalog could not be read again, and is shown as it was for up to {} s: {error}",
                OLDEST.as_secs()
            );
        }
        self.update(|known| known.failed = Some((now, Arc::new(error))));
    }
}

impl Known {
    /// Notes what was read at this moment, and from when on the next changes are.
    fn read(&mut self, now: i64, newest: Option<i64>, margin: i64) {
        self.since = newest.map(|newest| newest.saturating_sub(margin));
        self.newest = newest;
        self.at = now;
        if self.failed.take().is_some() {
            tracing::info!("the catalog could be read again");
        }
    }

    /// Whether the database failed a moment ago and is left alone.
    fn rests(&self, now: i64) -> bool {
        let failed = self.failed.as_ref();
        failed.is_some_and(|(at, _)| apart(*at, now) < PAUSE)
    }

    fn shown(self, now: i64) -> Result<Arc<Catalog>, StoreError> {
        match (self.catalog, self.failed) {
            (Some(catalog), None) => Ok(catalog),
            (Some(catalog), Some(_)) if apart(self.at, now) < OLDEST => Ok(catalog),
            (_, Some((_, error))) => Err(StoreError::Catalog(error)),
            (None, None) => Err(StoreError::Slow),
        }
    }
}

/// As long as changes come in, another may have been on its way with an earlier stamp.
fn margin(comes_in: bool, started: Instant) -> i64 {
    let margin = if comes_in {
        MARGIN + started.elapsed()
    } else {
        Duration::ZERO
    };
    i64::try_from(margin.as_millis()).unwrap_or(i64::MAX)
}

/// How far two moments are apart. A clock that was set back makes nothing young.
fn apart(before: i64, now: i64) -> Duration {
    Duration::from_millis(before.abs_diff(now))
}

/// The latest change of these products.
fn newest(products: &[Product]) -> Option<i64> {
    let stamps = products.iter().filter_map(|product| product.changed_at);
    stamps.map(Timestamp::as_millis).max()
}
