//! The values of [`domain`](crate::domain) as the description of the API has them. They are never
//! made: bodies hold the values themselves, which say nothing of descriptions.

#![expect(dead_code, reason = "what is described here is never made")]

use serde::Serialize;
use utoipa::ToSchema;

/// A currency, by its ISO 4217 code. All the shop knows have two decimals.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Currency {
    /// US dollar.
    Usd,
    /// Euro.
    Eur,
    /// Pound sterling.
    Gbp,
}

/// An amount in minor units (cents) and its currency.
#[derive(Serialize, ToSchema)]
pub(super) struct Money {
    /// Minor units: 49900 is 499.00.
    #[schema(example = 49900)]
    amount_cents: u64,
    /// ISO 4217 code.
    currency: Currency,
}

/// A whole number of pieces, at least one and at most [`Quantity::MAX`].
#[derive(Serialize, ToSchema)]
#[schema(value_type = u32, minimum = 1, maximum = 1000, example = 1)]
pub(super) struct Quantity(u32);

/// A product's id, which is also its address in the shop: `iphone-12`.
///
/// Lower-case letters and digits in words joined by single hyphens, at most 64 characters.
#[derive(Serialize, ToSchema)]
#[schema(value_type = String, example = "iphone-12", pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 64)]
pub(super) struct ProductId(String);

/// What exactly is sold: a product, or one variant of it. Carts, stock and orders count by it.
///
/// A product without variants is its own SKU, `orbit`. A variant adds a word of its own after an
/// underscore, `iphone-12-pro_gold-256`, so that the SKU alone says whose variant it is, and is
/// unique without anybody looking. It is used as a field name, so it must never hold a dot.
#[derive(Serialize, ToSchema)]
#[schema(value_type = String, example = "iphone-12-pro_graphite-256", pattern = "^[a-z0-9]+(-[a-z0-9]+)*(_[a-z0-9]+(-[a-z0-9]+)*)?$", max_length = 129)]
pub(super) struct Sku(String);

/// A cart's id. Whoever holds it holds the cart, so it is random and cannot be guessed.
#[derive(Serialize, ToSchema)]
#[schema(value_type = String, example = "4f0c3b7a9d5e4d16b0a5c3d7e8f90123", pattern = "^[0-9a-f]{32}$")]
pub(super) struct CartId(String);

/// A checkout session's id, and the id of the order that comes of it. It is the secret in the
/// order's link.
#[derive(Serialize, ToSchema)]
#[schema(value_type = String, example = "9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d", pattern = "^[0-9a-f]{32}$")]
pub(super) struct CheckoutId(String);

/// A department of the shop.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Category {
    /// Phones.
    Phones,
    /// Tablets and e-readers.
    Tablets,
    /// Watches.
    Watches,
    /// Headphones and speakers.
    Audio,
    /// Chargers, cases and other small things.
    Accessories,
}

/// A buyer whose every field has been checked.
#[derive(Serialize, ToSchema)]
pub(super) struct Customer {
    /// The person the parcel is for.
    name: String,
    /// Where the confirmation goes.
    email: String,
    /// Where the parcel goes.
    address: Address,
}

/// A postal address in a country the shop sends to.
#[derive(Serialize, ToSchema)]
pub(super) struct Address {
    /// Street and number.
    street: String,
    /// Flat, floor, company.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    extra: String,
    /// Town or city.
    city: String,
    /// State, province or county.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    region: String,
    /// Postal code.
    postcode: String,
    /// ISO 3166 code.
    country: String,
}

/// A way of delivery.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum DeliveryMethod {
    /// In about a week, for nothing.
    Standard,
    /// In about two days.
    Express,
}

/// A way of delivery at the price it had when the checkout was opened.
#[derive(Serialize, ToSchema)]
pub(super) struct FrozenDelivery {
    /// Which.
    method: DeliveryMethod,
    /// What it cost then.
    price: Money,
}

/// A line with the name and price it was bought at.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderLine {
    /// Which product or variant. Orders of before there were variants name the product.
    sku: Sku,
    /// Its name then.
    name: String,
    /// Which variant, in words such as `Gold, 256 GB`; empty for a product without.
    #[serde(default)]
    variant: String,
    /// Its picture then.
    image: String,
    /// What one piece cost then.
    unit_price: Money,
    /// How many.
    quantity: Quantity,
    /// Price times quantity.
    subtotal: Money,
}

/// A line of which the shop has fewer than wanted.
#[derive(Serialize, ToSchema)]
pub(super) struct Shortage {
    /// Of what.
    sku: Sku,
    /// What it is called.
    name: String,
    /// How many were wanted.
    wanted: Quantity,
    /// How many can be ordered at once: all there are, or half of them where that is more than 10.
    left: u64,
}

/// Where in its life a checkout session is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum CheckoutState {
    /// What it sells is being reserved.
    Opening,
    /// Waiting to be paid.
    Open,
    /// The buyer is through, the money is under way.
    Pending,
    /// Paid; the order may not be written yet.
    Paid,
    /// The order exists and the cart is settled.
    Done,
    /// A newer session took its place.
    Replaced,
    /// The buyer went back.
    Cancelled,
    /// Nobody paid in time.
    Expired,
    /// Something in it was sold out before it could be paid.
    SoldOut,
    /// The money was under way and did not come.
    Failed,
    /// Paid after it was closed: what it sells is being reserved once more.
    Late,
    /// Money came that should not have come; somebody has to look at it.
    Refused,
}

/// Where the money of an order is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum OrderStatus {
    /// On its way: the buyer is through, and the bank takes its time. Do not ship yet.
    Pending,
    /// Here. Part of it may have been refunded.
    Paid,
    /// It never came.
    Failed,
    /// All of it refunded.
    Refunded,
    /// The buyer wants it back by way of the bank, which has not decided yet.
    Disputed,
    /// The bank has decided for the buyer, and taken it back.
    Lost,
}

/// What somebody paid with, as far as a shop may know.
#[derive(Serialize, ToSchema)]
pub(super) struct PaymentMethod {
    /// `visa`, or the kind of another method: `sepa_debit`.
    #[schema(example = "visa")]
    brand: String,
    /// The last digits of a card; empty for other methods.
    #[schema(example = "4242")]
    last4: String,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use utoipa::PartialSchema;

    use super::*;
    use crate::domain;

    fn described<T: PartialSchema>() -> Value {
        serde_json::to_value(T::schema()).unwrap()
    }

    #[test]
    fn what_is_described_is_what_is_sent() {
        let usd = json!({ "amount_cents": 100, "currency": "USD" });
        let address = json!({
            "street": "1", "extra": "2", "city": "3", "region": "4", "postcode": "5", "country": "GB",
        });
        let line = json!({
            "sku": "orbit", "name": "Orbit", "variant": "", "image": "/", "unit_price": usd,
            "quantity": 1, "subtotal": usd,
        });
        let line: domain::order_line::OrderLine = serde_json::from_value(line).unwrap();
        let shortage = domain::stock::Shortage::new(&line, 0);
        let customer = json!({ "name": "Ada", "email": "a@b.cd", "address": address });
        let customer: domain::customer::Customer = serde_json::from_value(customer).unwrap();
        let method = domain::payment::PaymentMethod {
            brand: "visa".to_owned(),
            last4: "4242".to_owned(),
        };
        let delivery = domain::delivery::FrozenDelivery::default();
        for (described, sent) in [
            (described::<Money>(), json!(line.subtotal)),
            (described::<Address>(), json!(customer.address)),
            (described::<Customer>(), json!(customer)),
            (described::<FrozenDelivery>(), json!(delivery)),
            (described::<OrderLine>(), json!(line)),
            (described::<Shortage>(), json!(shortage)),
            (described::<PaymentMethod>(), json!(method)),
        ] {
            let names = |object: &Value| -> Vec<String> {
                let mut names: Vec<String> = object.as_object().unwrap().keys().cloned().collect();
                names.sort_unstable();
                names
            };
            assert_eq!(names(&described["properties"]), names(&sent));
        }
        let (statuses, methods) = (
            domain::order::OrderStatus::ALL,
            domain::delivery::DeliveryMethod::ALL,
        );
        for (described, sent) in [
            (described::<OrderStatus>(), json!(statuses)),
            (described::<DeliveryMethod>(), json!(methods)),
            (
                described::<Category>(),
                json!(domain::product::Category::ALL),
            ),
        ] {
            assert_eq!(described["enum"], sent);
        }
    }
}
