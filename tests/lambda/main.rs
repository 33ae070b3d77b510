//! The applications as functions of AWS Lambda: the unmodified binaries, invoked over Lambda's runtime API by the events
//! of a function URL and of an API Gateway.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod discord_bot;
mod ecommerce;
mod event;
mod function;
mod reviews;
mod runtime_api;
