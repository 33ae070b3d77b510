//! Internet addresses as the Data API reads and writes them. Names are not looked up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::table::value::Mismatch;

/// Reads an IPv4 address of one to four parts (`127.1` is `127.0.0.1`), or an IPv6 address with or without brackets.
/// The empty string and `localhost` are the loopback address, as they are to the real server.
pub(super) fn read(text: &str) -> Result<IpAddr, Mismatch> {
    let address = match text {
        "" | "localhost" => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        _ if text.contains(':') => parse_v6(text),
        _ => parse_v4(text).map(IpAddr::V4),
    };
    address.ok_or_else(|| Mismatch::new("expected a numeric IPv4 or IPv6 address"))
}

/// IPv4 in its usual form, IPv6 as eight groups without compression.
pub(super) fn text(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => address
            .segments()
            .map(|group| format!("{group:x}"))
            .join(":"),
    }
}

/// The bytes of an address, 4 or 16: CQL orders addresses by them.
pub(super) fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// An IPv4 address written as IPv6 is an IPv4 address.
fn parse_v6(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let address: Ipv6Addr = bare.unwrap_or(text).parse().ok()?;
    Some(
        address
            .to_ipv4_mapped()
            .map_or(IpAddr::V6(address), IpAddr::V4),
    )
}

/// Every part but the last is one byte; the last fills the bytes that are left.
fn parse_v4(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<&str> = text.split('.').collect();
    let (last, leading) = parts.split_last()?;
    if leading.len() > 3 {
        return None;
    }
    let mut address = 0_u32;
    for (place, part) in leading.iter().enumerate() {
        let byte = parse_part(part).filter(|part| *part <= 255)?;
        address |= byte << (24 - 8 * place);
    }
    let room = u32::MAX.checked_shr(8 * u32::try_from(leading.len()).ok()?)?;
    let tail = parse_part(last).filter(|tail| *tail <= room)?;
    Some(Ipv4Addr::from(address | tail))
}

fn parse_part(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_read_in_all_numeric_forms() {
        for (text, written) in [
            ("127.0.0.1", "127.0.0.1"),
            ("127.1", "127.0.0.1"),
            ("1.2", "1.0.0.2"),
            ("192.11046143", "192.168.140.255"),
            ("10.1.515", "10.1.2.3"),
            ("", "127.0.0.1"),
            ("localhost", "127.0.0.1"),
            ("::1", "0:0:0:0:0:0:0:1"),
            ("[::1]", "0:0:0:0:0:0:0:1"),
            ("2001:db8::ff00:42:8329", "2001:db8:0:0:0:ff00:42:8329"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
        ] {
            assert_eq!(super::text(read(text).expect(text)), written);
        }
        for text in [
            "127.0.0.1/16",
            "256.0.0.1",
            "1.2.3.4.5",
            "1..2",
            "+1.2.3.4",
            "example.com",
            "::g",
            "1.2.3.256",
            "4294967296",
            " 1.2.3.4",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_address_is_read_back(v4: u32, v6: u128) {
            let v4 = IpAddr::from(Ipv4Addr::from(v4));
            prop_assert_eq!(read(&text(v4)).ok(), Some(v4));
            let v6 = Ipv6Addr::from(v6);
            prop_assume!(v6.to_ipv4_mapped().is_none());
            prop_assert_eq!(read(&text(v6.into())).ok(), Some(v6.into()));
        }
    }
}
