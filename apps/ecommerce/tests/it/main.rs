//! The shop from outside: its real router on an in-memory Data API, and its real binary where that
//! matters.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod admin;
mod adversarial;
mod api;
mod browser;
mod browsing;
mod cart;
mod catalog;
mod checkout;
mod cookies;
mod cost;
mod crash;
mod documents;
mod faults;
mod invalid_documents;
mod journey;
mod listening;
mod lost_answers;
mod names;
mod paying;
mod payments;
mod races;
mod safety;
mod search;
mod search_engines;
mod shop;
mod starts;
mod stored;
mod stripe_mock;
mod variants;
