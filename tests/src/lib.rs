//! Tests of the whole house. Each `[[test]]` of this crate is a folder of its own.

/// The front door's example is compiled like any other.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct FrontDoor;
