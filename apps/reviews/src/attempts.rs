//! A limit on guessing: who tries passwords too fast has to wait.
//!
//! Every pair of a network address and an account has a few attempts, which come back one by one
//! within a quarter of an hour; an address alone has ten times as many for all accounts. Nobody can
//! lock somebody else out from another address.
//!
//! The counts are in memory, of this process: a restart forgets them, and two processes count
//! separately.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use astra_db::table::Timestamp;

use crate::domain::account::Email;
use crate::error::AppError;

const WINDOW_MS: i64 = 15 * 60 * 1000;
/// Beyond so many entries, those with nothing left to wait for are dropped.
const MOST_ENTRIES: usize = 100_000;

/// Counts attempts to log in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Attempts {
    per_account: u32,
    entries: Arc<Mutex<HashMap<Who, i64>>>,
}

/// An address and perhaps an account; the value is when all of its attempts will have come back,
/// in milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Who(IpAddr, Option<Email>);

impl Attempts {
    /// So many attempts for an account from an address.
    pub fn new(per_account: u32) -> Self {
        Self {
            per_account: per_account.max(1),
            entries: Arc::default(),
        }
    }

    /// Takes one attempt, or says how long to wait for one.
    pub fn take(&self, address: IpAddr, email: &Email, now: Timestamp) -> Result<(), AppError> {
        let (network, now_ms) = (network(address), now.as_millis());
        let account = (Who(network, Some(email.clone())), self.per_account);
        let everybody = (Who(network, None), self.of_address());
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST_ENTRIES {
            entries.retain(|_, full_at| *full_at > now_ms);
        }
        let both = [account, everybody];
        let wait = both
            .iter()
            .map(|(who, most)| wait_ms(entries.get(who), *most, now_ms))
            .max();
        if let Some(wait @ 1..) = wait {
            let wait = Duration::from_millis(wait.unsigned_abs());
            return Err(AppError::TooManyAttempts(wait));
        }
        for (who, most) in both {
            let full_at = entries.entry(who).or_insert(now_ms);
            *full_at = (*full_at).max(now_ms) + WINDOW_MS / i64::from(most);
        }
        Ok(())
    }

    /// Gives whoever knew the password their attempts back: those of the account, and the one it
    /// took of the address.
    pub fn forgive(&self, address: IpAddr, email: &Email) {
        let network = network(address);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.remove(&Who(network, Some(email.clone())));
        if let Some(full_at) = entries.get_mut(&Who(network, None)) {
            *full_at -= WINDOW_MS / i64::from(self.of_address());
        }
    }

    fn of_address(&self) -> u32 {
        self.per_account.saturating_mul(10)
    }
}

/// How long until an attempt is there again, of which there are at most `most`.
fn wait_ms(full_at: Option<&i64>, most: u32, now_ms: i64) -> i64 {
    let missing_ms = full_at.map_or(0, |full_at| full_at - now_ms);
    missing_ms - (WINDOW_MS - WINDOW_MS / i64::from(most))
}

/// A household has 2^64 addresses of IPv6: they count as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "2001:db8::1";
    const NEXT_DOOR: &str = "2001:db8::2";
    const ELSEWHERE: &str = "198.51.100.7";

    fn take(attempts: &Attempts, address: &str, email: &str, seconds: i64) -> Option<Duration> {
        let email = Email::try_from(email.to_owned()).unwrap();
        let now = Timestamp::from_millis(seconds * 1000);
        match attempts.take(address.parse().unwrap(), &email, now) {
            Ok(()) => None,
            Err(AppError::TooManyAttempts(wait)) => Some(wait),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn attempts_run_out_for_one_address_and_account_and_come_back_one_by_one() {
        let attempts = Attempts::new(3);
        for _ in 0..3 {
            assert_eq!(take(&attempts, HERE, "dom@example.com", 0), None);
        }
        let wait = take(&attempts, NEXT_DOOR, "dom@example.com", 0);
        assert_eq!(wait, Some(Duration::from_mins(5)));
        assert_eq!(take(&attempts, ELSEWHERE, "dom@example.com", 0), None);
        assert_eq!(take(&attempts, HERE, "brian@example.com", 0), None);
        assert_eq!(take(&attempts, HERE, "dom@example.com", 300), None);
        assert!(take(&attempts, HERE, "dom@example.com", 300).is_some());
    }

    #[test]
    fn an_address_runs_out_over_all_accounts() {
        let attempts = Attempts::new(1);
        for user in 0..10 {
            assert_eq!(
                take(&attempts, HERE, &format!("{user}@example.com"), 0),
                None
            );
        }
        assert!(take(&attempts, HERE, "another@example.com", 0).is_some());
        assert_eq!(take(&attempts, ELSEWHERE, "another@example.com", 0), None);
    }

    #[test]
    fn who_knows_the_password_gets_the_attempts_back() {
        let attempts = Attempts::new(1);
        assert_eq!(take(&attempts, HERE, "dom@example.com", 0), None);
        assert!(take(&attempts, HERE, "dom@example.com", 0).is_some());
        let email = Email::try_from("dom@example.com".to_owned()).unwrap();
        for _ in 0..20 {
            attempts.forgive(HERE.parse().unwrap(), &email);
            assert_eq!(take(&attempts, HERE, "dom@example.com", 0), None);
        }
    }
}
