//! UUIDs as the real server reads them.

use uuid::Uuid;

/// Characters of a UUID as it is written.
const LENGTH: usize = 36;

/// Reads five hexadecimal numbers with hyphens between them. As in
/// [`java.util.UUID.fromString`](https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/UUID.html),
/// each may be shorter than its part of a UUID, or longer, of which the last digits count: `1-2-3-4-5` is
/// `00000001-0002-0003-0004-000000000005`.
pub(crate) fn read(text: &str) -> Option<Uuid> {
    if text.len() > LENGTH {
        return None;
    }
    let mut parts = text.split('-').map(|part| i64::from_str_radix(part, 16));
    let mut uuid = 0;
    for bits in [32, 16, 16, 16, 48] {
        let part = u128::from(parts.next()?.ok()?.unsigned_abs());
        uuid = (uuid << bits) | (part & ((1 << bits) - 1));
    }
    parts.next().is_none().then(|| Uuid::from_u128(uuid))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Option<String> {
        read(text).map(|uuid| uuid.to_string())
    }

    #[test]
    fn a_uuid_is_read_in_any_case() {
        let uuid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
        assert_eq!(written(uuid).as_deref(), Some(uuid));
        assert_eq!(written(&uuid.to_uppercase()).as_deref(), Some(uuid));
    }

    #[test]
    fn parts_may_be_shorter_or_longer_than_they_are_written() {
        for (text, uuid) in [
            ("1-2-3-4-5", "00000001-0002-0003-0004-000000000005"),
            (
                "3f2504e0-4f89-41d3-9a0c-0305e82c330",
                "3f2504e0-4f89-41d3-9a0c-00305e82c330",
            ),
            ("123456789-2-3-4-5", "23456789-0002-0003-0004-000000000005"),
        ] {
            assert_eq!(written(text).as_deref(), Some(uuid), "{text}");
        }
    }

    #[test]
    fn five_numbers_it_has_to_be() {
        for text in [
            "",
            "not-a-uuid",
            "1-2-3-4",
            "1-2-3-4-5-6",
            "1-2--4-5",
            "-1-2-3-4-5",
            "g-2-3-4-5",
            "3f2504e04f8941d39a0c0305e82c3301",
            "3f2504e0-4f89-41d3-9a0c-0305e82c33011",
            "1-2-3-4-8000000000000000",
        ] {
            assert_eq!(written(text), None, "{text}");
        }
    }
}
