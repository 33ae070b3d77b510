//! Finding products: what a search asks, and what it finds.

use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::invalid::InvalidDocument;
use crate::domain::keywords::wanted;
use crate::domain::money::price_in_cents;
use crate::domain::product::{Category, Product};
use shared::field_errors::FieldErrors;

/// How many products one page of a list shows.
pub const PAGE_SIZE: u32 = 12;
/// The Data API counts exactly up to here; a list that matches more says "1000+".
pub const MAX_COUNTED: u64 = 1_000;
const LAST_PAGE: u32 = 500;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
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

/// A search as it stands in an address: every part optional, every part text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SearchTerms {
    /// Words that all have to match, in names also by their beginning.
    #[param(example = "wireless")]
    pub q: String,
    /// `phones`, `tablets`, `watches`, `audio` or `accessories`.
    pub category: String,
    /// Lowest price in whole currency units, such as `100` or `99.50`.
    pub min: String,
    /// Highest price in whole currency units.
    pub max: String,
    /// `featured`, `price-low`, `price-high` or `name`.
    pub sort: String,
    /// Page number from 1.
    pub page: String,
}

impl SearchTerms {
    /// The search, or everything that is wrong with it. An empty part asks for nothing.
    pub fn check(&self) -> Result<ProductSearch, FieldErrors> {
        let mut errors = FieldErrors::default();
        let category = errors.check(
            "category",
            given(&self.category).map(Category::from_str).transpose(),
        );
        let min_price_cents = errors.check("min", given(&self.min).map(price_in_cents).transpose());
        let max_price_cents = errors.check("max", given(&self.max).map(price_in_cents).transpose());
        let sort = errors.check(
            "sort",
            given(&self.sort).map_or(Ok(SortBy::default()), sort_order),
        );
        let page = errors.check(
            "page",
            given(&self.page).map_or(Ok(NonZeroU32::MIN), page_number),
        );
        if let (Some(Some(min)), Some(Some(max))) = (min_price_cents, max_price_cents)
            && min > max
        {
            errors.add("max", "The highest price is below the lowest");
        }
        let words = wanted(&self.q);
        match (category, min_price_cents, max_price_cents, sort, page) {
            (
                Some(category),
                Some(min_price_cents),
                Some(max_price_cents),
                Some(sort),
                Some(page),
            ) if errors.is_empty() => Ok(ProductSearch {
                words,
                hidden_too: false,
                category,
                min_price_cents,
                max_price_cents,
                sort,
                page,
            }),
            _ => Err(errors),
        }
    }
}

fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn sort_order(slug: &str) -> Result<SortBy, &'static str> {
    SortBy::ALL
        .into_iter()
        .find(|sort| sort.slug() == slug)
        .ok_or("Choose an order from the list")
}

fn page_number(text: &str) -> Result<NonZeroU32, &'static str> {
    text.parse()
        .ok()
        .filter(|page: &NonZeroU32| page.get() <= LAST_PAGE)
        .ok_or("Choose a page from 1 to 500")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::keywords::MAX_WORDS;

    #[test]
    fn an_empty_search_asks_for_everything_on_the_first_page() {
        let search = SearchTerms::default().check().unwrap();
        assert_eq!(
            (
                search.words.len(),
                search.category,
                search.page.get(),
                search.sort
            ),
            (0, None, 1, SortBy::Featured)
        );
    }

    #[test]
    fn everything_wrong_with_a_search_is_said_at_once() {
        let terms = SearchTerms {
            category: "cars".into(),
            min: "x".into(),
            sort: "best".into(),
            page: "0".into(),
            ..SearchTerms::default()
        };
        let errors = terms.check().unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["category", "min", "sort", "page"]);
        let crossed = SearchTerms {
            min: "20".into(),
            max: "10".into(),
            ..SearchTerms::default()
        };
        assert!(crossed.check().unwrap_err().get("max").is_some());
    }

    #[test]
    fn a_search_of_a_hundred_words_is_cut_to_what_a_filter_holds() {
        let typed: Vec<String> = (0..100).map(|n| format!("word{n}")).collect();
        let search = SearchTerms {
            q: typed.join(" "),
            ..SearchTerms::default()
        }
        .check()
        .unwrap();
        assert_eq!(search.words.len(), MAX_WORDS);
    }
}
