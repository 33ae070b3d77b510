//! What of a product can be put into a cart: the product itself, or each of its variants.

use super::{Product, Variant};
use crate::domain::id::Sku;
use crate::domain::money::Money;

/// From so many pieces down a page says how many are left.
pub const LOW_STOCK: u64 = 5;

/// One thing to buy, with its price and what is left of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer<'product> {
    /// What carts count it by.
    pub sku: Sku,
    /// Its value for each of the product's options; empty for a product without variants.
    pub options: &'product [String],
    /// What one piece costs.
    pub price: Money,
    /// The address of its picture.
    pub image: &'product str,
    /// How many there are to sell; `None` where nobody counts.
    pub left: Option<u64>,
}

/// Whether something can be bought, in the terms of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// Plenty of it, or it is not counted.
    InStock,
    /// So many and no more.
    Low(u64),
    /// None.
    SoldOut,
}

impl Product {
    /// Everything of this product that can be chosen, in the shop's order.
    pub fn offers(&self) -> Vec<Offer<'_>> {
        if self.variants.is_empty() {
            return vec![Offer {
                left: self.left(&Sku::from(&self.id)),
                sku: Sku::from(&self.id),
                options: &[],
                price: self.price,
                image: &self.image,
            }];
        }
        self.variants
            .iter()
            .map(|variant| self.offer_of(variant))
            .collect()
    }

    /// What this SKU stands for; `None` when the product is not sold under it (any more), or hidden.
    pub fn offer(&self, sku: &Sku) -> Option<Offer<'_>> {
        if self.hidden {
            return None;
        }
        self.offers().into_iter().find(|offer| offer.sku == *sku)
    }

    /// What has to be chosen, in words: `colour and storage`.
    pub fn choices(&self) -> String {
        self.option_names.join(" and ").to_lowercase()
    }

    /// Whether nothing of it can be bought.
    pub fn is_sold_out(&self) -> bool {
        let mut offers = self.offers().into_iter();
        offers.all(|offer| offer.availability() == Availability::SoldOut)
    }

    fn offer_of<'product>(&'product self, variant: &'product Variant) -> Offer<'product> {
        Offer {
            sku: variant.sku.clone(),
            options: &variant.options,
            price: variant.price,
            image: variant.image.as_deref().unwrap_or(&self.image),
            left: self.left(&variant.sku),
        }
    }

    fn left(&self, sku: &Sku) -> Option<u64> {
        self.stock.get(sku).map(|count| count.0)
    }
}

impl Offer<'_> {
    /// The options in words, `Gold, 256 GB`; empty for a product without variants.
    pub fn variant(&self) -> String {
        self.options.join(", ")
    }

    /// Whether it can be bought.
    pub fn availability(&self) -> Availability {
        match self.left {
            Some(0) => Availability::SoldOut,
            Some(left @ 1..=LOW_STOCK) => Availability::Low(left),
            Some(_) | None => Availability::InStock,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::product::Count;

    fn phone() -> Product {
        let stored = serde_json::json!({
            "_id": "phone", "name": "Phone", "tagline": "", "description": "", "highlights": [], "category": "phones",
            "price": { "amount_cents": 100, "currency": "USD" }, "image": "/phone.svg", "featured": false, "rank": 1,
        });
        serde_json::from_value(stored).unwrap()
    }

    #[test]
    fn a_product_stored_before_there_was_stock_is_one_offer_that_nobody_counts() {
        let phone = phone();
        let offers = phone.offers();
        assert_eq!(offers.len(), 1);
        assert_eq!((offers[0].sku.as_str(), offers[0].left), ("phone", None));
        assert_eq!(offers[0].availability(), Availability::InStock);
    }

    #[test]
    fn a_product_with_variants_is_not_sold_as_such() {
        let mut phone = phone();
        let variant = |word: &str, cents| Variant {
            sku: Sku::of_variant(&phone.id, word).unwrap(),
            options: vec![word.to_owned()],
            price: Money::new(cents, phone.price.currency),
            image: None,
        };
        phone.variants = vec![variant("red", 90), variant("blue", 80)];
        phone.stock.insert("phone_red".parse().unwrap(), Count(0));
        let phone = phone.at_lowest_price();
        assert_eq!(phone.price.amount_cents, 80);
        assert!(phone.offer(&"phone".parse().unwrap()).is_none());
        let red = phone.offer(&"phone_red".parse().unwrap()).unwrap();
        assert_eq!(
            (red.price.amount_cents, red.availability()),
            (90, Availability::SoldOut)
        );
        assert!(!phone.is_sold_out());
    }

    #[test]
    fn a_page_says_how_many_are_left_only_when_they_are_few() {
        let mut phone = phone();
        let mut availability = |count| {
            phone.stock.insert("phone".parse().unwrap(), Count(count));
            phone.offers()[0].availability()
        };
        assert_eq!(
            [0, 1, LOW_STOCK, LOW_STOCK + 1].map(&mut availability),
            [
                Availability::SoldOut,
                Availability::Low(1),
                Availability::Low(LOW_STOCK),
                Availability::InStock
            ]
        );
    }
}
