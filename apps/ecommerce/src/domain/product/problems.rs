//! What can be wrong with a stored product that has the right shape: the limits of the form, applied
//! to what was stored by other means.

use super::Product;
use super::details::{MAX_VARIANTS, read};
use crate::domain::id::Sku;
use crate::domain::money::{Currency, MAX_PRICE_CENTS, Money};
use shared::field_errors::FieldErrors;

impl Product {
    /// Everything that keeps this product from being shown and sold in a shop with this currency.
    pub fn problems(&self, currency: Currency) -> FieldErrors {
        let mut errors = FieldErrors::default();
        errors.check("name", read::name(&self.name));
        errors.check("tagline", read::at_most(read::TAGLINE, &self.tagline));
        errors.check(
            "description",
            read::at_most(read::DESCRIPTION, &self.description),
        );
        errors.check("highlights", read::lines(&self.highlights.join("\n")));
        errors.check("price", price(self.price, currency));
        errors.check("image", read::picture(&self.image));
        for name in &self.option_names {
            errors.check("option_names", read::at_most(read::OPTION, name));
        }
        if self.variants.is_empty() != self.option_names.is_empty() {
            errors.add(
                "option_names",
                "There are options and no variants, or none and variants",
            );
        }
        if self.variants.len() > MAX_VARIANTS {
            errors.add(
                "variants",
                format!("A product has at most {MAX_VARIANTS} variants"),
            );
        }
        for (number, variant) in self.variants.iter().enumerate() {
            let field = |name: &str| format!("variants[{number}].{name}");
            errors.check(&field("price"), price(variant.price, currency));
            if let Some(image) = &variant.image {
                errors.check(&field("image"), read::picture(image));
            }
            if variant.options.len() != self.option_names.len() {
                errors.add(field("options"), "There is not one value for each option");
            }
            for value in &variant.options {
                errors.check(&field("options"), read::at_most(read::OPTION, value));
            }
            errors.check(&field("sku"), self.own(&variant.sku));
            if self.variants[..number]
                .iter()
                .any(|it| it.sku == variant.sku)
            {
                errors.add(field("sku"), "Another variant has this SKU");
            }
        }
        errors
    }

    fn own(&self, sku: &Sku) -> Result<(), String> {
        if sku.variant().is_some() && sku.product_id() == self.id {
            Ok(())
        } else {
            Err(format!("{sku} does not belong to a variant of {}", self.id))
        }
    }
}

fn price(price: Money, currency: Currency) -> Result<(), String> {
    if price.currency != currency {
        let (own, code) = (price.currency.code(), currency.code());
        return Err(format!("It is in {own}, and this shop sells in {code}"));
    }
    if !(1..=MAX_PRICE_CENTS).contains(&price.amount_cents) {
        let highest = Money::new(MAX_PRICE_CENTS, currency);
        return Err(format!(
            "{price} is not from {} to {highest}",
            Money::new(1, currency)
        ));
    }
    Ok(())
}
