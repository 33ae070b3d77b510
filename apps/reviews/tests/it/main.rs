//! The API from outside: its real router on an in-memory Data API, and its real binary where that
//! matters.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod accounts;
mod adversarial;
mod api;
mod carry_over;
mod cluster;
mod cost;
mod crash;
mod crowd;
mod documents;
mod faults;
mod faulty_database;
mod journey;
mod killed;
mod listening;
mod manage_account;
mod memory;
mod moderation;
mod openapi;
mod page_session;
mod pages;
mod race;
mod samples;
mod starts;
mod stored;
mod vehicles;
mod walk;
