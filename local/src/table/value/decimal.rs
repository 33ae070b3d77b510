//! Values of `decimal` columns.

use crate::number::{self, Decimal};

/// More zeros than a number in a request has room for.
const MAX_ZEROS: i64 = 100;

/// A number that comes back in the form it was sent in: one without point and exponent digit by digit (`300`), any other
/// without trailing zeros (`3E+2`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SentDecimal {
    number: Decimal,
    digit_by_digit: bool,
}

impl SentDecimal {
    /// Reads the text of a JSON number.
    pub(crate) fn parse(text: &str) -> Self {
        Self {
            number: Decimal::parse(text),
            digit_by_digit: number::is_integer(text),
        }
    }

    /// The value, which two forms can share.
    pub(crate) fn number(&self) -> &Decimal {
        &self.number
    }

    /// The text it is stored and answered in.
    pub(crate) fn to_text(&self) -> String {
        let text = self.number.to_text();
        if self.digit_by_digit {
            number::plain(&text, MAX_ZEROS)
        } else {
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_in_their_form_and_the_stored_text_keeps_it() {
        let zeros = format!("1{}", "0".repeat(99));
        for (sent, stored) in [
            ("300", "300"),
            ("-123000", "-123000"),
            ("0", "0"),
            ("-0", "0"),
            ("3E+2", "3E+2"),
            ("3e2", "3E+2"),
            ("300.00", "3E+2"),
            ("1.10", "1.1"),
            ("0E-7", "0"),
            (&zeros, &zeros),
        ] {
            let decimal = SentDecimal::parse(sent);
            assert_eq!(decimal.to_text(), stored, "{sent}");
            assert_eq!(SentDecimal::parse(stored).to_text(), stored, "{stored}");
        }
        assert_eq!(
            SentDecimal::parse("300").number(),
            SentDecimal::parse("3E+2").number()
        );
    }
}
