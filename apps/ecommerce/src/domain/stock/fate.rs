//! What becomes of a pending marker, by what its checkout says.

use super::marker::{Direction, Marker};
use crate::domain::checkout::{Checkout, CheckoutState};

/// What has to become of a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its checkout has still to decide.
    Wait,
    /// It counts, and the stock is right: remove it.
    Remove,
    /// The items belong into the stock.
    PutBack,
    /// It was left by a version that did not name markers: name it.
    Name,
}

impl Fate {
    /// What the checkout of a marker says of it; `None` where there is no such checkout.
    pub fn of(marker: &Marker, checkout: Option<&Checkout>) -> Self {
        let Some(checkout) = checkout.filter(|it| it.round == marker.round) else {
            return match marker.direction {
                Direction::Out => Self::PutBack,
                Direction::Back => Self::Remove,
            };
        };
        let named = match marker.direction {
            Direction::Out => &checkout.reserved,
            Direction::Back => &checkout.returned,
        };
        let named = named.as_ref().and_then(|tokens| tokens.get(&marker.sku));
        let counts = named.map(|token| *token == marker.token);
        match (marker.direction, counts) {
            (Direction::Out, Some(true)) | (Direction::Back, Some(false)) => Self::Remove,
            (Direction::Out, Some(false)) | (Direction::Back, Some(true)) => Self::PutBack,
            (Direction::Out, None) => match checkout.state {
                CheckoutState::Opening | CheckoutState::Late => Self::Wait,
                CheckoutState::Open | CheckoutState::Pending => Self::Name,
                CheckoutState::Paid | CheckoutState::Done => Self::Remove,
                _ => Self::PutBack,
            },
            (Direction::Back, None) => {
                if checkout.state.is_closed() && checkout.returned.is_none() {
                    Self::Wait
                } else {
                    Self::Remove
                }
            }
        }
    }
}
