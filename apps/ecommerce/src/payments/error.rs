//! What can go wrong between the shop and its payment service.

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
