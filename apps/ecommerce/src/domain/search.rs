//! Finding products: what a search asks, and what it finds.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;

use crate::domain::invalid::InvalidDocument;
use crate::domain::product::{Category, Product};

/// How many products one page of a list shows.
pub const PAGE_SIZE: u32 = 12;
pub(crate) const LAST_PAGE: u32 = 500;

/// A checked question to the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductSearch {
    /// A product must have all of these.
    pub words: Vec<String>,
    /// Whether hidden products are found too, which they are on the admin pages only.
    pub hidden_too: bool,
    /// Only this department.
    pub category: Option<Category>,
    /// Only what costs at least this, in cents.
    pub min_price_cents: Option<u64>,
    /// Only what costs at most this, in cents.
    pub max_price_cents: Option<u64>,
    /// In which order.
    pub sort: SortBy,
    /// Which page, from 1.
    pub page: NonZeroU32,
}

impl ProductSearch {
    /// Whether a product is among what is asked for, words aside.
    pub fn admits(&self, product: &Product) -> bool {
        let cents = product.price.amount_cents;
        (self.hidden_too || !product.hidden)
            && self.category.is_none_or(|it| it == product.category)
            && self.min_price_cents.is_none_or(|lowest| lowest <= cents)
            && self.max_price_cents.is_none_or(|highest| cents <= highest)
    }
}

/// The orders a list can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// The shop's own order; of a search for words, what fits best first.
    #[default]
    Featured,
    /// Cheapest first.
    PriceLow,
    /// Dearest first.
    PriceHigh,
    /// By name.
    Name,
}

impl SortBy {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Featured, Self::PriceLow, Self::PriceHigh, Self::Name];

    /// The name in addresses.
    pub fn slug(self) -> &'static str {
        self.names().0
    }

    /// The name people read.
    pub fn title(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Featured => ("featured", "Featured"),
            Self::PriceLow => ("price-low", "Price, low to high"),
            Self::PriceHigh => ("price-high", "Price, high to low"),
            Self::Name => ("name", "Name, A to Z"),
        }
    }
}

/// A page of what was found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The products of this page.
    pub products: Vec<Arc<Product>>,
    /// What is stored between the products and is not a valid one.
    pub invalid: Vec<InvalidDocument>,
    /// How many match in all.
    pub total: u64,
    /// The words of the catalog that were meant.
    pub words: BTreeSet<String>,
}

impl Found {
    /// How many pages there are; an empty list has one.
    pub fn pages(&self) -> u32 {
        let pages = self.total.div_ceil(u64::from(PAGE_SIZE)).max(1);
        u32::try_from(pages).unwrap_or(LAST_PAGE).min(LAST_PAGE)
    }
}
