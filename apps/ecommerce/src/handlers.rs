//! The pages: extract, one call into the domain, answer.

pub(crate) mod admin;
pub(crate) mod cart;
pub(crate) mod checkout;
pub(crate) mod home;
pub(crate) mod orders;
pub(crate) mod products;
pub(crate) mod robots;
pub(crate) mod webhook;
