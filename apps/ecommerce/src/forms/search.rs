//! What a visitor looks for, as it stands in an address.

use std::num::NonZeroU32;
use std::str::FromStr;

use serde::Deserialize;
use shared::field_errors::FieldErrors;

use crate::domain::catalog::wanted;
use crate::domain::money::price_in_cents;
use crate::domain::product::Category;
use crate::domain::search::{LAST_PAGE, ProductSearch, SortBy};

/// A search as it stands in an address: every part optional, every part text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SearchTerms {
    /// Words that all have to match, in names also by their beginning; nearly right
    /// where nothing is spelled so. What fits best comes first.
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
        let (category, sort) = (given(&self.category), given(&self.sort));
        let price = |text| given(text).map(price_in_cents).transpose();
        let search = ProductSearch {
            words: wanted(&self.q),
            hidden_too: false,
            category: errors.value("category", category.map(Category::from_str).transpose()),
            min_price_cents: errors.value("min", price(&self.min)),
            max_price_cents: errors.value("max", price(&self.max)),
            sort: errors.value("sort", sort.map_or(Ok(SortBy::default()), sort_order)),
            page: page_number(given(&self.page), &mut errors),
        };
        let (lowest, highest) = (search.min_price_cents, search.max_price_cents);
        if highest.is_some_and(|highest| lowest.is_some_and(|lowest| lowest > highest)) {
            errors.add("max", "The highest price is below the lowest");
        }
        errors.or(search)
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

fn page_number(text: Option<&str>, errors: &mut FieldErrors) -> NonZeroU32 {
    let page = text.map_or(Some(NonZeroU32::MIN), |text| text.parse().ok());
    let page = page.filter(|page| page.get() <= LAST_PAGE);
    let page = errors.check("page", page.ok_or("Choose a page from 1 to 500"));
    page.unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::MAX_WORDS;

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
