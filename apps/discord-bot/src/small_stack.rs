//! For tests of what strangers send: deep, long and wide texts, read on a small stack.

use proptest::prelude::*;

/// Runs a test in a thread whose stack is an eighth of that of a server's thread.
pub(crate) fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(256 * 1024);
    thread.spawn(test).unwrap().join().unwrap();
}

/// As many cases as `PROPTEST_CASES` says.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A piece, and how often it is repeated: a few times, around the limits of readers, or very often.
pub(crate) fn repeated(piece: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let times = prop_oneof![0..20_usize, 100..150_usize, 1_000..40_000_usize];
    (piece, times).prop_map(|(piece, times)| piece.repeat(times))
}
