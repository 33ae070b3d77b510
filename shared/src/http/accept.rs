//! Content negotiation: whether a caller wants a page or JSON (RFC 9110, section 12.5.1).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// Returns whether `Accept` names HTML, with a weight above 0 and not below that of JSON.
///
/// `*/*` names nothing: programs send it too, and they read JSON.
pub(crate) fn prefers_html(headers: &HeaderMap) -> bool {
    let html = weight(headers, |name| name == "text/html");
    let json = weight(headers, |name| {
        name == "application/json" || name == "application/problem+json"
    });
    html.is_some_and(|html| html > 0 && html >= json.unwrap_or(0))
}

/// The highest weight of the media types that are meant, in thousandths; `None` where none is named.
fn weight(headers: &HeaderMap, is_meant: impl Fn(&str) -> bool) -> Option<u16> {
    let ranges = headers.get_all(ACCEPT).iter();
    ranges
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next()?.to_ascii_lowercase();
            is_meant(&name).then(|| parts.find_map(quality).unwrap_or(1_000))
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
        ] {
            assert!(!prefers(accept), "{accept:?}");
        }
    }
}
