//! The page of one product, with its variants to choose from.
//!
//! A choice is a link to the same page with another variant in its address, so that price, picture
//! and stock are right without a script, and a chosen variant can be sent to somebody.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;

use crate::domain::id::Sku;
use crate::domain::product::{Availability, Category, Offer, Product};
use crate::extract::Visitor;
use crate::state::AppState;
use crate::views::{
    Page,
    catalogue::{Card, cards},
    href::product_href,
    structured,
};
use shared::field_errors::FieldErrors;

/// What somebody has chosen or typed on a product page, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) sku: Option<Sku>,
    pub(crate) quantity: String,
    pub(crate) errors: FieldErrors,
}

impl Default for Chosen {
    fn default() -> Self {
        Self {
            sku: None,
            quantity: "1".to_owned(),
            errors: FieldErrors::default(),
        }
    }
}

/// One row of choices, such as the colours.
#[derive(Debug)]
struct Choice {
    name: String,
    values: Vec<Value>,
}

/// One value to choose.
#[derive(Debug)]
struct Value {
    label: String,
    href: String,
    current: bool,
    sold_out: bool,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "product.html")]
pub(crate) struct ProductPage {
    page: Page,
    name: String,
    tagline: String,
    department: Category,
    paragraphs: Vec<String>,
    highlights: Vec<String>,
    related: Vec<Card>,
    choices: Vec<Choice>,
    sku: String,
    variant: String,
    image: String,
    price: String,
    decimal_price: String,
    currency: &'static str,
    sold_out: bool,
    /// How many are left, where they are few.
    few: Option<u64>,
    most: u64,
    errors: FieldErrors,
    quantity: String,
    /// schema.org, for search engines.
    structured: String,
}

impl ProductPage {
    pub(crate) fn new(
        state: &AppState,
        visitor: &Visitor,
        product: &Product,
        related: &[Arc<Product>],
        chosen: Chosen,
    ) -> Self {
        let offers = product.offers();
        let offer = shown(&offers, chosen.sku.as_ref());
        let page = Page {
            description: product.tagline.clone(),
            department: Some(product.category),
            canonical: Some(format!("/products/{}", product.id)),
            image: Some(offer.image.to_owned()),
            ..Page::new(state, visitor, &product.name)
        };
        Self {
            structured: structured::product(&page.base, product),
            page,
            name: product.name.clone(),
            tagline: product.tagline.clone(),
            department: product.category,
            paragraphs: product
                .description
                .split("\n\n")
                .map(str::to_owned)
                .collect(),
            highlights: product.highlights.clone(),
            related: cards(related, &BTreeSet::new()),
            choices: choices(product, &offers, offer),
            sku: offer.sku.to_string(),
            variant: offer.variant(),
            image: offer.image.to_owned(),
            price: offer.price.to_string(),
            decimal_price: offer.price.to_decimal(),
            currency: offer.price.currency.code(),
            sold_out: offer.availability() == Availability::SoldOut,
            few: match offer.availability() {
                Availability::Low(left) => Some(left),
                _ => None,
            },
            most: offer.left.unwrap_or(1_000).clamp(1, 1_000),
            errors: chosen.errors,
            quantity: chosen.quantity,
        }
    }
}

/// The variant asked for, or the first that can be bought.
fn shown<'offers, 'product>(
    offers: &'offers [Offer<'product>],
    wanted: Option<&Sku>,
) -> &'offers Offer<'product> {
    let wanted = wanted.and_then(|sku| offers.iter().find(|offer| offer.sku == *sku));
    let available = || {
        offers
            .iter()
            .find(|offer| offer.availability() != Availability::SoldOut)
    };
    wanted.or_else(available).unwrap_or(&offers[0])
}

/// A row of links for each option. A link keeps the other options where there is such a variant,
/// and otherwise leads to the first that has the value: no link leads nowhere.
fn choices(product: &Product, offers: &[Offer<'_>], shown: &Offer<'_>) -> Vec<Choice> {
    let row = |(position, name): (usize, &String)| {
        let mut values: Vec<Value> = Vec::new();
        for offer in offers {
            let Some(label) = offer.options.get(position) else {
                continue;
            };
            if values.iter().any(|value| value.label == *label) {
                continue;
            }
            let goal = closest(offers, shown, position, label).unwrap_or(offer);
            values.push(Value {
                label: label.clone(),
                href: product_href(&goal.sku),
                current: shown.options.get(position) == Some(label),
                sold_out: goal.availability() == Availability::SoldOut,
            });
        }
        Choice {
            name: name.clone(),
            values,
        }
    };
    product.option_names.iter().enumerate().map(row).collect()
}

/// The offer like the one shown, but for one option.
fn closest<'offers, 'product>(
    offers: &'offers [Offer<'product>],
    shown: &Offer<'_>,
    position: usize,
    label: &str,
) -> Option<&'offers Offer<'product>> {
    offers.iter().find(|offer| {
        let mut options = offer.options.iter().zip(shown.options).enumerate();
        options.all(|(at, (value, kept))| {
            if at == position {
                value == label
            } else {
                value == kept
            }
        })
    })
}
