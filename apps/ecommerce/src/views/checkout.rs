//! Checkout: the form, the way to pay, and everything that can keep somebody from paying.

use askama::Template;
use askama_web::WebTemplate;

use crate::domain::cart::PricedCart;
use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::customer::{COUNTRIES, Customer};
use crate::domain::delivery::{DeliveryMethod, FrozenDelivery};
use crate::domain::money::Money;
use crate::domain::stock::Shortage;
use crate::extract::Visitor;
use crate::forms::customer::CustomerDetails;
use crate::state::AppState;
use crate::views::{
    Page,
    cart::{Line, lines, sold},
};
use shared::field_errors::FieldErrors;

/// What delivery costs, in words.
pub(crate) fn delivery_price(price: Money) -> String {
    match price.amount_cents {
        0 => "Free".to_owned(),
        _ => price.to_string(),
    }
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "checkout.html")]
pub(crate) struct CheckoutPage {
    page: Page,
    lines: Vec<Line>,
    delivery: String,
    total: String,
    details: CustomerDetails,
    errors: FieldErrors,
    currency: crate::domain::money::Currency,
}

impl CheckoutPage {
    /// `details` are what was typed so far; without JavaScript the total is that of the way of
    /// delivery chosen when the page was drawn, and the next page shows it once more.
    pub(crate) fn new(
        state: &AppState,
        visitor: &Visitor,
        priced: &PricedCart,
        details: CustomerDetails,
        errors: FieldErrors,
    ) -> Self {
        let currency = priced.total.currency;
        let method: DeliveryMethod = details.delivery.parse().unwrap_or_default();
        let delivery = method.price(currency);
        let total = priced.total.plus(delivery).unwrap_or(priced.total);
        Self {
            page: Page::new(state, visitor, "Checkout").unlisted(),
            lines: lines(priced),
            delivery: delivery_price(delivery),
            total: total.to_string(),
            details,
            errors,
            currency,
        }
    }

    /// Code, name and whether it is chosen.
    fn countries(&self) -> Vec<(&'static str, &'static str, bool)> {
        COUNTRIES
            .iter()
            .map(|(code, name)| (*code, *name, self.details.country == *code))
            .collect()
    }

    /// Name, title, price and whether it is chosen.
    fn deliveries(&self) -> Vec<(&'static str, &'static str, String, bool)> {
        let chosen: DeliveryMethod = self.details.delivery.parse().unwrap_or_default();
        let row = |method: DeliveryMethod| {
            let price = delivery_price(method.price(self.currency));
            (method.slug(), method.title(), price, method == chosen)
        };
        DeliveryMethod::ALL.into_iter().map(row).collect()
    }

    fn problem(&self, field: &str) -> Option<&str> {
        self.errors.get(field)
    }
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "till.html")]
pub(crate) struct TillPage {
    page: Page,
    id: String,
    lines: Vec<Line>,
    delivery: String,
    total: String,
    customer: Customer,
}

impl TillPage {
    pub(crate) fn new(state: &AppState, visitor: &Visitor, checkout: &Checkout) -> Self {
        Self {
            page: Page::new(state, visitor, "Test payment").unlisted(),
            id: checkout.id.to_string(),
            lines: sold(&checkout.lines),
            delivery: delivery_price(checkout.delivery.price),
            total: checkout.total.to_string(),
            customer: checkout.customer.clone(),
        }
    }
}

/// Leads on to the payment service. A form may not lead to another site (the policy says so, and
/// browsers hold redirects to it), a page may.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "pay.html")]
pub(crate) struct PayPage {
    page: Page,
    id: String,
    url: String,
}

impl PayPage {
    pub(crate) fn new(state: &AppState, visitor: &Visitor, id: String, url: String) -> Self {
        Self {
            page: Page::new(state, visitor, "Payment").unlisted(),
            id,
            url,
        }
    }
}

/// Somebody came back from the payment service, and it has no money yet.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "unpaid.html")]
pub(crate) struct UnpaidPage {
    page: Page,
    id: String,
}

impl UnpaidPage {
    pub(crate) fn new(state: &AppState, visitor: &Visitor, checkout: &Checkout) -> Self {
        Self {
            page: Page::new(state, visitor, "Not paid yet").unlisted(),
            id: checkout.id.to_string(),
        }
    }
}

/// A checkout that cannot be paid any more.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "closed.html")]
pub(crate) struct ClosedPage {
    page: Page,
    heading: &'static str,
    sentence: &'static str,
    /// Whether the cart still holds something to check out.
    again: bool,
}

impl ClosedPage {
    pub(crate) fn new(state: &AppState, visitor: &Visitor, why: CheckoutState) -> Self {
        let heading = match why {
            CheckoutState::Cancelled => "Nothing was paid",
            CheckoutState::Failed => "The payment did not arrive",
            _ => "This checkout is closed",
        };
        Self {
            page: Page::new(state, visitor, heading).unlisted(),
            heading,
            sentence: match why {
                CheckoutState::Cancelled => "You came back before paying. Your cart is as it was.",
                why => why.refusal(),
            },
            again: visitor.pieces() > 0,
        }
    }
}

/// There is less left than wanted, or less that one order can hold. Nothing was paid.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "sold_out.html")]
pub(crate) struct SoldOutPage {
    page: Page,
    heading: &'static str,
    why: &'static str,
    short: Vec<Short>,
}

/// A line of which there is less than wanted.
#[derive(Debug)]
struct Short {
    sku: String,
    name: String,
    wanted: String,
    left: u64,
    is_limit: bool,
}

impl SoldOutPage {
    pub(crate) fn new(state: &AppState, visitor: &Visitor, short: &[Shortage]) -> Self {
        let line = |short: &Shortage| Short {
            sku: short.sku.to_string(),
            name: short.name.clone(),
            wanted: short.wanted.to_string(),
            left: short.left,
            is_limit: short.is_limit(),
        };
        let limits = short.iter().filter(|short| short.is_limit()).count();
        let (heading, why) = if limits == short.len() {
            (
                "More than one order can hold",
                "One order leaves half of a product to others.",
            )
        } else if limits == 0 {
            (
                "Somebody was faster",
                "While you were checking out, this was sold to others.",
            )
        } else {
            (
                "Not everything can be ordered",
                "Some of it was sold to others, and one order leaves half of a product to others.",
            )
        };
        Self {
            page: Page::new(state, visitor, heading).unlisted(),
            heading,
            why,
            short: short.iter().map(line).collect(),
        }
    }
}

/// `Standard delivery, 5 to 7 days`
pub(super) fn delivery_title(delivery: &FrozenDelivery) -> &'static str {
    delivery.method.title()
}
