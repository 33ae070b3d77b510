//! Ids as types of their own: an id that parsed is well formed, and one kind is never taken for
//! another.
//!
//! A missing or malformed id therefore never reaches a filter, where it could match somebody else's
//! record.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use uuid::fmt::Simple;

/// The text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a valid id")]
pub struct MalformedId;

/// An id is shown, sent and stored as its text, and read back by `FromStr`.
macro_rules! as_text {
    ($($id:ident)*) => { $(
        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl TryFrom<String> for $id {
            type Error = MalformedId;

            fn try_from(text: String) -> Result<Self, MalformedId> {
                text.parse()
            }
        }

        impl From<$id> for String {
            fn from(id: $id) -> Self {
                id.to_string()
            }
        }
    )* };
}

as_text!(ProductId Sku CartId CheckoutId);

/// A product's id, which is also its address in the shop: `iphone-12`.
///
/// Lower-case letters and digits in words joined by single hyphens, at most 64 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProductId(String);

impl ProductId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProductId {
    type Err = MalformedId;

    fn from_str(text: &str) -> Result<Self, MalformedId> {
        if is_slug(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedId)
        }
    }
}

/// Lower-case letters and digits in words joined by single hyphens, at most 64 characters.
fn is_slug(text: &str) -> bool {
    let word_is_plain = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.len() <= 64 && text.split('-').all(word_is_plain)
}

/// What exactly is sold: a product, or one variant of it. Carts, stock and orders count by it.
///
/// A product without variants is its own SKU, `orbit`. A variant adds a word of its own after an
/// underscore, `iphone-12-pro_gold-256`, so that the SKU alone says whose variant it is, and is
/// unique without anybody looking. It is used as a field name, so it must never hold a dot.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sku(String);

impl Sku {
    /// The SKU as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The product it belongs to.
    pub fn product_id(&self) -> ProductId {
        let (product, _) = self.parts();
        ProductId(product.to_owned())
    }

    /// The variant's own word, where it is one.
    pub fn variant(&self) -> Option<&str> {
        self.parts().1
    }

    /// The SKU of a product's variant: the word as in `gold-256`.
    pub fn of_variant(product_id: &ProductId, word: &str) -> Result<Self, MalformedId> {
        format!("{product_id}_{word}").parse()
    }

    fn parts(&self) -> (&str, Option<&str>) {
        match self.0.split_once('_') {
            Some((product, variant)) => (product, Some(variant)),
            None => (&self.0, None),
        }
    }
}

/// The product as such, for one that has no variants.
impl From<&ProductId> for Sku {
    fn from(id: &ProductId) -> Self {
        Self(id.0.clone())
    }
}

impl FromStr for Sku {
    type Err = MalformedId;

    fn from_str(text: &str) -> Result<Self, MalformedId> {
        let sku = Self(text.to_owned());
        let (product, variant) = sku.parts();
        if is_slug(product) && variant.is_none_or(is_slug) {
            Ok(sku)
        } else {
            Err(MalformedId)
        }
    }
}

/// A cart's id. Whoever holds it holds the cart, so it is random and cannot be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CartId(Simple);

/// A checkout session's id, and the id of the order that comes of it. It is the secret in the
/// order's link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CheckoutId(Simple);

/// An order is the one outcome of its checkout session, and carries the session's id: a second
/// insert cannot happen.
pub type OrderId = CheckoutId;

impl CartId {
    /// A new id that nobody can guess.
    pub fn random() -> Self {
        Self(Uuid::new_v4().simple())
    }
}

impl CheckoutId {
    /// A new id that nobody can guess.
    pub fn random() -> Self {
        Self(Uuid::new_v4().simple())
    }

    /// The id under which a payment is kept that belongs to no order: always the same one for the
    /// same payment, and as hard to guess as the checkout's own.
    pub fn of_case(checkout: Self, payment: &str) -> Self {
        let digest = Sha256::digest(format!("{checkout} {payment}"));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(Uuid::from_bytes(bytes).simple())
    }

    /// A short form for people to read out: the first eight digits. It opens nothing.
    pub fn short(&self) -> String {
        let digits = self.to_string().to_ascii_uppercase();
        format!("{}-{}", &digits[..4], &digits[4..8])
    }
}

impl FromStr for CartId {
    type Err = MalformedId;

    fn from_str(text: &str) -> Result<Self, MalformedId> {
        random_id(text).map(Self)
    }
}

impl FromStr for CheckoutId {
    type Err = MalformedId;

    fn from_str(text: &str) -> Result<Self, MalformedId> {
        random_id(text).map(Self)
    }
}

/// 122 bits from the operating system's random source, written as 32 lower-case hex digits and in
/// no other way.
fn random_id(text: &str) -> Result<Simple, MalformedId> {
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 32 || !text.bytes().all(is_hex) {
        return Err(MalformedId);
    }
    let id = Uuid::try_parse(text).map_err(|_| MalformedId)?;
    Ok(id.simple())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_id_is_words_of_letters_and_digits() {
        for good in ["iphone-12", "a", "12", "usb-c-cable-2m"] {
            assert_eq!(
                good.parse::<ProductId>().map(String::from),
                Ok(good.to_owned())
            );
        }
        let long = "a".repeat(65);
        for bad in [
            "",
            "-",
            "a-",
            "-a",
            "a--b",
            "a.b",
            "A",
            "a b",
            "$ne",
            "é",
            "a&.b",
            long.as_str(),
        ] {
            assert_eq!(bad.parse::<ProductId>(), Err(MalformedId), "{bad}");
        }
    }

    #[test]
    fn a_sku_names_its_product_and_its_variant() {
        let read = |text: &str| {
            let sku: Sku = text.parse().ok()?;
            let variant = sku.variant().map(str::to_owned);
            Some((sku.product_id().to_string(), variant))
        };
        assert_eq!(read("orbit"), Some(("orbit".to_owned(), None)));
        assert_eq!(
            read("iphone-12-pro_gold-256"),
            Some(("iphone-12-pro".to_owned(), Some("gold-256".to_owned())))
        );
        for bad in [
            "", "_", "a_", "_a", "a_b_c", "a.b", "a_b.c", "a_$ne", "A_b", "a_-b", "a b",
        ] {
            assert_eq!(bad.parse::<Sku>(), Err(MalformedId), "{bad}");
        }
    }

    #[test]
    fn a_random_id_is_read_only_in_its_one_spelling() {
        let id = CartId::random();
        assert_eq!(id.to_string().parse(), Ok(id));
        let text = id.to_string();
        for bad in [
            String::new(),
            text.to_uppercase() + "g",
            text[..31].to_owned(),
            format!("{text}0"),
            format!("{{{text}}}"),
        ] {
            assert_eq!(bad.parse::<CartId>(), Err(MalformedId), "{bad}");
        }
        assert_ne!(CartId::random(), CartId::random());
    }
}
