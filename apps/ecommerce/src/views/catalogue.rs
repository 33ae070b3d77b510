//! The home page and lists of products.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;

use crate::brand;
use crate::domain::catalog::marked;
use crate::domain::product::{Availability, Category, Product};
use crate::domain::search::{Found, ProductSearch, SortBy};
use crate::extract::Visitor;
use crate::forms::search::SearchTerms;
use crate::state::AppState;
use crate::views::Page;
use shared::field_errors::FieldErrors;

/// A product in a grid.
#[derive(Debug)]
pub(crate) struct Card {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The name in parts, and whether each was searched for.
    pub(crate) marked_name: Marked,
    pub(crate) tagline: Marked,
    pub(crate) image: String,
    /// `$799.00`, or `from $799.00` where variants differ in price.
    pub(crate) price: String,
    /// Whether it can be put into the cart as it is; otherwise the card leads to its page.
    pub(crate) buyable: bool,
    pub(crate) sold_out: bool,
    /// `2 left`, where there are few.
    pub(crate) few: Option<String>,
}

/// The cards of a grid, with these words marked.
pub(crate) fn cards(products: &[Arc<Product>], words: &BTreeSet<String>) -> Vec<Card> {
    let card = |product: &Arc<Product>| Card::of(product, words);
    products.iter().map(card).collect()
}

impl Card {
    fn of(product: &Product, words: &BTreeSet<String>) -> Self {
        let offers = product.offers();
        let sold_out = product.is_sold_out();
        let few = match offers[..] {
            [ref only] => match only.availability() {
                Availability::Low(left) => Some(format!("{left} left")),
                _ => None,
            },
            _ => None,
        };
        Self {
            id: product.id.to_string(),
            name: product.name.clone(),
            marked_name: parts(&product.name, words),
            tagline: parts(what_fits(product, words), words),
            image: product.image.clone(),
            price: price_of(product),
            buyable: product.variants.is_empty() && !sold_out,
            sold_out,
            few,
        }
    }
}

/// A text in parts, and whether each was searched for.
type Marked = Vec<(bool, String)>;

fn parts(text: &str, words: &BTreeSet<String>) -> Marked {
    let parts = marked(text, words).into_iter();
    parts.map(|(hit, part)| (hit, part.to_owned())).collect()
}

/// The longest sentence that stands in for a tagline, in bytes.
const LONGEST: usize = 300;

/// The tagline or, where it says nothing of what was searched for, a fact or sentence that does.
fn what_fits<'product>(product: &'product Product, words: &BTreeSet<String>) -> &'product str {
    let has_words = |text: &&str| marked(text, words).iter().any(|(hit, _)| *hit);
    let facts = product.highlights.iter().map(String::as_str);
    let sentences = product
        .description
        .split_inclusive(['.', '\n'])
        .map(str::trim);
    let mut texts = [product.name.as_str(), &product.tagline]
        .into_iter()
        .chain(facts)
        .chain(sentences);
    let found = texts.find(|text| text.len() <= LONGEST && has_words(text));
    let found = found.filter(|text| *text != product.name);
    found.unwrap_or(&product.tagline)
}

/// `$799.00`, or `from $799.00` where variants differ in price.
pub(crate) fn price_of(product: &Product) -> String {
    let offers = product.offers();
    if offers.iter().all(|offer| offer.price == product.price) {
        product.price.to_string()
    } else {
        format!("from {}", product.price)
    }
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "home.html")]
pub(crate) struct HomePage {
    pub(crate) page: Page,
    pub(crate) featured: Vec<Card>,
    /// schema.org, for search engines.
    pub(crate) structured: String,
}

/// A link to another page of a list.
#[derive(Debug)]
pub(crate) struct PageLink {
    pub(crate) label: String,
    pub(crate) href: String,
    pub(crate) current: bool,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "products.html")]
pub(crate) struct ProductsPage {
    page: Page,
    heading: String,
    /// "24 products", "No products".
    count: String,
    products: Vec<Card>,
    terms: SearchTerms,
    errors: FieldErrors,
    filtered: bool,
    previous: Option<String>,
    next: Option<String>,
    pages: Vec<PageLink>,
}

impl ProductsPage {
    pub(crate) fn new(
        state: &AppState,
        visitor: &Visitor,
        terms: &SearchTerms,
        search: Option<&ProductSearch>,
        found: &Found,
        errors: FieldErrors,
    ) -> Self {
        let department = search.and_then(|search| search.category);
        let heading = match (terms.q.trim(), department) {
            ("", None) => "All products".to_owned(),
            ("", Some(department)) => department.title().to_owned(),
            (words, None) => format!("Results for “{words}”"),
            (words, Some(department)) => format!("Results for “{words}” in {}", department.title()),
        };
        let (page_number, pages) = (search.map_or(1, |search| search.page.get()), found.pages());
        let filtered = [&terms.q, &terms.category, &terms.min, &terms.max]
            .iter()
            .any(|term| !term.trim().is_empty());
        // Filters and orders show the same products again; only departments and pages are listed.
        let listed = SearchTerms {
            category: department
                .map(Category::slug)
                .unwrap_or_default()
                .to_owned(),
            ..SearchTerms::default()
        };
        let is_narrowed = [&terms.min, &terms.max, &terms.sort]
            .iter()
            .any(|term| !term.trim().is_empty());
        let page_listed = if is_narrowed { 1 } else { page_number };
        let frame = Page {
            department,
            description: format!(
                "{heading}: {} at {}. {}",
                counted(found.total),
                brand::NAME,
                brand::DESCRIPTION
            ),
            canonical: Some(href("/products", &listed, page_listed)),
            ..Page::new(state, visitor, &heading)
        };
        Self {
            page: if terms.q.trim().is_empty() {
                frame
            } else {
                frame.unlisted()
            },
            count: counted(found.total),
            heading,
            products: cards(&found.products, &found.words),
            previous: (page_number > 1).then(|| href("/products", terms, page_number - 1)),
            next: (page_number < pages).then(|| href("/products", terms, page_number + 1)),
            pages: page_links(terms, page_number, pages),
            terms: terms.clone(),
            errors,
            filtered,
        }
    }

    /// Value, label and whether it is chosen, for the select of departments.
    fn department_options(&self) -> Vec<(&'static str, &'static str, bool)> {
        Category::ALL
            .iter()
            .map(|category| {
                (
                    category.slug(),
                    category.title(),
                    self.terms.category == category.slug(),
                )
            })
            .collect()
    }

    /// Value, label and whether it is chosen, for the select of orders.
    fn sort_options(&self) -> Vec<(&'static str, &'static str, bool)> {
        let chosen = if self.terms.sort.is_empty() {
            SortBy::default().slug()
        } else {
            self.terms.sort.as_str()
        };
        SortBy::ALL
            .iter()
            .map(|sort| (sort.slug(), sort.title(), chosen == sort.slug()))
            .collect()
    }
}

fn counted(total: u64) -> String {
    match total {
        0 => "No products".to_owned(),
        1 => "1 product".to_owned(),
        _ => format!("{total} products"),
    }
}

/// First, last and the pages around the current one.
fn page_links(terms: &SearchTerms, current: u32, pages: u32) -> Vec<PageLink> {
    if pages < 2 {
        return Vec::new();
    }
    let near = |page: &u32| *page == 1 || *page == pages || page.abs_diff(current) <= 2;
    (1..=pages)
        .filter(near)
        .map(|page| PageLink {
            label: page.to_string(),
            href: href("/products", terms, page),
            current: page == current,
        })
        .collect()
}

/// The address of the same search on another page.
pub(crate) fn href(list: &str, terms: &SearchTerms, page: u32) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let parts = [
        ("q", &terms.q),
        ("category", &terms.category),
        ("min", &terms.min),
        ("max", &terms.max),
        ("sort", &terms.sort),
    ];
    for (name, value) in parts
        .into_iter()
        .filter(|(_, value)| !value.trim().is_empty())
    {
        query.append_pair(name, value.trim());
    }
    if page > 1 {
        query.append_pair("page", &page.to_string());
    }
    let query = query.finish();
    if query.is_empty() {
        list.to_owned()
    } else {
        format!("{list}?{query}")
    }
}
