//! Conditional requests: whether a caller already has what it asks for (RFC 9110, section 13.1.2).

use axum::http::HeaderMap;
use axum::http::header::IF_NONE_MATCH;

/// Returns whether `If-None-Match` names this entity tag, so that 304 is the answer.
///
/// The comparison is the weak one that the RFC asks for: `W/"a"` and `"a"` are the same. A tag that is not well formed
/// ends its list, and the file is sent.
///
/// ```
/// use axum::http::HeaderMap;
/// use axum::http::header::IF_NONE_MATCH;
/// use shared::http::has_current;
///
/// let mut headers = HeaderMap::new();
/// headers.insert(IF_NONE_MATCH, r#""old", W/"new""#.parse().unwrap());
/// assert!(has_current(&headers, r#""new""#));
/// ```
pub fn has_current(headers: &HeaderMap, etag: &str) -> bool {
    let current = opaque(etag);
    headers.get_all(IF_NONE_MATCH).iter().any(|value| {
        let value = value.as_bytes().trim_ascii();
        value == b"*" || tags(value).any(|tag| tag == current.as_bytes())
    })
}

/// The tag without the mark of a weak one, in its quotes.
fn opaque(etag: &str) -> &str {
    etag.strip_prefix("W/").unwrap_or(etag)
}

/// The tags of a list, each in its quotes. A comma inside the quotes belongs to the tag.
fn tags(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = list;
    std::iter::from_fn(move || {
        let start = rest.iter().position(|byte| !b", \t".contains(byte))?;
        rest = &rest[start..];
        rest = rest.strip_prefix(b"W/").unwrap_or(rest);
        let inside = rest.strip_prefix(b"\"")?;
        let length = inside.iter().position(|byte| *byte == b'"')? + 2;
        let (tag, after) = rest.split_at(length);
        rest = after;
        Some(tag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn adversarial_lists_of_tags_come_to_an_end(
            piece in prop::sample::select(vec!["\"", "\"a\",", "W/", "W/\"", ",", "*", " ", "\u{e9}"]),
            times in 0..20_000_usize, end in ".{0,80}",
        ) {
            let list = piece.repeat(times) + &end;
            if let Ok(value) = HeaderValue::from_bytes(list.as_bytes()) {
                let headers = HeaderMap::from_iter([(IF_NONE_MATCH, value)]);
                prop_assert!(!has_current(&headers, "\"the current one\"") || list.trim() == "*");
                prop_assert!(tags(list.as_bytes()).count() <= list.len());
            }
        }
    }

    fn known(values: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(IF_NONE_MATCH, HeaderValue::from_str(value).unwrap());
        }
        has_current(&headers, "\"a1\"")
    }

    #[test]
    fn a_tag_is_found_weak_in_a_list_on_a_second_line_and_by_a_star() {
        for values in [
            &["\"a1\""][..],
            &["W/\"a1\""],
            &["\"b\", \"a1\""],
            &["\"b\",W/\"a1\" ,\"c\""],
            &[", ,\"a1\""],
            &["\"b,c\", \"a1\""],
            &["\"b\"", "\"a1\""],
            &["*"],
            &[" * "],
        ] {
            assert!(known(values), "{values:?}");
        }
    }

    #[test]
    fn another_tag_or_none_is_not_the_current_one() {
        for values in [
            &[][..],
            &[""],
            &["a1"],
            &["\"a1"],
            &["\"a\""],
            &["\"A1\""],
            &["w/\"a1\""],
            &["\"*\""],
            &["*, \"b\""],
            &["\"b,\"a1\",c\""],
        ] {
            assert!(!known(values), "{values:?}");
        }
    }
}
