//! What can go wrong in the shop.

use crate::domain::checkout::ClientLimit;
use crate::domain::stock::Shortage;
use crate::payments::PaymentError;
use crate::store::StoreError;
use shared::field_errors::FieldErrors;

/// Every way a request can fail.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such thing.
    #[error("{0}")]
    NotFound(Missing),
    /// What was sent cannot be accepted, field by field.
    #[error("the input is not valid")]
    Invalid(FieldErrors),
    /// What was sent cannot be read at all.
    #[error("{0}")]
    Unreadable(String),
    /// It was possible, but not any more.
    #[error("{0}")]
    Conflict(&'static str),
    /// There is less left than wanted, or less that one checkout can reserve.
    #[error("something was sold out")]
    SoldOut(Vec<Shortage>),
    /// This client has reserved as much as one may.
    #[error("a client has reserved as much as one may: {0:?}")]
    ClientLimit(ClientLimit),
    /// The payment service refused or was not reached.
    #[error("the payment service could not answer")]
    Payment(#[from] PaymentError),
    /// The request came from somewhere it must not come from.
    #[error("{0}")]
    Forbidden(&'static str),
    /// The database refused or was not reached.
    #[error("the database could not answer")]
    Store(#[from] StoreError),
    /// A fault of the shop.
    #[error("{0:#}")]
    Internal(anyhow::Error),
}

/// What was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A page or an endpoint.
    Page,
    /// A product.
    Product,
    /// A cart.
    Cart,
    /// A product in a cart.
    CartLine,
    /// A checkout session.
    Checkout,
    /// An order.
    Order,
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Page => "There is nothing at this address.",
            Self::Product => "We do not have this product, or not any more.",
            Self::Cart => "This cart does not exist, or its time is over.",
            Self::CartLine => "This product is not in the cart.",
            Self::Checkout => "This checkout does not exist, or its time is over.",
            Self::Order => "There is no order at this address. Check that the link is complete.",
        })
    }
}
