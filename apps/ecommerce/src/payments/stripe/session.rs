//! What Stripe is told of a checkout: frozen lines and prices, delivery, and the way back.

use std::collections::HashMap;

use stripe_checkout::CheckoutSessionMode;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, CreateCheckoutSessionShippingOptions,
    CreateCheckoutSessionShippingOptionsShippingRateData,
    CreateCheckoutSessionShippingOptionsShippingRateDataFixedAmount,
    CreateCheckoutSessionShippingOptionsShippingRateDataType, ProductData,
};

use super::{Stripe, cents};
use crate::domain::checkout::{Checkout, SESSION_OUTLASTS};
use crate::domain::delivery::FrozenDelivery;
use crate::domain::id::CheckoutId;
use crate::domain::moment::after;
use crate::domain::money::Money;
use crate::domain::order_line::OrderLine;
use crate::payments::error::PaymentError;

/// What is written onto session and payment, so that either leads back to the checkout.
pub(super) const CHECKOUT_ID: &str = "checkout_id";

/// The request depends on the checkout alone: sent again with the same key it must be the same to
/// the letter, or Stripe refuses it.
pub(super) fn request(
    stripe: &Stripe,
    checkout: &Checkout,
) -> Result<CreateCheckoutSession, PaymentError> {
    let id = checkout.id;
    let lines: Result<Vec<_>, _> = checkout
        .lines
        .iter()
        .map(|line| item(stripe, line))
        .collect();
    let mut payment = CreateCheckoutSessionPaymentIntentData::new();
    payment.metadata = Some(note(id));
    Ok(CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .client_reference_id(id.to_string())
        .metadata(note(id))
        .payment_intent_data(payment)
        .customer_email(&checkout.customer.email)
        .line_items(lines?)
        .shipping_options([delivery(&checkout.delivery)?])
        .expires_at(after(checkout.expires_at, SESSION_OUTLASTS).as_millis() / 1_000)
        .success_url(for_checkout(&stripe.success_url, id))
        .cancel_url(for_checkout(&stripe.cancel_url, id)))
}

fn item(stripe: &Stripe, line: &OrderLine) -> Result<CreateCheckoutSessionLineItems, PaymentError> {
    let mut product = ProductData::new(&line.name);
    product.images = picture(stripe, &line.image).map(|picture| vec![picture]);
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency(line.unit_price));
    price.unit_amount = Some(cents(line.unit_price)?);
    price.product_data = Some(product);
    let mut item = CreateCheckoutSessionLineItems::new();
    item.price_data = Some(price);
    item.quantity = Some(line.quantity.get().into());
    Ok(item)
}

/// Stripe fetches pictures itself, so it needs their whole address.
fn picture(stripe: &Stripe, image: &str) -> Option<String> {
    if image.starts_with("https://") || image.starts_with("http://") {
        Some(image.to_owned())
    } else if image.starts_with('/') {
        Some(format!("{}{image}", stripe.base))
    } else {
        None
    }
}

/// The one way of delivery the buyer has chosen in the shop, as Stripe's page shows it.
fn delivery(
    delivery: &FrozenDelivery,
) -> Result<CreateCheckoutSessionShippingOptions, PaymentError> {
    let name = delivery.method.title();
    let mut rate = CreateCheckoutSessionShippingOptionsShippingRateData::new(name);
    rate.type_ = Some(CreateCheckoutSessionShippingOptionsShippingRateDataType::FixedAmount);
    rate.fixed_amount = Some(
        CreateCheckoutSessionShippingOptionsShippingRateDataFixedAmount::new(
            cents(delivery.price)?,
            currency(delivery.price),
        ),
    );
    let mut option = CreateCheckoutSessionShippingOptions::new();
    option.shipping_rate_data = Some(rate);
    Ok(option)
}

fn currency(money: Money) -> stripe_types::Currency {
    let code = money.currency.code().to_ascii_lowercase();
    // A code Stripe's library does not know is kept as it is, and Stripe says what it thinks of it.
    code.parse().unwrap_or_default()
}

fn note(id: CheckoutId) -> HashMap<String, String> {
    HashMap::from([(CHECKOUT_ID.to_owned(), id.to_string())])
}

fn for_checkout(url: &str, id: CheckoutId) -> String {
    url.replace("{CHECKOUT_ID}", &id.to_string())
}
