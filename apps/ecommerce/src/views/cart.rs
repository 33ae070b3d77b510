//! The cart, and the lines of carts, checkouts and orders.

use askama::Template;
use askama_web::WebTemplate;
use serde::Deserialize;

use crate::domain::cart::{PricedCart, PricedLine};
use crate::domain::id::Sku;
use crate::domain::order_line::OrderLine;
use crate::extract::Visitor;
use crate::state::AppState;
use crate::views::{Page, href::product_href};

/// A line of a cart or an order.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) sku: String,
    /// The address of its page.
    pub(crate) href: String,
    pub(crate) name: String,
    /// Which variant, in words; empty for a product without.
    pub(crate) variant: String,
    pub(crate) image: String,
    pub(crate) unit_price: String,
    pub(crate) quantity: String,
    pub(crate) subtotal: String,
    /// What is wrong with the quantity.
    pub(crate) problem: Option<String>,
}

/// A quantity that somebody entered and the shop did not accept.
#[derive(Debug)]
pub(crate) struct Rejected {
    pub(crate) sku: Sku,
    pub(crate) quantity: String,
    pub(crate) problem: String,
}

/// What the cart page says has just happened.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Happened {
    #[default]
    Nothing,
    Added,
    Changed,
    Removed,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "cart.html")]
pub(crate) struct CartPage {
    page: Page,
    /// What has just happened, for eyes and screen readers.
    message: Option<String>,
    lines: Vec<Line>,
    gone: Vec<String>,
    total: String,
    /// Whether nothing stands in the way of checking out.
    sellable: bool,
}

impl CartPage {
    pub(crate) fn new(
        state: &AppState,
        visitor: &Visitor,
        priced: Option<&PricedCart>,
        happened: Happened,
        sku: Option<&Sku>,
        rejected: Option<Rejected>,
    ) -> Self {
        let mut lines = priced.map(lines).unwrap_or_default();
        let named = sku
            .and_then(|sku| lines.iter().find(|line| line.sku == sku.as_str()))
            .map(Line::full_name);
        let message = match (happened, named) {
            (Happened::Added, Some(name)) => Some(format!("{name} is in your cart.")),
            (Happened::Changed, Some(name)) => Some(format!("The quantity of {name} is changed.")),
            (Happened::Removed, None) => Some("The product is removed from your cart.".to_owned()),
            _ => None,
        };
        if let Some(rejected) = rejected
            && let Some(line) = lines
                .iter_mut()
                .find(|line| line.sku == rejected.sku.as_str())
        {
            line.quantity = rejected.quantity;
            line.problem = Some(rejected.problem);
        }
        Self {
            page: Page::new(state, visitor, "Your cart").unlisted(),
            message,
            lines,
            gone: priced
                .map(|priced| priced.gone.iter().map(Sku::to_string).collect())
                .unwrap_or_default(),
            total: priced
                .map(|priced| priced.total.to_string())
                .unwrap_or_default(),
            sellable: priced.is_some_and(|priced| {
                priced.gone.is_empty() && priced.lines.iter().all(PricedLine::is_in_stock)
            }),
        }
    }
}

impl Line {
    fn of(line: &OrderLine) -> Self {
        Self {
            href: product_href(&line.sku),
            sku: line.sku.to_string(),
            name: line.name.clone(),
            variant: line.variant.clone(),
            image: line.image.clone(),
            unit_price: line.unit_price.to_string(),
            quantity: line.quantity.to_string(),
            subtotal: line.subtotal.to_string(),
            problem: None,
        }
    }

    /// `iPhone 12 Pro (Gold, 256 GB)`
    pub(crate) fn full_name(&self) -> String {
        if self.variant.is_empty() {
            self.name.clone()
        } else {
            format!("{} ({})", self.name, self.variant)
        }
    }
}

pub(super) fn lines(priced: &PricedCart) -> Vec<Line> {
    let line = |line: &PricedLine| Line {
        problem: match line.left {
            Some(0) => Some("Sold out. Remove it to check out.".to_owned()),
            Some(left) if !line.is_in_stock() => Some(format!("Only {left} left.")),
            _ => None,
        },
        ..Line::of(&line.frozen())
    };
    priced.lines.iter().map(line).collect()
}

/// The lines of a session or an order as they were sold.
pub(crate) fn sold(lines: &[OrderLine]) -> Vec<Line> {
    lines.iter().map(Line::of).collect()
}
