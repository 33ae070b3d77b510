//! The house checks itself: what its pages promise is there, and its rooms stay apart.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod cuts;
mod deploy;
mod floors;
mod imports;
mod layout;
mod pages;
mod settings;
mod tree;
