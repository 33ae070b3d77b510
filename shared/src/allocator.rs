//! The allocator of every program that uses this crate.
//!
//! The C library's keeps what a thread has freed for that thread: blocks of password hashes and large requests, which run
//! on many threads, would stay with the process for good.

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;
