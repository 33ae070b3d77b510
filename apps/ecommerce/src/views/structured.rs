//! Structured data for search engines, in the vocabulary of <https://schema.org>, as JSON-LD.
//!
//! A `<script type="application/ld+json">` is data and is never run, so the content security policy
//! has no say in it.

use serde_json::{Value, json};

use crate::brand;
use crate::domain::product::{Availability, Offer, Product};
use crate::views::href::product_href;

/// A product with its offers, and where in the shop it is.
pub(crate) fn product(base: &str, product: &Product) -> String {
    let url = format!("{base}/products/{}", product.id);
    let offers: Vec<Value> = product
        .offers()
        .iter()
        .map(|each| offer(base, each))
        .collect();
    let category = product.category;
    let crumbs = [
        ("All products", format!("{base}/products")),
        (
            category.title(),
            format!("{base}/products?category={}", category.slug()),
        ),
        (product.name.as_str(), url.clone()),
    ];
    in_page(&json!([
        {
            "@context": "https://schema.org",
            "@type": "Product",
            "name": product.name,
            "description": product.tagline,
            "category": category.title(),
            "image": absolute(base, &product.image),
            "sku": product.id,
            "url": url,
            "offers": offers,
        },
        {
            "@context": "https://schema.org",
            "@type": "BreadcrumbList",
            "itemListElement": crumbs.iter().zip(1..).map(|((name, item), position)| json!({
                "@type": "ListItem", "position": position, "name": name, "item": item,
            })).collect::<Vec<_>>(),
        },
    ]))
}

/// The shop itself and its search, for the home page.
pub(crate) fn shop(base: &str) -> String {
    in_page(&json!({
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": brand::NAME,
        "description": brand::DESCRIPTION,
        "url": format!("{base}/"),
        "potentialAction": {
            "@type": "SearchAction",
            "target": format!("{base}/products?q={{search_term_string}}"),
            "query-input": "required name=search_term_string",
        },
    }))
}

fn offer(base: &str, offer: &Offer<'_>) -> Value {
    let availability = match offer.availability() {
        Availability::InStock => "InStock",
        Availability::Low(_) => "LimitedAvailability",
        Availability::SoldOut => "SoldOut",
    };
    let mut value = json!({
        "@type": "Offer",
        "sku": offer.sku,
        "url": format!("{base}{}", product_href(&offer.sku)),
        "price": offer.price.to_decimal(),
        "priceCurrency": offer.price.currency.code(),
        "availability": format!("https://schema.org/{availability}"),
        "itemCondition": "https://schema.org/NewCondition",
    });
    if !offer.options.is_empty() {
        value["name"] = offer.variant().into();
    }
    value
}

pub(super) fn absolute(base: &str, address: &str) -> String {
    if address.starts_with('/') {
        format!("{base}{address}")
    } else {
        address.to_owned()
    }
}

/// JSON as it may stand between script tags: whatever a product is called, it cannot end them.
fn in_page(json: &Value) -> String {
    json.to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_script_it_stands_in() {
        let json = json!({ "name": "</script><script>alert(1)</script><!-- & co" });
        let text = in_page(&json);
        assert!(!text.contains(['<', '>', '&']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), json);
    }
}
