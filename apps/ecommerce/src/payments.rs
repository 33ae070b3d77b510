//! Taking the money: Stripe Checkout where a key is set, else a labelled test till.
//!
//! The shop asks a payment service four things: open a session for this checkout, what became of
//! it, close it, give money back. What is true is what the service answers to a question of ours;
//! a message it sends (`webhook.rs`) only says that it is time to ask.

mod limits;
mod settings;
mod stripe;
mod webhook;

use std::ops::RangeInclusive;
use std::sync::Arc;

use astra_db::Timestamp;

use crate::domain::checkout::Checkout;
use crate::domain::id::CheckoutId;
use crate::domain::money::{Currency, Money};
use crate::domain::order::{Order, Refunding};
use crate::domain::payment::{Aftermath, Payment, TEST_TILL};

pub use settings::StripeSettings;
pub use webhook::{BadNotice, Notice};

/// The way money is taken. Cheap to clone; the default is the test till.
#[derive(Debug, Clone, Default)]
pub struct Payments(Option<Arc<stripe::Stripe>>);

/// A session at the payment service, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The service's own id of it.
    pub id: String,
    /// The checkout it was opened for, as the service noted it.
    pub checkout: Option<CheckoutId>,
    /// How far it is.
    pub state: SessionState,
}

/// How far a session at the payment service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    /// It can be paid at this address.
    Open {
        /// Where the browser goes.
        url: String,
    },
    /// The buyer is through, and the money is under way: some methods take days.
    Pending(Received),
    /// The money is there.
    Paid(Received),
    /// The buyer went through, and then the money did not come.
    Failed,
    /// It can never be paid (any more).
    Over,
}

/// What a buyer paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// How much; `None` where it is no amount in a currency the shop knows.
    pub amount: Option<Money>,
    /// How.
    pub payment: Payment,
    /// What has become of it since.
    pub aftermath: Aftermath,
}

/// What became of a payment after the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The checkout it was made for, as the service noted it.
    pub checkout: Option<CheckoutId>,
    /// What has become of it.
    pub aftermath: Aftermath,
}

/// Why the payment service did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// Not reached, not in time, or too busy. It is not known what became of the request: it can be
    /// sent again, with the same idempotency key.
    #[error("the payment service did not answer")]
    Unreachable(#[source] Reason),
    /// It answered that something went wrong on its side, and answers so for as long as it remembers
    /// the idempotency key: another key is needed.
    #[error("the payment service failed")]
    Failed(#[source] Reason),
    /// It refused; asking again changes nothing.
    #[error("the payment service refused the request")]
    Refused(#[source] Reason),
    /// It refused because of the buyer's e-mail address.
    #[error("the payment service refused the e-mail address")]
    EmailRefused(#[source] Reason),
    /// It does not accept the key, or the key does not allow this.
    #[error("the payment service does not accept the shop's key")]
    NotAllowed(#[source] Reason),
    /// It knows nothing by this id: it can belong to another account than the key does.
    #[error("the payment service does not know this")]
    Unknown,
    /// The session belongs to Stripe, and no key is set (any more).
    #[error("a checkout was opened with Stripe, but STRIPE_SECRET_KEY is not set")]
    NotConnected,
}

impl PaymentError {
    /// Whether the same can be answered whenever the request is sent again with its key.
    pub fn is_final_for_its_key(&self) -> bool {
        matches!(
            self,
            Self::Failed(_) | Self::Refused(_) | Self::EmailRefused(_) | Self::NotAllowed(_)
        )
    }

    /// Whether it is the service that has trouble, so that another request would fare no better.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Failed(_))
    }
}

/// What the payment service said, without anything about the buyer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Reason(pub(crate) String);

// Stripe's answers are structures of many kilobytes, so each question is boxed: whoever asks would
// otherwise carry them about.
impl Payments {
    /// Stripe, with these settings.
    pub fn stripe(settings: &StripeSettings) -> anyhow::Result<Self> {
        Ok(Self(Some(Arc::new(stripe::Stripe::new(settings)?))))
    }

    /// Whether the built-in till stands in, which takes no money.
    pub fn is_test_till(&self) -> bool {
        self.0.is_none()
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
        Box::pin(self.service()?.open(checkout, now)).await
    }

    /// What became of a session.
    pub async fn ask(&self, session: &str, now: Timestamp) -> Result<Session, PaymentError> {
        Box::pin(self.service()?.ask(session, now)).await
    }

    /// Makes sure that a session can no longer be paid; answers what it is then. One that has been
    /// paid meanwhile stays paid.
    pub async fn close(&self, session: &str, now: Timestamp) -> Result<Session, PaymentError> {
        Box::pin(self.service()?.close(session, now)).await
    }

    /// What became of a payment, by the service's reference; `None` where it knows of none.
    pub async fn charge(&self, reference: &str) -> Result<Option<Charge>, PaymentError> {
        Box::pin(self.service()?.charge(reference)).await
    }

    /// Refunds `amount` of an order. Asked twice for the same refund, it is made once.
    pub async fn refund(
        &self,
        order: &Order,
        refunding: &Refunding,
        amount: Money,
    ) -> Result<(), PaymentError> {
        Box::pin(self.service()?.refund(order, refunding, amount)).await
    }

    /// Whether this refund has been made.
    pub async fn has_refund(
        &self,
        order: &Order,
        refunding: &Refunding,
    ) -> Result<bool, PaymentError> {
        Box::pin(self.service()?.has_refund(order, refunding)).await
    }

    /// What one payment can come to, in minor units. A test payment has the limits of a real one.
    pub fn limits(currency: Currency) -> RangeInclusive<u64> {
        limits::of(currency)
    }

    /// Reads a message of the service, if it is one: signed with the secret we share, over exactly
    /// these bytes, not long ago. `None` where no secret is set.
    pub fn notice<'header>(
        &self,
        signatures: impl IntoIterator<Item = &'header str>,
        body: &[u8],
        now: Timestamp,
    ) -> Option<Result<Notice, BadNotice>> {
        let secret = self.0.as_ref()?.webhook_secret.as_ref()?;
        Some(webhook::read(secret, signatures, body, now))
    }

    fn service(&self) -> Result<&stripe::Stripe, PaymentError> {
        self.0.as_deref().ok_or(PaymentError::NotConnected)
    }
}
