//! The list of orders, one order with its history, and giving money back.

use std::num::NonZeroU32;

use askama::Template;
use askama_web::WebTemplate;
use astra_db::Timestamp;

use crate::domain::checkout::Checkout;
use crate::domain::customer::Customer;
use crate::domain::invalid::InvalidDocument;
use crate::domain::money::Money;
use crate::domain::order::{Order, OrderStatus, Shipment, StatusChange};
use crate::extract::admin::Session;
use crate::store::orders::OrderList;
use crate::views::{
    admin::{AdminPage, Paging},
    cart::{Line, sold},
    checkout::{delivery_price, delivery_title},
    order::paid_with,
};

/// `21 Nov 2026, 17:05` in UTC.
fn moment(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    at.strftime("%-d %b %Y, %H:%M").to_string()
}

/// An order in the list.
#[derive(Debug)]
struct Row {
    id: String,
    number: String,
    placed: String,
    customer: String,
    pieces: u32,
    total: String,
    status: &'static str,
    status_title: &'static str,
}

impl Row {
    fn of(order: &Order) -> Self {
        Self {
            id: order.id.to_string(),
            number: order.id.short(),
            placed: moment(order.placed_at),
            customer: order.customer.name.clone(),
            pieces: order.lines.iter().map(|line| line.quantity.get()).sum(),
            total: order.total.to_string(),
            status: order.status.slug(),
            status_title: order.status.title(),
        }
    }
}

/// Money that came and that nothing is shipped for.
#[derive(Debug)]
struct RefusedPayment {
    number: String,
    problem: String,
    reference: String,
    customer: String,
}

impl RefusedPayment {
    fn of(checkout: &Checkout) -> Self {
        let payment = checkout.payment.as_ref();
        Self {
            number: checkout.id.short(),
            problem: checkout.problem.clone().unwrap_or_default(),
            reference: payment.map_or_else(String::new, |payment| payment.reference.clone()),
            customer: checkout.customer.email.clone(),
        }
    }
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/orders.html")]
pub(crate) struct OrderListPage {
    admin: AdminPage,
    rows: Vec<Row>,
    /// What is stored and cannot be shown.
    invalid: Vec<InvalidDocument>,
    refused: Vec<RefusedPayment>,
    status: &'static str,
    paging: Paging,
}

impl OrderListPage {
    pub(crate) fn new(
        session: &Session,
        status: Option<OrderStatus>,
        page: NonZeroU32,
        orders: &OrderList,
        refused: &[Checkout],
    ) -> Self {
        let slug = status.map_or("", OrderStatus::slug);
        let href = |page: u32| format!("/admin/orders?status={slug}&page={page}");
        let page = page.get();
        Self {
            admin: AdminPage::new(session, "orders", "Orders"),
            rows: orders.orders.iter().map(Row::of).collect(),
            invalid: orders.invalid.clone(),
            refused: refused.iter().map(RefusedPayment::of).collect(),
            status: slug,
            paging: Paging {
                previous: (page > 1).then(|| href(page - 1)),
                next: orders.more.then(|| href(page.saturating_add(1))),
                here: format!("Page {page}"),
            },
        }
    }

    /// Slug, title and whether it is chosen, the first for all of them.
    fn filters(&self) -> Vec<(&'static str, &'static str, bool)> {
        let every = ("", "All", self.status.is_empty());
        let filter =
            |status: OrderStatus| (status.slug(), status.title(), self.status == status.slug());
        [every]
            .into_iter()
            .chain(OrderStatus::ALL.map(filter))
            .collect()
    }
}

/// A status the order has had.
#[derive(Debug)]
struct Past {
    at: String,
    status: &'static str,
    status_title: &'static str,
    refunded: Option<String>,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/order.html")]
pub(crate) struct AdminOrderPage {
    admin: AdminPage,
    row: Row,
    lines: Vec<Line>,
    delivery: String,
    delivery_title: &'static str,
    total: String,
    customer: Customer,
    paid_with: String,
    provider: String,
    reference: String,
    refunded: Option<String>,
    /// A refund whose outcome is not known yet.
    under_way: Option<String>,
    /// What can be refunded, in words and as the form wants it.
    refundable: Option<(String, String)>,
    history: Vec<Past>,
    just_refunded: bool,
    /// How it was shipped, and when.
    shipment: Option<(Shipment, String)>,
    /// The version of the order, where it can be marked as shipped.
    shippable: Option<u64>,
    /// Carrier and link as they were typed, and what is wrong with them.
    pub(crate) typed: (String, String),
    pub(crate) ship_problem: Option<&'static str>,
}

impl AdminOrderPage {
    pub(crate) fn new(session: &Session, order: &Order, just_refunded: bool) -> Self {
        let left = order.refundable();
        let heading = format!("Order {}", order.id.short());
        let past = |change: &StatusChange| Past {
            at: moment(change.at),
            status: change.status.slug(),
            status_title: change.status.title(),
            refunded: (change.refunded_cents > 0)
                .then(|| Money::new(change.refunded_cents, order.total.currency).to_string()),
        };
        Self {
            admin: AdminPage::new(session, "orders", &heading),
            row: Row::of(order),
            lines: sold(&order.lines),
            delivery: delivery_price(order.delivery.price),
            delivery_title: delivery_title(&order.delivery),
            total: order.total.to_string(),
            customer: order.customer.clone(),
            paid_with: paid_with(&order.payment),
            provider: order.payment.provider.clone(),
            reference: order.payment.reference.clone(),
            refunded: (order.refunded.amount_cents > 0).then(|| order.refunded.to_string()),
            under_way: order.under_way().map(|it| it.to_string()),
            refundable: (left.amount_cents > 0 && order.refunding.is_none())
                .then(|| (left.to_string(), left.to_decimal())),
            history: order.history.iter().rev().map(past).collect(),
            just_refunded,
            shipment: order.shipment.clone().map(|it| (it.clone(), moment(it.at))),
            shippable: order.is_shippable().then_some(order.version),
            typed: <_>::default(),
            ship_problem: None,
        }
    }
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/refund.html")]
pub(crate) struct RefundPage {
    admin: AdminPage,
    row: Row,
    paid_with: String,
    /// What is left to refund; empty for nothing.
    left: String,
    amount: String,
    /// Whether this refund was decided before and its outcome is not known.
    is_under_way: bool,
    version: u64,
    problem: Option<String>,
}

impl RefundPage {
    pub(crate) fn new(
        session: &Session,
        order: &Order,
        typed: &str,
        problem: Option<String>,
    ) -> Self {
        let under_way = order.under_way();
        let left = under_way.unwrap_or_else(|| order.refundable());
        Self {
            admin: AdminPage::new(session, "orders", "Give money back"),
            row: Row::of(order),
            paid_with: paid_with(&order.payment),
            left: match left.amount_cents {
                0 => String::new(),
                _ => left.to_string(),
            },
            amount: match typed.trim() {
                typed if under_way.is_none() && !typed.is_empty() => typed.to_owned(),
                _ => left.to_decimal(),
            },
            is_under_way: under_way.is_some(),
            version: order.version,
            problem,
        }
    }
}
