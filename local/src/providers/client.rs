//! Sending calls to services, where the program was built with a client.

#[cfg(feature = "providers")]
mod over_http;

#[cfg(feature = "providers")]
pub(super) use self::over_http::send_all;
#[cfg(not(feature = "providers"))]
use super::call::{Failure, Outgoing, Reply};

/// Sends all of them at the same time and waits until each was answered or given up.
#[cfg(not(feature = "providers"))]
pub(super) fn send_all(calls: Vec<Outgoing>) -> Vec<Result<Reply, Failure>> {
    let refused = calls.into_iter().map(|_| Err(Failure::NoClient));
    refused.collect()
}
