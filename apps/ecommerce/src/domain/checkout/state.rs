//! The states of a checkout, and what people read about one that cannot be paid.

use serde::{Deserialize, Serialize};

/// Where in its life a checkout session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckoutState {
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

impl CheckoutState {
    /// The states in which nothing is paid, and nothing can be paid.
    pub const CLOSED: [Self; 5] = [
        Self::Replaced,
        Self::Cancelled,
        Self::Expired,
        Self::SoldOut,
        Self::Failed,
    ];

    /// The states that become an order after all if it turns out that somebody paid.
    pub const REVIVED_BY_MONEY: [Self; 4] = [
        Self::Replaced,
        Self::Cancelled,
        Self::Expired,
        Self::SoldOut,
    ];

    /// Whether it is over without an order.
    pub fn is_closed(self) -> bool {
        Self::CLOSED.contains(&self) || self == Self::Refused
    }

    /// Why a checkout in this state cannot be paid, and what to do.
    pub fn refusal(self) -> &'static str {
        match self {
            Self::Opening => "This checkout is just being opened. Please try again in a moment.",
            Self::Open => "This checkout is not paid yet.",
            Self::Pending | Self::Paid | Self::Done => "This checkout is paid.",
            Self::Replaced => {
                "Your cart has changed since, so this checkout can no longer be paid. Start again from it."
            }
            Self::Cancelled => {
                "This checkout was cancelled and nothing was paid. Start again from your cart."
            }
            Self::Expired => {
                "This checkout has expired and nothing was paid. Start again from your cart."
            }
            Self::SoldOut => {
                "Something in this checkout was sold out, and nothing was paid. Start again from your cart."
            }
            Self::Failed => "The payment did not arrive. Nothing will be shipped.",
            Self::Late => {
                "Your payment has arrived and your order is being placed. Look again in a moment."
            }
            Self::Refused => {
                "Something about this payment was not right, so nothing will be shipped. Please write to us."
            }
        }
    }
}
