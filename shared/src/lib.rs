#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod activity;
pub mod clock;
pub mod command_line;
pub mod connect;
pub mod dotenv;
pub mod email;
#[cfg(feature = "embedded")]
mod embedded;
pub mod env;
mod failure;
pub mod field_errors;
pub mod http;
pub mod json;
mod log_limit;
pub mod numbers;
pub mod rate_limit;
pub mod schema;
pub mod serve;
pub mod settings;
mod startup;
pub mod telemetry;
mod unavailable;
pub mod unicode;

#[doc(inline)]
pub use connect::connect;
#[cfg(feature = "embedded")]
pub use embedded::EmbeddedTransport;
pub use failure::Failure;
#[doc(inline)]
pub use serve::serve;
pub use startup::Startup;
pub use unavailable::Unavailable;
