//! Token buckets by key.

use std::time::Duration;

use shared::rate_limit::RateLimiter;

fn at(seconds: i64) -> i64 {
    1_790_000_000_000 + seconds * 1_000
}

#[test]
fn tokens_run_out_for_one_key_and_come_back_one_by_one() {
    let limiter = RateLimiter::within(Duration::from_mins(15), 3);
    for _ in 0..3 {
        assert_eq!(limiter.take(&"a", at(0)), Ok(()));
    }
    assert_eq!(limiter.take(&"a", at(0)), Err(Duration::from_mins(5)));
    assert_eq!(limiter.take(&"b", at(0)), Ok(()));
    assert_eq!(limiter.take(&"a", at(300)), Ok(()));
    assert_eq!(limiter.take(&"a", at(301)), Err(Duration::from_secs(299)));
    for _ in 0..3 {
        assert_eq!(limiter.take(&"a", at(3_600)), Ok(()));
    }
    assert!(limiter.take(&"a", at(3_600)).is_err());
}

#[test]
fn a_token_or_all_of_them_can_be_returned() {
    let limiter = RateLimiter::new(2, Duration::from_secs(10));
    for _ in 0..2 {
        assert_eq!(limiter.take(&(), at(0)), Ok(()));
    }
    limiter.give_back(&());
    assert_eq!(limiter.take(&(), at(0)), Ok(()));
    assert!(limiter.take(&(), at(0)).is_err());
    limiter.reset(&());
    for _ in 0..2 {
        assert_eq!(limiter.take(&(), at(0)), Ok(()));
    }
    // There are never more than at first.
    let full = RateLimiter::new(1, Duration::from_secs(10));
    full.give_back(&());
    assert_eq!(full.take(&(), at(0)), Ok(()));
    full.give_back(&());
    full.give_back(&());
    assert_eq!(full.take(&(), at(0)), Ok(()));
    assert!(full.take(&(), at(0)).is_err());
}

#[test]
fn a_clock_that_is_set_back_locks_nobody_out() {
    let limiter = RateLimiter::new(1, Duration::from_secs(10));
    assert_eq!(limiter.take(&(), at(3_600)), Ok(()));
    assert_eq!(limiter.take(&(), at(0)), Ok(()));
    assert!(limiter.take(&(), at(1)).is_err());
}

#[test]
fn a_crowd_cannot_empty_the_memory_of_who_has_to_wait() {
    let limiter = RateLimiter::new(2, Duration::from_secs(10));
    for _ in 0..2 {
        assert_eq!(limiter.take(&"guesser", at(0)), Ok(()));
    }
    for other in 0..150_000_u32 {
        assert_eq!(limiter.take(&other, at(0)), Ok(()));
    }
    assert!(limiter.take(&"guesser", at(0)).is_err());
}
