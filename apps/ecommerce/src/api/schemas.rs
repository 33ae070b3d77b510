//! The values of [`domain`](crate::domain) and the forms as the description of the API has them. They
//! say nothing of descriptions: what each looks like stands in `schemas.json`.

use std::collections::BTreeMap;

use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::domain::customer::{Address, Customer};
use crate::domain::delivery::{DeliveryMethod, FrozenDelivery};
use crate::domain::id::{CartId, CheckoutId, ProductId, Sku};
use crate::domain::money::{Currency, Money};
use crate::domain::order::OrderStatus;
use crate::domain::order_line::OrderLine;
use crate::domain::payment::PaymentMethod;
use crate::domain::product::Category;
use crate::domain::quantity::Quantity;
use crate::domain::{checkout::CheckoutState, stock::Shortage};
use crate::forms::{customer::CustomerDetails, search::SearchTerms};

/// What each name in [`refer!`] stands for.
pub(super) fn of_the_domain() -> BTreeMap<String, RefOr<Schema>> {
    serde_json::from_str(include_str!("schemas.json")).unwrap_or_default()
}

/// A search stands in `search.json`.
impl IntoParams for SearchTerms {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        serde_json::from_str(include_str!("search.json")).unwrap_or_default()
    }
}

/// A body that holds one of these refers to it by name.
macro_rules! refer {
    ($($value:ident)*) => { $(
        impl ToSchema for $value {}
        impl PartialSchema for $value {
            fn schema() -> RefOr<Schema> {
                Ref::from_schema_name(stringify!($value)).into()
            }
        }
    )* };
}

refer!(Address CartId Category CheckoutId CheckoutState Currency Customer CustomerDetails
    DeliveryMethod FrozenDelivery Money OrderLine OrderStatus PaymentMethod ProductId Quantity Shortage Sku);

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain;

    fn described<T: ToSchema>() -> Value {
        json!(of_the_domain()[&*T::name()])
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
