//! Stripe, by async-stripe: the requests the shop sends and what it reads from the answers.
//!
//! The version of the API is the one the crate was generated from (`Stripe-Version` is sent with
//! every request), which is why the crate is pinned to one release. Every request has a time limit
//! and is sent at most twice; what must not happen twice carries an idempotency key that both
//! share.

mod afterwards;
mod answer;
mod session;

use std::fmt;
use std::time::Duration;

use ::stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeRequest};
use anyhow::Context as _;
use astra_db::Timestamp;
use secrecy::ExposeSecret as _;
use stripe_checkout::checkout_session::{ExpireCheckoutSession, RetrieveCheckoutSession};
use stripe_checkout::{CheckoutSession, CheckoutSessionPaymentStatus, CheckoutSessionStatus};
use stripe_core::payment_intent::RetrievePaymentIntent;
use stripe_core::{PaymentIntent, PaymentIntentStatus};

use crate::domain::checkout::Checkout;
use crate::domain::money::{Currency, Money};
use crate::domain::order::{Order, Refunding};
use crate::domain::payment::{Aftermath, Payment, PaymentMethod};
use crate::payments::{
    error::{PaymentError, Reason},
    service::{Answer, Service},
    session::{Charge, Received, Session, SessionState},
    settings::StripeSettings,
};

/// How long one attempt may take. What a page asks of Stripe is at most three questions of two
/// attempts, which stays within the time a request to the shop has.
const TIMEOUT: Duration = Duration::from_secs(4);
const ATTEMPTS: u32 = 2;

pub(super) struct Stripe {
    client: Client,
    success_url: String,
    cancel_url: String,
    base: String,
}

impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stripe").finish_non_exhaustive()
    }
}

impl Stripe {
    pub(super) fn new(settings: &StripeSettings) -> anyhow::Result<Self> {
        choose_cryptography();
        let mut client = ClientBuilder::new(settings.secret_key.expose_secret()).timeout(TIMEOUT);
        if let Some(base) = &settings.api_base {
            client = client.url(format!("{}/", base.trim_end_matches('/')));
        }
        Ok(Self {
            client: client.build().context("preparing to talk to Stripe")?,
            success_url: settings.success_url.clone(),
            cancel_url: settings.cancel_url.clone(),
            base: settings.base.clone(),
        })
    }

    async fn payment_intent(&self, id: &str) -> Result<PaymentIntent, PaymentError> {
        let expand = ["payment_method".to_owned(), "latest_charge".to_owned()];
        let request = RetrievePaymentIntent::new(id).expand(expand);
        self.send(&request, None).await
    }

    async fn read(
        &self,
        session: CheckoutSession,
        now: Timestamp,
    ) -> Result<Session, PaymentError> {
        let state = match session.status {
            Some(CheckoutSessionStatus::Open) => match &session.url {
                Some(url) => SessionState::Open { url: url.clone() },
                None => return Err(unreadable("an open session without an address")),
            },
            Some(CheckoutSessionStatus::Complete) => {
                Box::pin(self.completed(&session, now)).await?
            }
            Some(CheckoutSessionStatus::Expired) => SessionState::Over,
            status => return Err(unreadable(&format!("a session's status is {status:?}"))),
        };
        let checkout = session.client_reference_id.as_deref();
        Ok(Session {
            checkout: checkout.and_then(|id| id.parse().ok()),
            id: session.id.to_string(),
            state,
        })
    }

    /// A session the buyer has gone through: paid, or paid by something that takes days.
    async fn completed(
        &self,
        session: &CheckoutSession,
        now: Timestamp,
    ) -> Result<SessionState, PaymentError> {
        let intent = match &session.payment_intent {
            Some(intent) => Some(self.payment_intent(intent.id().as_str()).await?),
            None => None,
        };
        let reference = intent
            .as_ref()
            .map_or(session.id.as_str(), |it| it.id.as_str());
        let aftermath = match &intent {
            Some(intent) => self.aftermath(intent).await?,
            None => Aftermath::default(),
        };
        let received = Received {
            aftermath,
            amount: received(session),
            payment: Payment {
                provider: "stripe".to_owned(),
                reference: reference.to_owned(),
                method: intent.as_ref().and_then(method),
                paid_at: now,
            },
        };
        match &session.payment_status {
            CheckoutSessionPaymentStatus::Paid
            | CheckoutSessionPaymentStatus::NoPaymentRequired => Ok(SessionState::Paid(received)),
            CheckoutSessionPaymentStatus::Unpaid => {
                let failed = intent.as_ref().is_some_and(has_failed);
                Ok(if failed {
                    SessionState::Failed
                } else {
                    SessionState::Pending(received)
                })
            }
            status => Err(unreadable(&format!("a payment's status is {status}"))),
        }
    }

    /// Sends a request, once more if the first attempt came to nothing. With a key an error of
    /// Stripe's own is final: it would only be repeated.
    async fn send<R>(&self, request: &R, key: Option<&str>) -> Result<R::Output, PaymentError>
    where
        R: StripeRequest,
        R::Output: miniserde::Deserialize,
    {
        let strategy = match key {
            Some(key) => RequestStrategy::Idempotent(
                IdempotencyKey::new(key).map_err(|error| unreadable(&error.to_string()))?,
            ),
            None => RequestStrategy::Once,
        };
        let mut attempt = 1;
        loop {
            let sending = request.customize().request_strategy(strategy.clone());
            match sending.send(&self.client).await.map_err(PaymentError::from) {
                Err(PaymentError::Unreachable(_)) if attempt < ATTEMPTS => attempt += 1,
                Err(PaymentError::Failed(_)) if key.is_none() && attempt < ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }
}

impl Service for Stripe {
    fn open<'a>(&'a self, checkout: &'a Checkout, now: Timestamp) -> Answer<'a, Session> {
        Box::pin(async move {
            let request = session::request(self, checkout)?;
            let session = self.send(&request, Some(&checkout.payment_key)).await?;
            self.read(session, now).await
        })
    }

    fn ask<'a>(&'a self, id: &'a str, now: Timestamp) -> Answer<'a, Session> {
        Box::pin(async move {
            let session = self.send(&RetrieveCheckoutSession::new(id), None).await?;
            self.read(session, now).await
        })
    }

    fn close<'a>(&'a self, id: &'a str, now: Timestamp) -> Answer<'a, Session> {
        Box::pin(async move {
            match self.send(&ExpireCheckoutSession::new(id), None).await {
                Ok(session) => self.read(session, now).await,
                // Only an open session can be expired, so this one is already something else.
                Err(PaymentError::Unknown | PaymentError::Refused(_)) => self.ask(id, now).await,
                Err(error) => Err(error),
            }
        })
    }

    fn charge<'a>(&'a self, reference: &'a str) -> Answer<'a, Option<Charge>> {
        Box::pin(self.charge_of(reference))
    }

    fn refund<'a>(
        &'a self,
        order: &'a Order,
        refunding: &'a Refunding,
        amount: Money,
    ) -> Answer<'a, ()> {
        Box::pin(self.make_refund(order, refunding, amount))
    }

    fn has_refund<'a>(&'a self, order: &'a Order, refunding: &'a Refunding) -> Answer<'a, bool> {
        Box::pin(self.knows_refund(order, refunding))
    }
}

/// Names the cryptography of TLS. A build of several programs at once may hold two, and without a word rustls panics then.
fn choose_cryptography() {
    let chosen = rustls::crypto::aws_lc_rs::default_provider().install_default();
    if chosen.is_err() {
        tracing::debug!("the cryptography of TLS was chosen before");
    }
}

/// Whether collecting the money was tried and came to nothing. A payment under way is `processing`.
fn has_failed(intent: &PaymentIntent) -> bool {
    matches!(
        intent.status,
        PaymentIntentStatus::RequiresPaymentMethod | PaymentIntentStatus::Canceled
    )
}

/// The card by brand and last digits; another method by its name alone.
fn method(intent: &PaymentIntent) -> Option<PaymentMethod> {
    let method = intent.payment_method.as_ref()?.as_object()?;
    Some(match &method.card {
        Some(card) => PaymentMethod {
            brand: card.brand.clone(),
            last4: card.last4.clone(),
        },
        None => PaymentMethod {
            brand: method.type_.to_string(),
            last4: String::new(),
        },
    })
}

fn received(session: &CheckoutSession) -> Option<Money> {
    let code = session.currency.as_ref()?.to_string().to_ascii_uppercase();
    let currency: Currency = code.parse().ok()?;
    let cents = u64::try_from(session.amount_total?).ok()?;
    Some(Money::new(cents, currency))
}

fn cents(money: Money) -> Result<i64, PaymentError> {
    i64::try_from(money.amount_cents).map_err(|_| unreadable("an amount is beyond counting"))
}

fn unreadable(what: &str) -> PaymentError {
    PaymentError::Refused(Reason(what.to_owned()))
}
