//! What one payment can come to at Stripe.

use std::ops::RangeInclusive;

use crate::domain::money::Currency;

/// An amount has at most eight digits, in minor units.
const MOST: u64 = 99_999_999;

/// The smallest and the largest payment in a currency, in minor units.
///
/// The minimum holds for an account that is paid out in the same currency. Where Stripe converts,
/// the converted amount has to reach the minimum of that currency, and Stripe refuses what is below
/// it.
///
/// <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>
pub(super) fn of(currency: Currency) -> RangeInclusive<u64> {
    let least = match currency {
        Currency::Usd | Currency::Eur => 50,
        Currency::Gbp => 30,
    };
    least..=MOST
}
