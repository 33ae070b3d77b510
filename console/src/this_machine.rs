//! Whether a request was sent to a name of this machine.
//!
//! Any site can make its own name lead to 127.0.0.1 (DNS rebinding). To a browser its pages are then of one origin with a
//! server here, and may send it anything, a password that everybody knows included. What they cannot do is name another host.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Whether it is a name or an address of this very machine that the request was sent to.
pub fn is_named_in(request: &Request) -> bool {
    let named = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    // A request with a whole URL names the host twice.
    let in_target = request.uri().authority();
    named.as_ref().is_some_and(is_loopback) && in_target.is_none_or(is_loopback)
}

fn is_loopback(authority: &Authority) -> bool {
    let host = authority.host();
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Refuses what browsers send on behalf of pages under other names. Programs may call this machine what they like: they do not
/// say `Origin`, which browsers do with every POST.
pub async fn for_its_own_pages(request: Request, next: Next) -> Response {
    if request.headers().contains_key(ORIGIN) && !is_named_in(&request) {
        let words = "Pages use this server under localhost and 127.0.0.1 only, as long as its password is the one everybody knows.\n";
        return (StatusCode::FORBIDDEN, words).into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_told_from_others() {
        let of = |host: &str| {
            host.parse::<Authority>()
                .is_ok_and(|host| is_loopback(&host))
        };
        for own in [
            "localhost",
            "LOCALHOST:8181",
            "127.0.0.1:1",
            "127.9.9.9",
            "[::1]:8181",
            "[::1]",
        ] {
            assert!(of(own), "{own}");
        }
        for other in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "10.0.0.1",
            "[::2]",
            "0.0.0.0",
            "",
        ] {
            assert!(!of(other), "{other}");
        }
    }
}
