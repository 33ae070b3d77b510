//! What the tests of several applications need (feature `testing`).

mod clock;

pub use clock::TestClock;
