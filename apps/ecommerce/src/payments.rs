//! Taking the money: the one place to change when a payment service moves in.
//!
//! Built in is a test till. It says what it is, takes nothing and pays at the press of a button, so
//! that the whole way from cart to order can be walked without an account anywhere. A service takes
//! its place by answering the same two questions: where does the browser go to pay, and has this
//! session been paid.

use astra_db::Timestamp;

use crate::domain::id::CheckoutId;
use crate::domain::order::Payment;

/// The way money is taken.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Payments;

impl Payments {
    /// Where the browser goes to pay this session: a path of the shop, or an address of the
    /// service.
    pub fn page_of(self, id: CheckoutId) -> String {
        format!("/checkout/{id}/pay")
    }

    /// The payment made at the test till.
    pub fn pay_at_test_till(self, id: CheckoutId, now: Timestamp) -> Payment {
        Payment {
            provider: "test-till".to_owned(),
            reference: format!("TEST-{}", id.short()),
            paid_at: now,
        }
    }
}
