//! Limits on what makes the app hash passwords: guessing them, and registering accounts.

use std::sync::Arc;
use std::time::Duration;

use astra_db::table::Timestamp;
use shared::http::ClientAddress;
use shared::rate_limit::RateLimiter;

use crate::domain::email::Email;
use crate::error::AppError;

const LOG_INS: Duration = Duration::from_mins(15);
const REGISTRATIONS: Duration = Duration::from_hours(1);

/// The limits of the app. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RateLimits(Arc<Limiters>);

#[derive(Debug)]
struct Limiters {
    log_ins_of_account: RateLimiter,
    log_ins_of_network: RateLimiter,
    registrations: RateLimiter,
}

impl RateLimits {
    /// Each pair of a network and an account has `log_ins` attempts, which come back one by one within a quarter of an
    /// hour; a network has ten times as many for all accounts together. Nobody can lock an account for its owner, who
    /// is on another network. A network has `registrations` within an hour.
    pub fn new(log_ins: u32, registrations: u32) -> Self {
        Self(Arc::new(Limiters {
            log_ins_of_account: RateLimiter::within(LOG_INS, log_ins),
            log_ins_of_network: RateLimiter::within(LOG_INS, log_ins.saturating_mul(10)),
            registrations: RateLimiter::within(REGISTRATIONS, registrations),
        }))
    }

    /// Takes one attempt to log in, or says how long to wait for one.
    pub fn log_in(
        &self,
        address: ClientAddress,
        email: &Email,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let (network, now_ms) = (address.network(), now.as_millis());
        self.0
            .log_ins_of_network
            .take(&network, now_ms)
            .map_err(AppError::TooManyAttempts)?;
        let taken = self
            .0
            .log_ins_of_account
            .take(&(network, email.key()), now_ms);
        taken.map_err(|wait| {
            self.0.log_ins_of_network.give_back(&network);
            AppError::TooManyAttempts(wait)
        })
    }

    /// Takes one attempt to register, or says how long to wait for one.
    pub fn register(&self, address: ClientAddress, now: Timestamp) -> Result<(), AppError> {
        let network = address.network();
        let taken = self.0.registrations.take(&network, now.as_millis());
        taken.map_err(AppError::TooManyAttempts)
    }

    /// Returns the attempts of someone who knew the password: those for the account, and the one that it took of the
    /// network's.
    pub fn logged_in(&self, address: ClientAddress, email: &Email) {
        let network = address.network();
        self.0.log_ins_of_account.reset(&(network, email.key()));
        self.0.log_ins_of_network.give_back(&network);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "2001:db8::1";
    const NEXT_DOOR: &str = "2001:db8::2";
    const ELSEWHERE: &str = "198.51.100.7";

    fn address(text: &str) -> ClientAddress {
        ClientAddress::of_connection(text.parse().unwrap())
    }

    fn take(limits: &RateLimits, from: &str, email: &str, seconds: i64) -> Option<Duration> {
        let email = Email::try_from(email.to_owned()).unwrap();
        let now = Timestamp::from_millis(seconds * 1000);
        match limits.log_in(address(from), &email, now) {
            Ok(()) => None,
            Err(AppError::TooManyAttempts(wait)) => Some(wait),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn attempts_run_out_for_one_address_and_account_and_come_back_one_by_one() {
        let limits = RateLimits::new(3, 1);
        for _ in 0..3 {
            assert_eq!(take(&limits, HERE, "dom@example.com", 0), None);
        }
        let wait = take(&limits, NEXT_DOOR, "dom@example.com", 0);
        assert_eq!(wait, Some(Duration::from_mins(5)));
        assert_eq!(take(&limits, ELSEWHERE, "dom@example.com", 0), None);
        assert_eq!(take(&limits, HERE, "brian@example.com", 0), None);
        assert_eq!(take(&limits, HERE, "dom@example.com", 300), None);
        assert!(take(&limits, HERE, "dom@example.com", 300).is_some());
    }

    #[test]
    fn an_address_runs_out_over_all_accounts() {
        let limits = RateLimits::new(1, 1);
        for user in 0..10 {
            assert_eq!(take(&limits, HERE, &format!("{user}@example.com"), 0), None);
        }
        assert!(take(&limits, HERE, "another@example.com", 0).is_some());
        assert_eq!(take(&limits, ELSEWHERE, "another@example.com", 0), None);
    }

    #[test]
    fn who_knows_the_password_gets_the_attempts_back() {
        let limits = RateLimits::new(1, 1);
        assert_eq!(take(&limits, HERE, "dom@example.com", 0), None);
        assert!(take(&limits, HERE, "dom@example.com", 0).is_some());
        let email = Email::try_from("dom@example.com".to_owned()).unwrap();
        for _ in 0..20 {
            limits.logged_in(address(HERE), &email);
            assert_eq!(take(&limits, HERE, "dom@example.com", 0), None);
        }
    }
}
