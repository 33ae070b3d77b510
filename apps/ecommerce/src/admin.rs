//! The door to the admin pages: one password, and how often it may be tried.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use astra_db::Timestamp;
use axum_extra::extract::cookie::Key;
use secrecy::SecretString;

use crate::signing::Signing;

/// How long somebody stays logged in.
pub(crate) const SESSION: Duration = Duration::from_hours(2);
/// So many wrong passwords in a row are forgiven,
const FREE_TRIES: u32 = 5;
/// and after that one more every so often.
const PAUSE_MS: i64 = 10_000;

/// The admin pages' password, never kept as such: what is kept is the key derived from it.
pub(crate) struct Admin {
    signing: Signing,
    key: Key,
    tries: Mutex<Tries>,
}

/// A bucket of tries that fills up again with time.
#[derive(Debug, Clone, Copy)]
struct Tries {
    left: u32,
    /// When the bucket was last filled.
    since_ms: i64,
}

/// What became of trying a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tried {
    /// It opens the door.
    Right,
    /// It does not.
    Wrong,
    /// It was not looked at; wait so many seconds.
    TooOften {
        /// When it may be tried again.
        wait_seconds: i64,
    },
}

impl Admin {
    /// A door with this password.
    pub(crate) fn new(signing: &Signing, password: &SecretString) -> Self {
        Self {
            key: signing.admins(password),
            signing: signing.clone(),
            tries: Mutex::new(Tries {
                left: FREE_TRIES,
                since_ms: 0,
            }),
        }
    }

    /// What the cookies of people who are logged in are signed with.
    pub(crate) fn key(&self) -> Key {
        self.key.clone()
    }

    /// Tries a password.
    ///
    /// Tries are counted for everybody together: an address to count by is whatever a proxy, or a
    /// stranger, says it is. Who keeps trying can thus keep others from logging in, but nobody from
    /// working who already has.
    pub(crate) fn try_password(&self, typed: &str, now: Timestamp) -> Tried {
        // Counted before it is looked at, so that many tries at once are many tries.
        if let Err(wait_seconds) = self.count(now) {
            return Tried::TooOften { wait_seconds };
        }
        // Keys are compared in constant time, and derived ones have one length.
        if self.signing.admins(&typed.to_owned().into()) == self.key {
            self.tries().left = FREE_TRIES;
            Tried::Right
        } else {
            Tried::Wrong
        }
    }

    /// Takes a try out of the bucket, or says how many seconds there will be none.
    fn count(&self, now: Timestamp) -> Result<(), i64> {
        let mut tries = self.tries();
        let now_ms = now.as_millis();
        let earned = now_ms.saturating_sub(tries.since_ms).max(0) / PAUSE_MS;
        let left = i64::from(tries.left).saturating_add(earned);
        if left >= FREE_TRIES.into() {
            (tries.left, tries.since_ms) = (FREE_TRIES, now_ms);
        } else if earned > 0 {
            tries.left = u32::try_from(left).unwrap_or(FREE_TRIES);
            tries.since_ms = tries.since_ms.saturating_add(earned * PAUSE_MS);
        }
        if tries.left == 0 {
            let next_ms = tries.since_ms.saturating_add(PAUSE_MS);
            return Err((next_ms.saturating_sub(now_ms) / 1_000).max(1));
        }
        tries.left -= 1;
        Ok(())
    }

    fn tries(&self) -> std::sync::MutexGuard<'_, Tries> {
        // Two numbers are never half written, so a panic elsewhere has spoilt nothing.
        self.tries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Without the key.
impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Admin")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_passwords_are_forgiven_a_few_times_and_then_slowly() {
        let password = "correct horse battery".to_owned().into();
        let admin = Admin::new(&Signing::for_this_process(), &password);
        let at = |seconds: i64| Timestamp::from_millis(1_790_000_000_000 + seconds * 1_000);
        for _ in 0..FREE_TRIES {
            assert_eq!(admin.try_password("wrong", at(0)), Tried::Wrong);
        }
        let right = "correct horse battery";
        let too_often = |wait_seconds| Tried::TooOften { wait_seconds };
        assert_eq!(admin.try_password(right, at(0)), too_often(10));
        assert_eq!(admin.try_password(right, at(7)), too_often(3));
        assert_eq!(admin.try_password("wrong", at(11)), Tried::Wrong);
        assert_eq!(admin.try_password("wrong", at(12)), too_often(8));
        assert_eq!(admin.try_password(right, at(21)), Tried::Right);
        assert_eq!(admin.try_password("wrong", at(21)), Tried::Wrong);
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out_for_good() {
        let password = "correct horse battery".to_owned().into();
        let admin = Admin::new(&Signing::for_this_process(), &password);
        let at = |seconds: i64| Timestamp::from_millis(1_790_000_000_000 + seconds * 1_000);
        assert_eq!(admin.try_password("wrong", at(3_600)), Tried::Wrong);
        assert_eq!(
            admin.try_password("correct horse battery", at(0)),
            Tried::Right
        );
    }
}
