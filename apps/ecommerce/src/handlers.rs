//! The pages: extract, one use case, answer.

pub(crate) mod admin;
pub(crate) mod cart;
pub(crate) mod checkout;
pub(crate) mod home;
pub(crate) mod kept_pages;
pub(crate) mod orders;
mod problem;
pub(crate) mod products;
pub(crate) mod robots;
pub(crate) mod webhook;
