//! The allocator, for `serve`: the C library's keeps what a thread has freed for that thread, so that the memory of large
//! requests, which run on many threads, would stay with the process for good.
//!
//! The applications take small bodies only and stay with the C library's, which needs less while nothing happens.

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;
