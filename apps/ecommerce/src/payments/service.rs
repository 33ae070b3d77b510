//! What the shop asks of a payment service. Another service than Stripe implements this.

use std::fmt::Debug;
use std::pin::Pin;

use astra_db::Timestamp;

use super::error::PaymentError;
use super::session::{Charge, Session};
use crate::domain::checkout::Checkout;
use crate::domain::money::Money;
use crate::domain::order::{Order, Refunding};

/// An answer to come. Boxed, because what services answer are structures of many kilobytes.
pub(super) type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, PaymentError>> + Send + 'a>>;

/// A payment service. What each question means is described at [`Payments`](super::Payments).
pub(super) trait Service: Debug + Send + Sync {
    fn open<'a>(&'a self, checkout: &'a Checkout, now: Timestamp) -> Answer<'a, Session>;
    fn ask<'a>(&'a self, session: &'a str, now: Timestamp) -> Answer<'a, Session>;
    fn close<'a>(&'a self, session: &'a str, now: Timestamp) -> Answer<'a, Session>;
    fn charge<'a>(&'a self, reference: &'a str) -> Answer<'a, Option<Charge>>;
    fn refund<'a>(
        &'a self,
        order: &'a Order,
        refunding: &'a Refunding,
        amount: Money,
    ) -> Answer<'a, ()>;
    fn has_refund<'a>(&'a self, order: &'a Order, refunding: &'a Refunding) -> Answer<'a, bool>;
}
