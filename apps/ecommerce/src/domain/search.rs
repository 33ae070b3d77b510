//! Finding products: what a search asks, and what it finds.

use std::num::NonZeroU32;

use crate::domain::invalid::InvalidDocument;
use crate::domain::product::{Category, Product};

/// How many products one page of a list shows.
pub const PAGE_SIZE: u32 = 12;
/// The Data API counts exactly up to here; a list that matches more says "1000+".
pub const MAX_COUNTED: u64 = 1_000;
pub(crate) const LAST_PAGE: u32 = 500;

/// A checked question to the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductSearch {
    /// All of these must be among a product's keywords.
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

/// The orders a list can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// The shop's own order.
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
        match self {
            Self::Featured => "featured",
            Self::PriceLow => "price-low",
            Self::PriceHigh => "price-high",
            Self::Name => "name",
        }
    }

    /// The name people read.
    pub fn title(self) -> &'static str {
        match self {
            Self::Featured => "Featured",
            Self::PriceLow => "Price, low to high",
            Self::PriceHigh => "Price, high to low",
            Self::Name => "Name, A to Z",
        }
    }
}

/// A page of what was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The products of this page.
    pub products: Vec<Product>,
    /// What is stored between them and is not a valid product.
    pub invalid: Vec<InvalidDocument>,
    /// How many match in all, counted up to [`MAX_COUNTED`].
    pub total: u64,
}

impl Found {
    /// How many products match, without those of this page that are not valid.
    pub fn count(&self) -> u64 {
        if self.total >= MAX_COUNTED {
            return self.total;
        }
        self.total.saturating_sub(self.invalid.len() as u64)
    }

    /// How many pages there are; an empty list has one.
    pub fn pages(&self) -> u32 {
        let pages = self.total.div_ceil(u64::from(PAGE_SIZE)).max(1);
        u32::try_from(pages).unwrap_or(LAST_PAGE).min(LAST_PAGE)
    }
}
