//! The pages: extract, one use case, answer.

pub(crate) mod admin;
pub(crate) mod cart;
pub(crate) mod checkout;
pub(crate) mod home;
pub(crate) mod legal;
pub(crate) mod orders;
pub(crate) mod page_cache;
mod problem;
pub(crate) mod products;
pub(crate) mod robots;
pub(crate) mod webhook; // cut: stripe
