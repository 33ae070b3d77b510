//! Who buys, as typed into the checkout form or sent to the API.

use serde::Deserialize;
use shared::field_errors::FieldErrors;
use shared::{email, unicode};

use crate::domain::customer::{Address, Buyer, COUNTRIES, Customer};
use crate::domain::delivery::DeliveryMethod;

/// Who buys and where the parcel goes, as typed and not yet looked at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CustomerDetails {
    /// The person the parcel is for.
    pub name: String,
    /// Where the confirmation goes.
    pub email: String,
    /// Street and number.
    pub street: String,
    /// Flat, floor, company: may be empty.
    pub extra: String,
    /// Town or city.
    pub city: String,
    /// State, province or county: may be empty.
    pub region: String,
    /// Postal code.
    pub postcode: String,
    /// ISO 3166 code of one of the countries the shop sends to.
    pub country: String,
    /// `standard` or `express`; empty means standard.
    pub delivery: String,
}

impl CustomerDetails {
    /// The details as they would have been typed to come to this.
    pub fn of(customer: Customer, delivery: DeliveryMethod) -> Self {
        let Customer {
            name,
            email,
            address,
        } = customer;
        Self {
            name,
            email,
            street: address.street,
            extra: address.extra,
            city: address.city,
            region: address.region,
            postcode: address.postcode,
            country: address.country,
            delivery: delivery.slug().to_owned(),
        }
    }

    /// The buyer, or everything that is wrong with what was typed.
    pub fn check(self) -> Result<Buyer, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut line = |field, line| errors.value(field, line);
        let customer = Customer {
            name: line("name", required(&self.name, "Enter your name")),
            email: line("email", email_address(&self.email)),
            address: Address {
                street: line("street", required(&self.street, STREET)),
                extra: line("extra", optional(&self.extra)),
                city: line("city", required(&self.city, "Enter your town or city")),
                region: line("region", optional(&self.region)),
                postcode: line("postcode", required(&self.postcode, POSTCODE)),
                country: line("country", country_code(&self.country)),
            },
        };
        let delivery = errors.value("delivery", self.delivery.parse());
        errors.or(Buyer { customer, delivery })
    }
}

const STREET: &str = "Enter your street and number";
const POSTCODE: &str = "Enter your postal code";
const LONGEST_TEXT: usize = 200;

fn optional(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.chars().count() > LONGEST_TEXT {
        return Err("Use at most 200 characters");
    }
    if !unicode::is_plain_line(text) {
        return Err("Use one line of plain text");
    }
    Ok(text.to_owned())
}

fn required(text: &str, when_empty: &'static str) -> Result<String, &'static str> {
    let text = optional(text)?;
    if unicode::is_visible(&text) {
        Ok(text)
    } else {
        Err(when_empty)
    }
}

fn email_address(text: &str) -> Result<String, &'static str> {
    let text = required(text, "Enter your e-mail address")?;
    if email::is_plausible(&text) && email::is_readable(&text) {
        Ok(text)
    } else {
        Err("Enter an e-mail address such as ada@example.com")
    }
}

fn country_code(code: &str) -> Result<String, &'static str> {
    let known = COUNTRIES.iter().find(|(known, _)| *known == code.trim());
    known
        .map(|(code, _)| (*code).to_owned())
        .ok_or("Choose a country from the list")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> CustomerDetails {
        CustomerDetails {
            name: " Ada Lovelace ".into(),
            email: "ada@example.com".into(),
            street: "12 St James's Square".into(),
            city: "London".into(),
            postcode: "SW1Y 4JH".into(),
            country: "GB".into(),
            ..CustomerDetails::default()
        }
    }

    #[test]
    fn blanks_around_what_was_typed_are_dropped() {
        let customer = ada().check().unwrap().customer;
        assert_eq!(
            (customer.name.as_str(), customer.address.country_name()),
            ("Ada Lovelace", "United Kingdom")
        );
    }

    #[test]
    fn every_missing_field_is_reported_at_once_in_the_order_of_the_form() {
        let errors = CustomerDetails::default().check().unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(
            fields,
            ["name", "email", "street", "city", "postcode", "country"]
        );
    }

    #[test]
    fn an_address_that_cannot_be_mailed_is_refused() {
        for bad in [
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "a@b@example.com",
            "ada @example.com",
            "ada@example..com",
            "a\r\nBcc: x@y.z",
            "a\u{200b}da@example.com",
            "a\u{202e}da@example.com",
            "a\u{e000}da@example.com",
        ] {
            let errors = CustomerDetails {
                email: bad.into(),
                ..ada()
            }
            .check()
            .unwrap_err();
            assert!(errors.get("email").is_some(), "{bad}");
        }
    }

    #[test]
    fn a_line_of_an_address_label_can_be_read() {
        for bad in [
            "\u{200b}",
            "\u{2800}",
            "A\u{202e}da",
            "A\u{2028}da",
            "A\u{e000}da",
            "A\u{fffe}da",
            "\u{fffc}",
        ] {
            let name = bad.to_owned();
            let errors = CustomerDetails { name, ..ada() }.check().unwrap_err();
            assert!(errors.get("name").is_some(), "{bad:?}");
        }
    }

    #[test]
    fn a_country_the_shop_does_not_send_to_is_refused() {
        let errors = CustomerDetails {
            country: "XX".into(),
            ..ada()
        }
        .check()
        .unwrap_err();
        assert_eq!(
            errors.get("country"),
            Some("Choose a country from the list")
        );
    }
}
