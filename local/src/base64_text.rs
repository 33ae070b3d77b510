//! Base64 as the real server reads it.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Padded, and not minding bits after the last byte.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// Reads groups of four characters, each of them padded or not, with white space between them (`Base64Variant.decode` of
/// <https://github.com/FasterXML/jackson-core>).
pub(crate) fn read(text: &str) -> Option<Vec<u8>> {
    if let Ok(bytes) = BASE64.decode(text) {
        return Some(bytes);
    }
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some(start) = rest.iter().position(|byte| *byte > b' ') {
        let (group, after) = rest.get(start..)?.split_at_checked(4)?;
        BASE64.decode_vec(group, &mut bytes).ok()?;
        rest = after;
    }
    Some(bytes)
}

pub(crate) fn write(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_four_stand_for_bytes() {
        for (text, bytes) in [
            ("", Some(&b""[..])),
            ("AQID", Some(b"\x01\x02\x03")),
            ("AQI=", Some(b"\x01\x02")),
            ("AQJ=", Some(b"\x01\x02")),
            (" AQID\n\tBA== ", Some(b"\x01\x02\x03\x04")),
            ("AQ==Ag==", Some(b"\x01\x02")),
            ("A QID", None),
            ("AQI", None),
            ("AQ=D", None),
            ("A===", None),
            ("AQI_", None),
            ("é===", None),
        ] {
            assert_eq!(read(text).as_deref(), bytes, "{text}");
        }
    }
}
