//! The list of products and the form for one.

use askama::Template;
use askama_web::WebTemplate;

use crate::domain::invalid::InvalidDocument;
use crate::domain::product::{
    Availability, Category, Product,
    details::{MAX_VARIANTS, ProductDetails, VariantDetails},
};
use crate::domain::search::{Found, ProductSearch};
use crate::extract::admin::Session;
use crate::forms::search::SearchTerms;
use crate::views::{
    admin::{AdminPage, Paging},
    catalogue,
};
use shared::field_errors::FieldErrors;

/// How many empty rows a form has for further variants.
const SPARE_ROWS: usize = 3;

/// A product in the list.
#[derive(Debug)]
struct Row {
    id: String,
    name: String,
    image: String,
    department: &'static str,
    price: String,
    /// `12`, `12 in 3 variants`, `not counted`.
    stock: String,
    low: bool,
    hidden: bool,
}

impl Row {
    fn of(product: &Product) -> Self {
        let offers = product.offers();
        let counted: Vec<u64> = offers.iter().filter_map(|offer| offer.left).collect();
        let sum = counted
            .iter()
            .fold(0, |sum: u64, left| sum.saturating_add(*left));
        let low = |availability| availability != Availability::InStock;
        Self {
            id: product.id.to_string(),
            name: product.name.clone(),
            image: product.image.clone(),
            department: product.category.title(),
            price: catalogue::price_of(product),
            stock: match (counted.is_empty(), product.variants.len()) {
                (true, _) => "not counted".to_owned(),
                (false, 0) => sum.to_string(),
                (false, variants) => format!("{sum} in {variants} variants"),
            },
            low: offers.iter().any(|offer| low(offer.availability())),
            hidden: product.hidden,
        }
    }
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/products.html")]
pub(crate) struct ProductListPage {
    admin: AdminPage,
    rows: Vec<Row>,
    /// What is stored and cannot be shown.
    invalid: Vec<InvalidDocument>,
    words: String,
    paging: Paging,
}

impl ProductListPage {
    pub(crate) fn new(
        session: &Session,
        terms: &SearchTerms,
        search: &ProductSearch,
        found: &Found,
    ) -> Self {
        let href = |page| catalogue::href("/admin/products", terms, page);
        Self {
            admin: AdminPage::new(session, "products", "Products"),
            rows: found
                .products
                .iter()
                .map(|product| Row::of(product))
                .collect(),
            invalid: found.invalid.clone(),
            words: terms.q.clone(),
            paging: Paging::new(search.page.get(), found.pages(), href),
        }
    }
}

/// What is said about a product that cannot be read.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/invalid_product.html")]
pub(crate) struct InvalidProductPage {
    admin: AdminPage,
    document: InvalidDocument,
}

impl InvalidProductPage {
    pub(crate) fn new(session: &Session, document: InvalidDocument) -> Self {
        Self {
            admin: AdminPage::new(session, "products", &document.id),
            document,
        }
    }
}

/// What a form about a product is to show.
#[derive(Debug, Default)]
pub(crate) struct EditedProduct {
    /// The product's id, or what was typed for a new one.
    pub(crate) id: String,
    pub(crate) details: ProductDetails,
    /// What is stored, of a product that is.
    pub(crate) stored: Option<Product>,
    pub(crate) errors: FieldErrors,
    /// Whether somebody else was faster and the form shows their version.
    pub(crate) outdated: bool,
    pub(crate) saved: bool,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/product.html")]
pub(crate) struct ProductFormPage {
    admin: AdminPage,
    edited: EditedProduct,
    /// What is typed about each variant, with the number its fields are named by.
    rows: Vec<(String, VariantDetails)>,
    /// What the form started from, for the next time it is sent.
    was: String,
    heading: String,
}

impl ProductFormPage {
    pub(crate) fn new(session: &Session, mut edited: EditedProduct) -> Self {
        if let Some(stored) = &mut edited.stored {
            // They name checkouts, and nothing is done with them here.
            stored.pending.clear();
        }
        let heading = match &edited.stored {
            Some(stored) => stored.name.clone(),
            None => "New product".to_owned(),
        };
        let mut rows = edited.details.variants.clone();
        let spare = MAX_VARIANTS.saturating_sub(rows.len()).min(SPARE_ROWS);
        rows.resize(rows.len() + spare, VariantDetails::default());
        Self {
            admin: AdminPage::new(session, "products", &heading),
            was: serde_json::to_string(&edited.stored).unwrap_or_default(),
            rows: (0..)
                .map(|number: usize| number.to_string())
                .zip(rows)
                .collect(),
            edited,
            heading,
        }
    }

    /// Whether visitors see what is stored.
    fn is_shown(&self) -> bool {
        let stored = self.edited.stored.as_ref();
        stored.is_some_and(|stored| !stored.hidden)
    }

    fn problem(&self, field: &str) -> Option<&str> {
        self.edited.errors.get(field)
    }

    fn row_problem(&self, number: &str, part: &str) -> Option<&str> {
        self.edited.errors.get(&format!("variant-{number}-{part}"))
    }

    /// Value, label and whether it is chosen.
    fn departments(&self) -> Vec<(&'static str, &'static str, bool)> {
        let option = |category: &Category| {
            let slug = category.slug();
            (slug, category.title(), self.edited.details.category == slug)
        };
        Category::ALL.iter().map(option).collect()
    }
}
