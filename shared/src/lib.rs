#![doc = include_str!("../README.md")]

pub mod env;
pub mod http;
pub mod serve;
pub mod settings;
pub mod telemetry;

#[doc(inline)]
pub use serve::serve;
