//! What the shop sells.

pub mod details;
mod offer;
mod problems;

use std::str::FromStr;

use astra_db::query::Numeric;
use astra_db::{CollectionDocument, Timestamp};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::domain::id::{ProductId, Sku};
use crate::domain::money::{Currency, Money};
use crate::domain::quantity::{is_zero, whole_number};
use crate::domain::stock::Marker;

pub use details::read::is_https_url;
pub use offer::{Availability, LOW_STOCK, Offer};

/// A product as it is stored in the collection `products`, one document each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, CollectionDocument)]
#[collection(name = "products")]
pub struct Product {
    /// Also the product's address: `/products/iphone-12`.
    #[serde(rename = "_id")]
    pub id: ProductId,
    /// What it is called.
    pub name: String,
    /// One line under the name.
    pub tagline: String,
    /// A paragraph for the product page.
    pub description: String,
    /// Short facts for the product page.
    pub highlights: Vec<String>,
    /// Where it is found.
    pub category: Category,
    /// What one piece costs; of a product with variants, what the cheapest costs. Lists are filtered
    /// and sorted by it.
    pub price: Money,
    /// The address of its picture.
    pub image: String,
    /// Whether the home page shows it.
    pub featured: bool,
    /// Whether it is kept from visitors: not shown, not found, not sold. Orders keep what was bought.
    #[serde(default)]
    pub hidden: bool,
    /// Its place in lists, lowest first.
    #[serde(deserialize_with = "whole_number")]
    pub rank: u64,
    /// What its variants differ in, such as colour and storage; empty for a product without.
    #[serde(default)]
    pub option_names: Vec<String>,
    /// What can be chosen; empty for a product that is sold as it is.
    #[serde(default)]
    pub variants: Vec<Variant>,
    /// How many pieces there are to sell, by SKU. What is not in it is not counted and never sold
    /// out.
    #[serde(default)]
    pub stock: IndexMap<Sku, Count>,
    /// The items that are on their way into or out of a reservation at this moment, by SKU: see
    /// [`stock`](crate::domain::stock).
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub pending: IndexMap<Sku, IndexMap<String, Marker>>,
    /// Grows with every edit, so that one made on an outdated page is refused. Selling does not
    /// touch it. A product of before editing existed has 0.
    #[serde(
        default,
        deserialize_with = "whole_number",
        skip_serializing_if = "is_zero"
    )]
    pub version: u64,
    /// When it was last edited, made or sold, by the clock of the database; unknown of a product that
    /// has not been since this is noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
}

/// A product in one of its colours, sizes, and so on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// What carts, stock and orders count it by.
    pub sku: Sku,
    /// Its value for each of the product's `option_names`, in the same order.
    pub options: Vec<String>,
    /// What one piece costs.
    pub price: Money,
    /// The address of its picture, where it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
}

/// A number of pieces, which may be none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Count(#[serde(deserialize_with = "whole_number")] pub u64);

impl Numeric for Count {}

impl Product {
    /// A product of which nothing is known yet.
    pub fn blank(id: ProductId, currency: Currency) -> Self {
        Self {
            id,
            name: String::new(),
            tagline: String::new(),
            description: String::new(),
            highlights: Vec::new(),
            category: Category::default(),
            price: Money::new(0, currency),
            image: String::new(),
            featured: false,
            hidden: false,
            rank: 0,
            option_names: Vec::new(),
            variants: Vec::new(),
            stock: IndexMap::new(),
            pending: IndexMap::new(),
            version: 1,
            changed_at: None,
        }
    }

    /// The product as it would be if nothing but selling had changed it since.
    #[must_use]
    pub fn with_sales_of(&self, now: &Self) -> Self {
        Self {
            stock: now.stock.clone(),
            pending: now.pending.clone(),
            changed_at: now.changed_at,
            ..self.clone()
        }
    }

    /// The product at the lowest price of its variants. To be applied whenever they change.
    #[must_use]
    pub fn at_lowest_price(self) -> Self {
        let prices = self.variants.iter().map(|variant| variant.price);
        let lowest = prices.min_by_key(|price| price.amount_cents);
        Self {
            price: lowest.unwrap_or(self.price),
            ..self
        }
    }
}

/// A department of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Phones.
    #[default]
    Phones,
    /// Tablets and e-readers.
    Tablets,
    /// Watches.
    Watches,
    /// Headphones and speakers.
    Audio,
    /// Chargers, cases and other small things.
    Accessories,
}

impl Category {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 5] = [
        Self::Phones,
        Self::Tablets,
        Self::Watches,
        Self::Audio,
        Self::Accessories,
    ];

    /// The name in addresses and in the database.
    pub fn slug(self) -> &'static str {
        self.names().0
    }

    /// The name people read.
    pub fn title(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Phones => ("phones", "Phones"),
            Self::Tablets => ("tablets", "Tablets"),
            Self::Watches => ("watches", "Watches"),
            Self::Audio => ("audio", "Audio"),
            Self::Accessories => ("accessories", "Accessories"),
        }
    }
}

/// No category has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Choose a category from the list")]
pub struct UnknownCategory;

impl FromStr for Category {
    type Err = UnknownCategory;

    fn from_str(slug: &str) -> Result<Self, UnknownCategory> {
        Self::ALL
            .into_iter()
            .find(|category| category.slug() == slug)
            .ok_or(UnknownCategory)
    }
}
