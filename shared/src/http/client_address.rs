//! The network address of the client: that of its connection, or the one that a proxy reports in a header.

mod forwarded;

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::Response;

use crate::env::{Env, Noted};
use crate::log_limit::LogLimit;

/// The header in which the proxy in front of the application reports the client's address.
///
/// Only what the nearest proxy wrote can be trusted: the last address of the last line of the header. Everything before
/// it comes from the client, or from proxies that the application does not know. Behind two proxies of your own, name a
/// header that the outer one sets alone, such as `cf-connecting-ip`.
#[derive(Debug, Clone)]
pub struct ClientIpHeader {
    name: HeaderName,
    missing: Arc<LogLimit>,
    unreadable: Arc<LogLimit>,
}

impl ClientIpHeader {
    /// Reads `CLIENT_IP_HEADER` and notes a problem in `env`. `None` where it is not set: the address is then that of
    /// the connection, or on AWS Lambda that of the invocation.
    pub fn read(env: &mut Env<'_>) -> Result<Option<Self>, Noted> {
        match env.text("CLIENT_IP_HEADER").map(|text| (text.parse(), text)) {
            None => Ok(None),
            Some((Ok(name), _)) => Ok(Some(Self::new(name))),
            Some((Err(_), text)) => Err(env.problem(format!(
                "CLIENT_IP_HEADER is {text:?}, expected the name of a header such as x-forwarded-for"
            ))),
        }
    }

    /// Reads addresses from this header.
    pub fn new(name: HeaderName) -> Self {
        Self {
            name,
            missing: Arc::default(),
            unreadable: Arc::default(),
        }
    }

    /// The address in the headers of a request. What is missing or unreadable is logged, at most once a minute.
    fn address(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let lines = headers.get_all(&self.name).iter();
        let lines = lines.map(|line| String::from_utf8_lossy(line.as_bytes()));
        let Some(element) = lines.rev().find_map(|line| {
            let element = forwarded::last_element(&line);
            element.map(str::to_owned)
        }) else {
            self.missing.log(|repeated| {
                tracing::warn!(
                    header = %self.name,
                    repeated,
                    "a request came without the header that CLIENT_IP_HEADER names; the address of its connection counts"
                );
            });
            return None;
        };
        let address = if self.name == "forwarded" {
            forwarded::for_parameter(&element).and_then(forwarded::node)
        } else {
            forwarded::node(&element)
        };
        if address.is_none() {
            self.unreadable.log(|repeated| {
                let element: String = element.chars().take(64).collect();
                tracing::warn!(
                    header = %self.name,
                    value = ?element,
                    repeated,
                    "the header that CLIENT_IP_HEADER names holds no address; the address of its connection counts"
                );
            });
        }
        address
    }
}

/// The network address of the client; handlers take it as an argument.
///
/// Without a [`ClientIpHeader`], or where that cannot be read, it is the address of the connection, and on AWS Lambda the
/// one in the invocation's context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress {
    /// The address.
    pub ip: IpAddr,
    /// Whether a proxy reported it in the [`ClientIpHeader`].
    pub is_reported: bool,
}

impl ClientAddress {
    /// The address of a connection.
    pub fn of_connection(ip: IpAddr) -> Self {
        Self {
            ip,
            is_reported: false,
        }
    }

    /// What a limit counts by. One customer of an IPv6 provider has at least 2^64 addresses, so those of a /64 count as
    /// one.
    ///
    /// ```
    /// use shared::http::ClientAddress;
    ///
    /// let network = |text: &str| ClientAddress::of_connection(text.parse().unwrap()).network();
    /// assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
    /// assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
    /// assert_ne!(network("203.0.113.7"), network("203.0.113.8"));
    /// ```
    pub fn network(self) -> IpAddr {
        match self.ip.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
            address @ IpAddr::V4(_) => address,
        }
    }

    /// The [`network`](Self::network) of one client, for limits that leave the others out. A connection from an address
    /// that is not public is probably that of a proxy, behind which everyone is. Reported by a proxy, a private address is
    /// that of a client in its network.
    pub fn known_network(self) -> Option<IpAddr> {
        let ip = self.ip.to_canonical();
        let is_public = match ip {
            IpAddr::V4(it) => !(it.is_private() || it.is_loopback() || it.is_link_local()),
            IpAddr::V6(it) => {
                !(it.is_unique_local() || it.is_loopback() || it.is_unicast_link_local())
            }
        };
        let is_known = !ip.is_unspecified() && (is_public || self.is_reported);
        is_known.then(|| self.network())
    }
}

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let header = parts.extensions.get::<ClientIpHeader>();
        if let Some(ip) = header.and_then(|header| header.address(&parts.headers)) {
            return Ok(Self {
                ip,
                is_reported: true,
            });
        }
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let ip = connected.map(|ConnectInfo(address)| address.ip().to_canonical());
        Ok(Self::of_connection(
            ip.unwrap_or(Ipv4Addr::UNSPECIFIED.into()),
        ))
    }
}

/// Tells the extractor which header to read.
pub(crate) async fn read_from(
    State(header): State<Option<ClientIpHeader>>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(header) = header {
        request.extensions_mut().insert(header);
    }
    next.run(request).await
}
