//! Sends the emails that orders have to send: see [`shared::email`].

use std::time::Duration;

use askama::Template;
use shared::email::{Email, Mailer};

use crate::brand;
use crate::domain::money::Money;
use crate::domain::order::{EmailKind, Order, OrderEmail};
use crate::state::AppState;
use crate::store::{Store, StoreError};
use crate::views::{Line, delivery_price, sold};

/// How often the shop looks for emails that are due again, or that another process has left behind.
const PAUSE: Duration = Duration::from_mins(1);
/// How often a change is tried again because the order changed in between.
const ATTEMPTS: usize = 10;

/// Sends what is due: now, when an order has a new email, and every minute. `base` is the address of the shop.
pub(crate) async fn keep_sending(state: AppState, base: String) {
    loop {
        if let Err(error) = send_due(&state, &base).await {
            let error = anyhow::Error::new(error);
            tracing::error!("emails could not be sent, which is tried again: {error:#}");
        }
        // The end of the time and a new email are the same to it.
        tokio::time::timeout(PAUSE, state.store.orders.emailed())
            .await
            .ok();
    }
}

/// Sends the emails that are due, and removes those that were sent or refused.
pub async fn send_due(state: &AppState, base: &str) -> Result<(), StoreError> {
    let Some(mailer) = &state.mailer else {
        return Ok(());
    };
    for order in state.store.orders.with_email_due(state.now()).await? {
        send(state, mailer, order, base).await?;
    }
    Ok(())
}

async fn send(
    state: &AppState,
    mailer: &Mailer,
    mut order: Order,
    base: &str,
) -> Result<(), StoreError> {
    while let Some((claimed, email)) = order.claim_email(state.now()) {
        // Another worker has it, or the order has changed: then it is still due the next time.
        if !state.store.orders.replace(&order, &claimed).await? {
            return Ok(());
        }
        let message = message(&claimed, &email, base);
        let is_settled = match &message {
            Ok(message) => mailer.attempt(message, email.unsent).await,
            Err(error) => {
                tracing::error!("an email about an order cannot be written: {error}");
                true
            }
        };
        order = claimed;
        if is_settled && let Some(settled) = settle(&state.store, &order, &email).await? {
            order = settled;
        }
    }
    Ok(())
}

/// Removes an email; answers the order as it is then.
async fn settle(
    store: &Store,
    order: &Order,
    email: &OrderEmail,
) -> Result<Option<Order>, StoreError> {
    let mut order = order.clone();
    for _ in 0..ATTEMPTS {
        let settled = order.without_email(email);
        if store.orders.replace(&order, &settled).await? {
            return Ok(Some(settled));
        }
        match store.orders.find(order.id).await? {
            Some(current) => order = current,
            None => return Ok(None),
        }
    }
    Err(StoreError::LostRaces)
}

/// Both forms of every email about an order; `template` differs.
struct Content {
    heading: &'static str,
    sentences: Vec<String>,
    /// Label and address of the button.
    link: (&'static str, String),
    number: String,
    lines: Vec<Line>,
    delivery: String,
    total: String,
}

#[derive(Template)]
#[template(path = "email/order.html")]
struct Html<'a> {
    it: &'a Content,
}

#[derive(Template)]
#[template(path = "email/order.txt")]
struct Text<'a> {
    it: &'a Content,
}

/// What an email reports: heading, sentences and the button.
fn report(
    order: &Order,
    email: &OrderEmail,
    base: &str,
) -> (&'static str, Vec<String>, (&'static str, String)) {
    let amount = Money::new(email.amount_cents, order.total.currency);
    let mut link = ("View your order", format!("{base}/orders/{}", order.id));
    let mut sentences = Vec::new();
    let heading = match email.kind {
        EmailKind::Confirmed => {
            sentences.push(format!(
                "Thank you, {}. We have received your payment of {} and are preparing your order.",
                order.customer.name, order.total
            ));
            "Your order is confirmed"
        }
        EmailKind::Shipped => {
            let shipment = order.shipment.as_ref();
            let by = shipment.map_or("", |it| &it.carrier);
            let by = if by.is_empty() {
                String::new()
            } else {
                format!(" with {by}")
            };
            sentences.push(format!("Your order is on its way{by}."));
            if let Some(it) = shipment.filter(|it| !it.tracking_url.is_empty()) {
                link = ("Track your parcel", it.tracking_url.clone());
            }
            "Your order has shipped"
        }
        EmailKind::Refunded => {
            sentences.push(format!(
                "We have refunded {amount}. Banks take five to ten days."
            ));
            "Your refund is on its way"
        }
        EmailKind::Canceled if email.amount_cents > 0 => {
            sentences.push(format!("Your order is canceled and nothing will be shipped. We have refunded {amount}. Banks take five to ten days."));
            "Your order is canceled"
        }
        EmailKind::Canceled => {
            sentences.push("Your payment did not arrive, so your order is canceled and nothing will be shipped.".to_owned());
            "Your order is canceled"
        }
    };
    (heading, sentences, link)
}

/// An email with what the order says by now.
pub fn message(order: &Order, email: &OrderEmail, base: &str) -> Result<Email, askama::Error> {
    let number = order.id.short();
    let (heading, mut sentences, link) = report(order, email, base);
    if order.payment.is_test() {
        sentences
            .push("This is a test order: no money was charged, and nothing is shipped.".to_owned());
    }
    let content = Content {
        heading,
        sentences,
        link,
        number: number.clone(),
        lines: sold(&order.lines),
        delivery: delivery_price(order.delivery.price),
        total: order.total.to_string(),
    };
    Ok(Email {
        id: email.id(order),
        to: order.customer.email.clone(),
        subject: format!("{heading} ({} {number})", brand::NAME),
        text: Text { it: &content }.render()?,
        html: Html { it: &content }.render()?,
    })
}
