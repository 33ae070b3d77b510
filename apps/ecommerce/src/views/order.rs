//! An order, and the form to find one.

use askama::Template;
use askama_web::WebTemplate;

use crate::domain::customer::Customer;
use crate::domain::order::{Order, OrderStatus, Shipment};
use crate::domain::payment::Payment;
use crate::extract::Visitor;
use crate::state::AppState;
use crate::views::{
    Page,
    cart::{Line, sold},
    checkout::{delivery_price, delivery_title},
};

#[derive(Debug, Template, WebTemplate)]
#[template(path = "order.html")]
pub(crate) struct OrderPage {
    page: Page,
    link: String,
    number: String,
    placed: String,
    lines: Vec<Line>,
    delivery: String,
    delivery_title: &'static str,
    total: String,
    customer: Customer,
    paid_with: String,
    reference: String,
    status: OrderStatus,
    /// How much has been refunded, where anything has.
    refunded: Option<String>,
    shipment: Option<Shipment>,
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
            delivery: delivery_price(order.delivery.price),
            delivery_title: delivery_title(&order.delivery),
            total: order.total.to_string(),
            customer: order.customer.clone(),
            paid_with: paid_with(&order.payment),
            reference: order.payment.reference.clone(),
            status: order.status,
            refunded: (order.refunded.amount_cents > 0).then(|| order.refunded.to_string()),
            shipment: order.shipment.clone(),
        }
    }

    fn is(&self, status: &str) -> bool {
        self.status.slug() == status
    }
}

/// `Visa ending in 4242`
pub(crate) fn paid_with(payment: &Payment) -> String {
    if payment.is_test() {
        return "Test money. Nothing was charged, and nothing will be shipped.".to_owned();
    }
    let Some(method) = &payment.method else {
        return "Paid online".to_owned();
    };
    let name = in_words(&method.brand);
    if method.last4.is_empty() {
        name
    } else {
        format!("{name} ending in {}", method.last4)
    }
}

/// The usual ones as people write them, and others as Stripe does, with a capital.
/// <https://docs.stripe.com/api/payment_methods/object#payment_method_object-type>
fn in_words(brand: &str) -> String {
    match brand {
        "amex" => "American Express".to_owned(),
        "jcb" => "JCB".to_owned(),
        "unionpay" => "UnionPay".to_owned(),
        "us_bank_account" => "Bank account".to_owned(),
        "sepa_debit" => "SEPA debit".to_owned(),
        "paypal" => "PayPal".to_owned(),
        brand => {
            let brand = brand.replace('_', " ");
            let mut letters = brand.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
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
