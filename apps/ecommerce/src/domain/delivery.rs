//! How an order travels: the buyer chooses at checkout, before anything is paid.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::money::{Currency, Money};

/// A way of delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryMethod {
    /// In about a week, for nothing.
    #[default]
    Standard,
    /// In about two days.
    Express,
}

impl DeliveryMethod {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 2] = [Self::Standard, Self::Express];

    /// The name in forms and in the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Express => "express",
        }
    }

    /// The name people read.
    pub fn title(self) -> &'static str {
        match self {
            Self::Standard => "Standard delivery, 5 to 7 days",
            Self::Express => "Express delivery, 1 to 2 days",
        }
    }

    /// What it costs, whatever is in the parcel.
    pub fn price(self, currency: Currency) -> Money {
        let cents = match self {
            Self::Standard => 0,
            Self::Express => 1_500,
        };
        Money::new(cents, currency)
    }
}

/// There is no such way of delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Choose how it is delivered")]
pub struct UnknownDelivery;

/// Reads what a form sends; nothing chosen is the standard.
impl FromStr for DeliveryMethod {
    type Err = UnknownDelivery;

    fn from_str(text: &str) -> Result<Self, UnknownDelivery> {
        match text.trim() {
            "" => Ok(Self::default()),
            text => Self::ALL
                .into_iter()
                .find(|method| method.slug() == text)
                .ok_or(UnknownDelivery),
        }
    }
}

/// A way of delivery at the price it had when the checkout was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FrozenDelivery {
    /// Which.
    pub method: DeliveryMethod,
    /// What it cost then.
    pub price: Money,
}

impl FrozenDelivery {
    /// The method at today's price.
    pub fn today(method: DeliveryMethod, currency: Currency) -> Self {
        Self {
            method,
            price: method.price(currency),
        }
    }
}
