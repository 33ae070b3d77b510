//! The one account of a stand-in.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::books::Books;
use crate::idempotency;
use crate::mirror;
use crate::trouble::{Seen, Trouble};

/// The key of the shop's account.
pub const SECRET_KEY: &str = "sk_test_51ShopOfTheTests";
/// The secret its webhooks are signed with.
pub const WEBHOOK_SECRET: &str = "whsec_ofTheTests";

/// What requests, pages and the test share.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) url: String,
    pub(crate) books: Mutex<Books>,
    pub(crate) idempotency: idempotency::Memory,
    pub(crate) seen: Mutex<Vec<Seen>>,
    pub(crate) troubles: Mutex<Vec<(String, Trouble)>>,
    pub(crate) webhooks_go_to: Mutex<Option<String>>,
    pub(crate) mirror: Option<mirror::Mirror>,
    pub(crate) seconds_ahead: AtomicI64,
    pub(crate) http: reqwest::Client,
}

impl Account {
    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// Stripe's time in seconds.
    pub(crate) fn now(&self) -> i64 {
        wall_clock() + self.seconds_ahead.load(Ordering::Relaxed)
    }
}

pub(crate) fn wall_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}
