//! What people type, not yet looked at, and the way to a value of [`domain`](crate::domain): the pages
//! and the API read the same forms.

pub mod customer;
pub mod search;
