//! What the shop sells.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::id::ProductId;
use crate::domain::money::Money;
use crate::domain::quantity::whole_number;
use crate::domain::search;

/// A product as it is stored in the collection `products`, one document each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// What one piece costs.
    pub price: Money,
    /// The address of its picture.
    pub image: String,
    /// Whether the home page shows it.
    pub featured: bool,
    /// Its place in lists, lowest first.
    #[serde(deserialize_with = "whole_number")]
    pub rank: u64,
    /// What the search looks at: see [`search::keywords`].
    #[serde(default)]
    pub keywords: Vec<String>,
}

impl Product {
    /// The product with the keywords its text calls for. To be applied whenever name, tagline or
    /// description change.
    #[must_use]
    pub fn with_keywords(self) -> Self {
        let keywords = search::keywords(
            &[&self.name, self.category.title()],
            &[&self.tagline, &self.description],
        );
        Self { keywords, ..self }
    }
}

/// A department of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Phones.
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
        match self {
            Self::Phones => "phones",
            Self::Tablets => "tablets",
            Self::Watches => "watches",
            Self::Audio => "audio",
            Self::Accessories => "accessories",
        }
    }

    /// The name people read.
    pub fn title(self) -> &'static str {
        match self {
            Self::Phones => "Phones",
            Self::Tablets => "Tablets",
            Self::Watches => "Watches",
            Self::Audio => "Audio",
            Self::Accessories => "Accessories",
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
