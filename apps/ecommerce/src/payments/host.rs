//! Addresses of servers.

use axum::http::uri::Authority;

/// Whether this is a host, with or without a port, and nothing else.
pub(crate) fn is_host(authority: &Authority) -> bool {
    let host = authority.host();
    let port = authority.as_str().strip_prefix(host);
    let port_is_valid = port
        .is_some_and(|port| port.is_empty() || authority.port_u16().is_some_and(|port| port != 0));
    let labels = host.strip_suffix('.').unwrap_or(host).split('.');
    port_is_valid && labels.into_iter().all(|label| !label.is_empty())
}
