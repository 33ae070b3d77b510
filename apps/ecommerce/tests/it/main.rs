//! The shop from outside: its real router on an in-memory Data API, and its real binary where that matters.

mod api;
mod browsing;
mod cart;
mod checkout;
mod crash;
mod documents;
mod journey;
mod safety;
mod shop;
