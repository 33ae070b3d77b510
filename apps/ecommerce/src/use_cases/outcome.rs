//! What a checkout comes to.

use crate::domain::checkout::Checkout;
use crate::domain::id::CheckoutId;
use crate::domain::order::Order;
use crate::error::{AppError, Missing};
use crate::store::Store;

/// What has become of a checkout.
#[derive(Debug)]
pub enum Outcome {
    /// There is an order.
    Ordered(Box<Order>),
    /// It is not paid yet.
    Waiting(Box<Checkout>),
    /// It can never be paid.
    Closed(Box<Checkout>),
}

impl Outcome {
    /// The order, or why there is none.
    pub fn into_order(self) -> Result<Order, AppError> {
        match self {
            Self::Ordered(order) => Ok(*order),
            Self::Waiting(checkout) | Self::Closed(checkout) => {
                Err(AppError::Conflict(checkout.state.refusal()))
            }
        }
    }
}

/// The session behind a link.
pub async fn find(store: &Store, id: CheckoutId) -> Result<Checkout, AppError> {
    store
        .checkouts
        .find(id)
        .await?
        .ok_or(AppError::NotFound(Missing::Checkout))
}
