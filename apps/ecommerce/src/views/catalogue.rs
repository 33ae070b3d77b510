//! Home, list and product page.

use askama::Template;
use askama_web::WebTemplate;

use crate::domain::field_errors::FieldErrors;
use crate::domain::product::{Category, Product};
use crate::domain::search::{Found, MAX_COUNTED, ProductSearch, SearchTerms, SortBy};
use crate::extract::Visitor;
use crate::state::AppState;
use crate::views::Page;

/// A product in a grid.
#[derive(Debug)]
pub(crate) struct Card {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) tagline: String,
    pub(crate) image: String,
    pub(crate) price: String,
}

/// The cards of a grid.
pub(crate) fn cards(products: &[Product]) -> Vec<Card> {
    let card = |product: &Product| Card {
        id: product.id.to_string(),
        name: product.name.clone(),
        tagline: product.tagline.clone(),
        image: product.image.clone(),
        price: product.price.to_string(),
    };
    products.iter().map(card).collect()
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "home.html")]
pub(crate) struct HomePage {
    pub(crate) page: Page,
    pub(crate) featured: Vec<Card>,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "product.html")]
pub(crate) struct ProductPage {
    page: Page,
    product: Card,
    department: Category,
    paragraphs: Vec<String>,
    highlights: Vec<String>,
    related: Vec<Card>,
    errors: FieldErrors,
    quantity: String,
    currency: &'static str,
    decimal_price: String,
}

impl ProductPage {
    pub(crate) fn new(
        state: &AppState,
        visitor: &Visitor,
        product: &Product,
        related: &[Product],
        errors: FieldErrors,
        quantity: &str,
    ) -> Self {
        let page = Page {
            description: product.tagline.clone(),
            department: Some(product.category),
            canonical: Some(format!("/products/{}", product.id)),
            image: Some(product.image.clone()),
            ..Page::new(state, visitor, &product.name)
        };
        Self {
            page,
            product: cards(std::slice::from_ref(product)).remove(0),
            department: product.category,
            paragraphs: product
                .description
                .split("\n\n")
                .map(str::to_owned)
                .collect(),
            highlights: product.highlights.clone(),
            related: cards(related),
            errors,
            quantity: quantity.to_owned(),
            currency: product.price.currency.code(),
            decimal_price: product.price.to_decimal(),
        }
    }
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
        let canonical = match (department, filtered) {
            (Some(department), _) => format!("/products?category={}", department.slug()),
            (None, _) => "/products".to_owned(),
        };
        let frame = Page {
            department,
            canonical: Some(canonical),
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
            products: cards(&found.products),
            previous: (page_number > 1).then(|| href(terms, page_number - 1)),
            next: (page_number < pages).then(|| href(terms, page_number + 1)),
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
        MAX_COUNTED.. => format!("{MAX_COUNTED}+ products"),
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
            href: href(terms, page),
            current: page == current,
        })
        .collect()
}

/// The address of the same search on another page.
fn href(terms: &SearchTerms, page: u32) -> String {
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
        "/products".to_owned()
    } else {
        format!("/products?{query}")
    }
}
