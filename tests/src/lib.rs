//! Tests of the whole house. Each `[[test]]` of this crate is a folder of its own.
