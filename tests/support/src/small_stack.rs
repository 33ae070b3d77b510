//! Property tests with inputs that a person with bad intentions would send, on a stack of 256 KiB.

use std::fmt::Debug;
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};

const STACK: usize = 256 * 1024;

/// Runs a property for many values; `PROPTEST_CASES` says for how many.
pub fn check<S>(strategy: S, property: impl Fn(S::Value) + Send + 'static)
where
    S: Strategy + Send + 'static,
    S::Value: Debug,
{
    run(move || {
        let outcome = TestRunner::new(config()).run(&strategy, |value| {
            property(value);
            Ok(())
        });
        outcome.unwrap();
    });
}

/// As many cases as `PROPTEST_CASES` says, and no files of the ones that failed.
pub fn config() -> Config {
    Config {
        failure_persistence: None,
        ..Config::default()
    }
}

/// Runs the work on a stack that a descent of any depth would overflow.
pub fn run<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK);
        thread.spawn_scoped(scope, work).unwrap().join().unwrap()
    })
}

/// Pieces that mean something to a parser, each repeated: what repeats a bracket is deep, what repeats a letter is long, and
/// what repeats a separator is wide.
pub fn bytes(pieces: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    let count = prop_oneof![
        12 => 1..4_usize,
        3 => 4..100_usize,
        1 => 100..1_500_usize,
    ];
    vec((select(pieces), count), 0..16).prop_map(|runs| {
        let runs = runs.into_iter().map(|(piece, count)| piece.repeat(count));
        runs.collect::<Vec<_>>().concat()
    })
}

/// The same as text.
pub fn text(pieces: &'static [&'static [u8]]) -> impl Strategy<Value = String> {
    bytes(pieces).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// A piece, and how often it is repeated: a few times, around the limits of readers, or very often.
pub fn repeated(piece: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let times = prop_oneof![0..20_usize, 100..150_usize, 1_000..40_000_usize];
    (piece, times).prop_map(|(piece, times)| piece.repeat(times))
}
