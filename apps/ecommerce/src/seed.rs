//! The sample catalog; it lies in `seed/products.json`. Prices, texts and pictures are for you to replace.

use anyhow::Context as _;
use indexmap::IndexMap;
use serde::Deserialize;

use crate::brand;
use crate::domain::id::{ProductId, Sku};
use crate::domain::money::Money;
use crate::domain::product::{Category, Count, Product, Variant};
use crate::store::Store;

const PRODUCTS: &str = include_str!("../seed/products.json");

/// Adds the sample products the shop does not have and answers how many that were. A product that
/// exists is never touched, so an edited price stays.
pub async fn seed(store: &Store) -> anyhow::Result<usize> {
    Ok(store.products.insert_missing(&catalog()?).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    id: ProductId,
    category: Category,
    name: String,
    price_cents: u64,
    featured: bool,
    tagline: String,
    description: String,
    highlights: Vec<String>,
    /// How many there are of a product without variants.
    #[serde(default)]
    stock: u64,
    /// What its variants differ in.
    #[serde(default)]
    option_names: Vec<String>,
    #[serde(default)]
    variants: Vec<SampleVariant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleVariant {
    /// The word in its address.
    word: String,
    options: Vec<String>,
    price_cents: u64,
    stock: u64,
    /// What the name of its own picture ends in, where it has one.
    picture: Option<String>,
}

/// The samples, in the order in which the shop shows them.
fn catalog() -> anyhow::Result<Vec<Product>> {
    let samples: Vec<Sample> = serde_json::from_str(PRODUCTS).context("seed/products.json")?;
    let ranked = samples.into_iter().zip(1..);
    ranked.map(|(sample, rank)| sample.product(rank)).collect()
}

impl Sample {
    fn product(self, rank: u64) -> anyhow::Result<Product> {
        let id = self.id;
        let mut stock = IndexMap::new();
        let mut variants = Vec::new();
        for sample in self.variants {
            let sku = Sku::of_variant(&id, &sample.word)?;
            stock.insert(sku.clone(), Count(sample.stock));
            let picture = sample.picture;
            variants.push(Variant {
                sku,
                options: sample.options,
                price: Money::new(sample.price_cents, brand::CURRENCY),
                image: picture.map(|end| format!("/static/products/{id}-{end}.svg")),
            });
        }
        if variants.is_empty() {
            stock.insert(Sku::from(&id), Count(self.stock));
        }
        let product = Product {
            image: format!("/static/products/{id}.svg"),
            name: self.name,
            tagline: self.tagline,
            description: self.description,
            highlights: self.highlights,
            category: self.category,
            price: Money::new(self.price_cents, brand::CURRENCY),
            featured: self.featured,
            rank,
            option_names: self.option_names,
            variants,
            stock,
            ..Product::blank(id, brand::CURRENCY)
        };
        Ok(product.at_lowest_price())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_becomes_a_product_with_its_own_id_and_picture() {
        let products = catalog().unwrap();
        let ids: std::collections::BTreeSet<&ProductId> =
            products.iter().map(|product| &product.id).collect();
        assert_eq!(ids.len(), products.len());
        for product in &products {
            for offer in product.offers() {
                let picture = format!("{}{}", env!("CARGO_MANIFEST_DIR"), offer.image);
                assert!(std::path::Path::new(&picture).is_file(), "{picture}");
            }
        }
    }

    #[test]
    fn the_four_phones_of_the_original_shop_cost_what_they_cost_there() {
        let products = catalog().unwrap();
        let price = |name: &str| {
            products
                .iter()
                .find(|product| product.name == name)
                .map(|product| product.price.amount_cents)
        };
        let names = ["iPhone 12", "iPhone SE", "iPhone 12 Pro", "iPhone 11"];
        assert_eq!(
            names.map(price),
            [Some(49_900), Some(42_900), Some(79_900), Some(30_000)]
        );
    }
}
