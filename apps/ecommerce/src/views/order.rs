//! An order, and the form to find one.

use askama::Template;
use askama_web::WebTemplate;

use crate::domain::customer::Customer;
use crate::domain::order::Order;
use crate::extract::Visitor;
use crate::state::AppState;
use crate::views::Page;
use crate::views::cart::{Line, sold};

#[derive(Debug, Template, WebTemplate)]
#[template(path = "order.html")]
pub(crate) struct OrderPage {
    page: Page,
    link: String,
    number: String,
    placed: String,
    lines: Vec<Line>,
    total: String,
    customer: Customer,
    test_payment: bool,
    reference: String,
}

impl OrderPage {
    /// Without a public address in the settings the link names the host this very request came to.
    pub(crate) fn new(
        state: &AppState,
        visitor: &Visitor,
        order: &Order,
        host: Option<&str>,
    ) -> Self {
        let page = Page::new(state, visitor, "Your order").unlisted();
        let base = match (page.base.as_str(), host) {
            ("", Some(host)) => format!("http://{host}"),
            (base, _) => base.to_owned(),
        };
        Self {
            link: format!("{base}/orders/{}", order.id),
            page,
            number: order.id.short(),
            placed: day(order.placed_at),
            lines: sold(&order.lines),
            total: order.total.to_string(),
            customer: order.customer.clone(),
            test_payment: order.payment.provider == "test-till",
            reference: order.payment.reference.clone(),
        }
    }
}

/// `21 November 2026`, in UTC: the shop does not know where the reader is.
fn day(moment: astra_db::Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(moment.as_millis()).unwrap_or_default();
    moment.strftime("%-d %B %Y").to_string()
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "find_order.html")]
pub(crate) struct FindOrderPage {
    pub(crate) page: Page,
    pub(crate) link: String,
    pub(crate) problem: Option<&'static str>,
}
