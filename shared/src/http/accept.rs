//! Content negotiation: whether a caller wants a page or JSON, and reads gzip (RFC 9110, section 12.5).

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, ACCEPT_ENCODING, HeaderName};

/// Returns whether `Accept` names HTML, with a weight above 0 and not below that of JSON.
///
/// `*/*` names nothing: programs send it too, and they read JSON. `application/*` is JSON unless its type is named, too.
pub(crate) fn prefers_html(headers: &HeaderMap) -> bool {
    let weight = |name| weight(headers, ACCEPT, name);
    let of_any = weight("application/*");
    let json = ["application/problem+json", "application/json"];
    let json = json.into_iter().filter_map(|name| weight(name).or(of_any));
    let json = json.max().unwrap_or(0);
    weight("text/html").is_some_and(|html| html > 0 && html >= json)
}

/// Returns whether a response may be compressed with gzip.
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let weight = |name| weight(headers, ACCEPT_ENCODING, name);
    weight("gzip").or(weight("*")).is_some_and(|gzip| gzip > 0)
}

/// The highest weight of what is named like this in a list, in thousandths; `None` where it is not named.
fn weight(headers: &HeaderMap, header: HeaderName, name: &str) -> Option<u16> {
    let lines = headers.get_all(header).iter();
    lines
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|element| {
            let mut parts = element.split(';').map(str::trim);
            let is_meant = parts.next()?.eq_ignore_ascii_case(name);
            is_meant.then(|| parts.find_map(quality).unwrap_or(1_000))
        })
        .max()
}

/// `q=0.5` as 500. What is not a number from 0 to 1 weighs nothing.
fn quality(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    name.trim().eq_ignore_ascii_case("q").then(|| {
        let (whole, fraction) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
        let is_short = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
        match (whole, format!("{fraction:0<3}").parse()) {
            ("0", Ok(thousandths)) if is_short => thousandths,
            ("1", Ok(0)) if is_short => 1_000,
            _ => 0,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn adversarial_lists_of_media_types_come_to_an_end(
            piece in prop::sample::select(vec!["text/html;q=0,", ";", ",", "q=", "text/html;q=0.", "9", "=", "\""]),
            times in 0..20_000_usize, end in ".{0,80}",
        ) {
            let list = piece.repeat(times) + &end;
            if let Ok(value) = axum::http::HeaderValue::from_bytes(list.as_bytes()) {
                let headers = HeaderMap::from_iter([(ACCEPT, value)]);
                let named = list.to_ascii_lowercase().contains("text/html");
                prop_assert!(named || !prefers_html(&headers));
            }
        }
    }

    fn prefers(accept: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(ACCEPT, value.parse().unwrap());
        }
        prefers_html(&headers)
    }

    #[test]
    fn html_has_to_be_named_and_not_to_be_unwanted() {
        for accept in [
            &["text/html"][..],
            &["TEXT/HTML; charset=utf-8"],
            &["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
            &["application/json;q=0.8, text/html"],
            &["application/json, text/html"],
            &["*/*", "text/html;q=0.001"],
            &["text/html; q=1.000"],
            &["text/html, application/*"],
            &["text/html;q=0.5, application/*;q=0.5"],
            &["text/html;q=0.5, application/*;q=0.4, */*"],
            &[
                "text/html;q=0.5, application/*",
                "application/json;q=0.1, application/problem+json;q=0.2",
            ],
        ] {
            assert!(prefers(accept), "{accept:?}");
        }
        for accept in [
            &[][..],
            &["*/*"],
            &["text/*"],
            &["text/html;q=0"],
            &["text/html;q=0.000"],
            &["text/html ; Q = 0.0, */*"],
            &["text/html;q=0.5, application/json"],
            &["application/problem+json, text/html;q=0.9"],
            &["text/html;q=-1"],
            &["text/html;q=0.0001"],
            &["text/html;q=nan"],
            &["x-text/html"],
            &["text/html5"],
            &["application/*"],
            &["text/html;q=0.5, application/*"],
            &["text/html;q=0.5", "APPLICATION/* ; q=0.6"],
            // The type of an error is not named, so the range counts for it.
            &["text/html;q=0.5, application/json;q=0.1, application/*"],
        ] {
            assert!(!prefers(accept), "{accept:?}");
        }
    }

    #[test]
    fn gzip_has_to_be_named_or_to_be_one_of_all_and_not_to_be_unwanted() {
        let accepts = |value: &str| {
            let value = value.parse().unwrap();
            accepts_gzip(&HeaderMap::from_iter([(ACCEPT_ENCODING, value)]))
        };
        assert!(!accepts_gzip(&HeaderMap::new()));
        for accept in ["gzip", "br, GZIP;q=0.1", "*", "identity;q=0.5, *;q=0.1"] {
            assert!(accepts(accept), "{accept}");
        }
        for accept in ["", "br", "gzip;q=0", "gzip;q=0, *", "*;q=0", "x-gzipped"] {
            assert!(!accepts(accept), "{accept}");
        }
    }
}
