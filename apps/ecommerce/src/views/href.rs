//! Addresses of pages that others link to.

use crate::domain::id::Sku;

/// The address of a product's page, with the variant chosen where it is one.
pub(crate) fn product_href(sku: &Sku) -> String {
    let product_id = sku.product_id();
    match sku.variant() {
        Some(variant) => format!("/products/{product_id}?variant={variant}"),
        None => format!("/products/{product_id}"),
    }
}
