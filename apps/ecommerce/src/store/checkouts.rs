//! Checkout sessions, in the collection `checkouts`: questions about them, and the first and last
//! write. Between these there are only conditional changes of state.

mod transitions;

use std::time::Duration;

use astra_db::{CollectionDocument as _, Filter, Timestamp};
use shared::schema::{NotMade, Schema};

use crate::domain::checkout::{Checkout, CheckoutState, LIFETIME, MAX_UNPAID};
use crate::domain::id::CheckoutId;
use crate::domain::moment::after;
use crate::store::checked::{Checked, Stored};
use crate::store::error::StoreError;

/// Sessions are kept a while beyond their end, for a reload.
const KEPT: Duration = Duration::from_hours(24);
/// One that was never paid, as far as the shop knows, but could have been at the payment service,
/// is kept for longer: money can come late.
const KEPT_FOR_MONEY: Duration = Duration::from_hours(7 * 24);
/// How many open sessions one round of questions to the payment service is about.
const ASKED_AT_ONCE: u32 = 200;
/// How far open payments are counted.
const MAX_COUNTED: u64 = 1_000;

/// Questions about checkout sessions.
#[derive(Debug, Clone)]
pub struct Checkouts(Checked<Checkout>);

impl Stored for Checkout {
    const COLLECTION: &'static str = Self::COLLECTION_NAME;
    const IS_SECRET: bool = true;
    const UNINDEXED: &'static [&'static str] = &["lines", "customer"];

    fn problem(&self) -> Option<String> {
        let is_paid = matches!(
            self.state,
            CheckoutState::Pending | CheckoutState::Paid | CheckoutState::Late
        );
        (is_paid && self.payment.is_none()).then(|| "it is paid, and has no payment".to_owned())
    }
}

impl Checkouts {
    pub(super) async fn open(schema: &Schema<'_>) -> Result<Self, NotMade> {
        Checked::open(schema).await.map(Self)
    }

    /// One session.
    pub async fn find(&self, id: CheckoutId) -> Result<Option<Checkout>, StoreError> {
        self.0.find_one(Checkout::id().eq(id)).await
    }

    /// The checkout of a session at the payment service.
    pub async fn by_session(&self, session: &str) -> Result<Option<Checkout>, StoreError> {
        self.0.find_one(Checkout::session().eq(session)).await
    }

    /// The sessions that were paid and not carried to their end.
    pub async fn paid(&self) -> Result<Vec<Checkout>, StoreError> {
        self.all(Checkout::state().eq(CheckoutState::Paid)).await
    }

    /// The sessions for which something is to be done now: the money is on its way or here, their
    /// time is over, or they are closed and hold stock. Those that are just open are none of them,
    /// however many there are.
    pub async fn unfinished(&self, now: Timestamp) -> Result<Vec<Checkout>, StoreError> {
        let mut closed = CheckoutState::CLOSED.to_vec();
        closed.push(CheckoutState::Refused);
        let paid = [
            CheckoutState::Paid,
            CheckoutState::Pending,
            CheckoutState::Late,
        ];
        let open = [CheckoutState::Opening, CheckoutState::Open];
        let state = Checkout::state;
        self.any_of([
            state().is_in(paid),
            state().is_in(open).and(Checkout::expires_at().lte(now)),
            state().is_in(closed).and(Checkout::holds_stock().eq(true)),
        ])
        .await
    }

    /// Some of the sessions that have been waiting at the payment service for this long, and whose
    /// time is not over.
    pub async fn waiting_for(
        &self,
        patience: Duration,
        now: Timestamp,
    ) -> Result<Vec<Checkout>, StoreError> {
        let latest = after(now, LIFETIME.saturating_sub(patience));
        let expires_at = Checkout::expires_at;
        let open = Checkout::state().eq(CheckoutState::Open);
        let waiting = open.and(Checkout::session().exists());
        let waiting = waiting
            .and(expires_at().gt(now))
            .and(expires_at().lte(latest));
        let found = self.0.find(waiting).limit(ASKED_AT_ONCE);
        Ok(self.0.all(found).await?.valid)
    }

    /// Some of the sessions that this client has opened, not paid and not left: more than it may.
    pub async fn unpaid_of(&self, client: &str) -> Result<Vec<Checkout>, StoreError> {
        let states = [CheckoutState::Opening, CheckoutState::Open];
        let unpaid = Checkout::client()
            .eq(client)
            .and(Checkout::state().is_in(states));
        let found = self.0.find(unpaid).limit(2 * MAX_UNPAID);
        Ok(self.0.all(found).await?.valid)
    }

    /// How many sessions wait for what only the payment service knows, as far as they are counted.
    pub async fn count_waiting(&self) -> Result<u64, StoreError> {
        let unpaid = [CheckoutState::Open, CheckoutState::Pending];
        let waiting = Checkout::state()
            .is_in(unpaid)
            .and(Checkout::session().exists());
        match self.0.count_documents(waiting, MAX_COUNTED).await {
            Err(astra_db::Error::TooManyToCount { counted, .. }) => Ok(counted),
            counted => Ok(counted?),
        }
    }

    /// The sessions for which money came that should not have come.
    pub async fn refused(&self) -> Result<Vec<Checkout>, StoreError> {
        self.all(Checkout::state().eq(CheckoutState::Refused)).await
    }

    /// Stores a new session.
    pub async fn insert(&self, checkout: &Checkout) -> Result<(), StoreError> {
        self.0.insert_one(checkout).await?;
        Ok(())
    }

    /// Stores a new session unless it is stored already; answers whether this call did it.
    pub async fn insert_once(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        match self.0.insert_one(checkout).await {
            Err(error) if error.is_already_exists() => Ok(false),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(true),
        }
    }

    /// The sessions that came to their end long ago. One for which something is still to be done,
    /// now or by a person, is never among them.
    pub async fn finished_before(&self, now: Timestamp) -> Result<Vec<Checkout>, StoreError> {
        let ago = |time: Duration| {
            let time_ms = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
            Timestamp::from_millis(now.as_millis().saturating_sub(time_ms))
        };
        let ended = |time| Checkout::expires_at().lte(ago(time));
        let closed = Checkout::state().is_in(CheckoutState::CLOSED);
        let closed = closed.and(Checkout::holds_stock().ne(true));
        let (unasked, asked) = (
            Checkout::session().is_missing(),
            Checkout::session().exists(),
        );
        self.any_of([
            Checkout::state().eq(CheckoutState::Done).and(ended(KEPT)),
            closed.clone().and(unasked).and(ended(KEPT)),
            closed.and(asked).and(ended(KEPT_FOR_MONEY)),
        ])
        .await
    }

    /// Deletes a finished session.
    pub async fn delete(&self, id: CheckoutId) -> Result<(), StoreError> {
        self.0.delete_one(Checkout::id().eq(id)).await?;
        Ok(())
    }

    async fn all(&self, filter: Filter<Checkout>) -> Result<Vec<Checkout>, StoreError> {
        Ok(self.0.all(self.0.find(filter)).await?.valid)
    }

    /// The sessions that satisfy one of these, which exclude each other. Each is a question of its
    /// own: within `$or` the Data API takes the fields of one object for alternatives.
    async fn any_of(&self, filters: [Filter<Checkout>; 3]) -> Result<Vec<Checkout>, StoreError> {
        let mut sessions = Vec::new();
        for filter in filters {
            sessions.extend(self.all(filter).await?);
        }
        Ok(sessions)
    }
}
