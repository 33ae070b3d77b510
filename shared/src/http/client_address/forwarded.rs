//! Addresses as proxies write them: in lists such as `X-Forwarded-For`, and in `Forwarded` (RFC 7239).

use std::borrow::Cow;
use std::net::IpAddr;

/// The last element of a list that is not empty: the one that the nearest proxy added.
///
/// It is looked for from the right, so that a quote that the client left open cannot swallow it.
pub(super) fn last_element(list: &str) -> Option<&str> {
    let mut elements = list.rsplit(outside_quotes(',')).map(str::trim);
    elements.find(|element| !element.is_empty())
}

/// The `for` parameter of an element of `Forwarded`. An element has at most one.
pub(super) fn for_parameter(element: &str) -> Option<&str> {
    let pairs = element.rsplit(outside_quotes(';'));
    let mut values = pairs.filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value)
    });
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

/// The address of a node: `203.0.113.7`, `203.0.113.7:4711`, `2001:db8::1`, `[2001:db8::1]`, `"[2001:db8::1]:443"`. The
/// other nodes of RFC 7239, `unknown` and obfuscated ones such as `_hidden`, have none.
pub(super) fn node(text: &str) -> Option<IpAddr> {
    let text = unquoted(text.trim());
    let text = text.trim();
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None if text.matches(':').count() == 1 => text.split_at(text.find(':')?),
        None => (text, ""),
    };
    // A zone such as `%eth0` has a meaning on the proxy only.
    let address = host.split_once('%').map_or(host, |(address, _)| address);
    let address: IpAddr = address.parse().ok().filter(|_| is_port(port))?;
    Some(address.to_canonical())
}

/// Whether this is nothing, a colon and a port, or a colon and an obfuscated port.
fn is_port(text: &str) -> bool {
    let is_token = |port: &str| {
        port.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    text.is_empty()
        || text.strip_prefix(':').is_some_and(|port| {
            port.parse::<u16>().is_ok() || port.strip_prefix('_').is_some_and(is_token)
        })
}

/// The content of a quoted string, in which `\"` is a quote and `\a` an `a`. What is not quoted stays as it is.
fn unquoted(text: &str) -> Cow<'_, str> {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let Some(inner) = inner else {
        return Cow::Borrowed(text);
    };
    let mut is_escaped = false;
    let letters = inner.chars().filter(|letter| {
        is_escaped = *letter == '\\' && !is_escaped;
        !is_escaped
    });
    Cow::Owned(letters.collect())
}

/// Finds separators outside of quoted strings, for a text that is read from its end: whether a quote begins or ends a
/// string or is a part of it (`\"`) is known once the backslashes before it have been seen.
fn outside_quotes(separator: char) -> impl FnMut(char) -> bool {
    let mut is_quoted = false;
    let mut is_last_quote_escaped: Option<bool> = None;
    move |letter| {
        if letter == '\\'
            && let Some(is_escaped) = &mut is_last_quote_escaped
        {
            *is_escaped = !*is_escaped;
            return false;
        }
        is_quoted ^= is_last_quote_escaped.take() == Some(false);
        if letter == '"' {
            is_last_quote_escaped = Some(false);
        }
        letter == separator && !is_quoted
    }
}
