//! What the payment service says of sessions and payments.

use crate::domain::id::CheckoutId;
use crate::domain::money::Money;
use crate::domain::payment::{Aftermath, Payment};

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
