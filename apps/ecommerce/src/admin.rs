//! The door to the admin pages: one password, and how often it may be tried.

use std::fmt;
use std::time::Duration;

use astra_db::Timestamp;
use axum_extra::extract::cookie::Key;
use secrecy::SecretString;
use shared::rate_limit::{RateLimiter, retry_after};

use crate::signing::Signing;

/// How long somebody stays logged in.
pub(crate) const SESSION: Duration = Duration::from_hours(2);

/// So many wrong passwords in a row are forgiven,
const FREE_TRIES: u32 = 5;
/// and after that one more every so often.
const PAUSE: Duration = Duration::from_secs(10);

/// The admin pages' password, never kept as such: what is kept is the key derived from it.
pub(crate) struct Admin {
    signing: Signing,
    key: Key,
    tries: RateLimiter,
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
        wait_seconds: u64,
    },
}

impl Admin {
    /// A door with this password.
    pub(crate) fn new(signing: &Signing, password: &SecretString) -> Self {
        Self {
            key: signing.admins(password),
            signing: signing.clone(),
            tries: RateLimiter::new(FREE_TRIES, PAUSE),
        }
    }

    /// What the cookies of people who are logged in are signed with.
    pub(crate) fn key(&self) -> Key {
        self.key.clone()
    }

    /// Tries a password.
    ///
    /// Tries are counted for everybody together: guessing from many addresses is no faster than from one. Anyone who
    /// keeps trying can thus keep others from logging in, but nobody from working who already has.
    pub(crate) fn try_password(&self, typed: &str, now: Timestamp) -> Tried {
        if let Err(wait) = self.tries.take(&(), now.as_millis()) {
            let wait_seconds = retry_after(wait);
            return Tried::TooOften { wait_seconds };
        }
        // Keys are compared in constant time, and derived ones have one length.
        if self.signing.admins(&typed.to_owned().into()) == self.key {
            self.tries.reset(&());
            Tried::Right
        } else {
            Tried::Wrong
        }
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
        for _ in 0..5 {
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
