//! The sample catalog; it lies in `seed/products.json`. Prices, texts and pictures are for you to replace.

use anyhow::Context as _;

use crate::brand;
use crate::domain::product::Product;
use crate::store::Store;

const PRODUCTS: &str = include_str!("../seed/products.json");

/// Adds the sample products the shop does not have and answers how many that were. A product that
/// exists is never touched, so an edited price stays.
pub async fn seed(store: &Store) -> anyhow::Result<usize> {
    Ok(store.products.insert_missing(&catalog()?).await?)
}

/// The samples, as they are stored, in the money of the shop.
fn catalog() -> anyhow::Result<Vec<Product>> {
    let mut samples: Vec<Product> = serde_json::from_str(PRODUCTS).context("seed/products.json")?;
    for product in &mut samples {
        product.version = 1;
        product.price.currency = brand::CURRENCY;
        for variant in &mut product.variants {
            variant.price.currency = brand::CURRENCY;
        }
    }
    Ok(samples.into_iter().map(Product::at_lowest_price).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::ProductId;

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
