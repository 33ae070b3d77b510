//! Taking the money: Stripe Checkout where a key is set, else a labelled test till.
//!
//! The shop asks a payment service four things: open a session for this checkout, what became of
//! it, close it, give money back. What is true is what the service answers to a question of ours;
//! a message it sends (`webhook.rs`) only says that it is time to ask.

mod error;
mod limits;
mod service;
mod session;
mod settings; // cut: stripe
mod stripe; // cut: stripe
mod webhook; // cut: stripe

use std::ops::RangeInclusive;
use std::sync::Arc;

use astra_db::Timestamp;
use secrecy::SecretString; // cut: stripe

use crate::domain::checkout::Checkout;
use crate::domain::id::CheckoutId;
use crate::domain::money::{Currency, Money};
use crate::domain::order::{Order, Refunding};
use crate::domain::payment::{Aftermath, Payment, TEST_TILL};

use service::Service;

pub use error::{PaymentError, Reason};
pub use session::{Charge, Received, Session, SessionState};
pub use settings::StripeSettings; // cut: stripe
pub use webhook::{BadNotice, Notice}; // cut: stripe

/// The way money is taken. Cheap to clone; the default is the test till.
#[derive(Debug, Clone, Default)]
pub struct Payments {
    service: Option<Arc<dyn Service>>,
    webhook_secret: Option<SecretString>, // cut: stripe
}

impl Payments {
    // cut: stripe
    /// Stripe, with these settings.
    pub fn stripe(settings: &StripeSettings) -> anyhow::Result<Self> {
        Ok(Self {
            service: Some(Arc::new(stripe::Stripe::new(settings)?)),
            webhook_secret: settings.webhook_secret.clone(),
        })
    }
    // end: stripe

    /// Whether the built-in till stands in, which takes no money.
    pub fn is_test_till(&self) -> bool {
        self.service.is_none()
    }

    /// Where the browser goes to pay this checkout: a page of the shop, which leads on to the
    /// service.
    pub fn page_of(&self, id: CheckoutId) -> String {
        format!("/checkout/{id}/pay")
    }

    /// The payment made at the test till.
    pub fn at_test_till(checkout: &Checkout, now: Timestamp) -> Received {
        Received {
            amount: Some(checkout.total),
            payment: Payment {
                provider: TEST_TILL.to_owned(),
                reference: format!("TEST-{}", checkout.id.short()),
                method: None,
                paid_at: now,
            },
            aftermath: Aftermath::default(),
        }
    }

    /// Opens the session of a checkout. Asked again for the same checkout, the service answers the
    /// same session.
    pub async fn open(&self, checkout: &Checkout, now: Timestamp) -> Result<Session, PaymentError> {
        self.service()?.open(checkout, now).await
    }

    /// What became of a session.
    pub async fn ask(&self, session: &str, now: Timestamp) -> Result<Session, PaymentError> {
        self.service()?.ask(session, now).await
    }

    /// Makes sure that a session can no longer be paid; answers what it is then. One that has been
    /// paid meanwhile stays paid.
    pub async fn close(&self, session: &str, now: Timestamp) -> Result<Session, PaymentError> {
        self.service()?.close(session, now).await
    }

    /// What became of a payment, by the service's reference; `None` where it knows of none.
    pub async fn charge(&self, reference: &str) -> Result<Option<Charge>, PaymentError> {
        self.service()?.charge(reference).await
    }

    /// Refunds `amount` of an order. Asked twice for the same refund, it is made once.
    pub async fn refund(
        &self,
        order: &Order,
        refunding: &Refunding,
        amount: Money,
    ) -> Result<(), PaymentError> {
        self.service()?.refund(order, refunding, amount).await
    }

    /// Whether this refund has been made.
    pub async fn has_refund(
        &self,
        order: &Order,
        refunding: &Refunding,
    ) -> Result<bool, PaymentError> {
        self.service()?.has_refund(order, refunding).await
    }

    /// What one payment can come to, in minor units. A test payment has the limits of a real one.
    pub fn limits(currency: Currency) -> RangeInclusive<u64> {
        limits::of(currency)
    }

    // cut: stripe
    /// Reads a message of the service, if it is one: signed with the secret we share, over exactly
    /// these bytes, not long ago. `None` where no secret is set.
    pub fn notice<'header>(
        &self,
        signatures: impl IntoIterator<Item = &'header str>,
        body: &[u8],
        now: Timestamp,
    ) -> Option<Result<Notice, BadNotice>> {
        let secret = self.webhook_secret.as_ref()?;
        Some(webhook::read(secret, signatures, body, now))
    }
    // end: stripe

    fn service(&self) -> Result<&dyn Service, PaymentError> {
        self.service.as_deref().ok_or(PaymentError::NotConnected)
    }
}
