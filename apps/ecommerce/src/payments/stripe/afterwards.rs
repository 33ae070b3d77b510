//! What becomes of a payment once it was made: given back, or disputed.

use stripe_core::dispute::ListDispute;
use stripe_core::refund::CreateRefund;
use stripe_core::{DisputeStatus, PaymentIntent};

use super::answer::Answer;
use super::{Stripe, cents, session};
use crate::domain::id::CheckoutId;
use crate::domain::money::Money;
use crate::domain::order::{Aftermath, Dispute, Order};
use crate::payments::{Charge, PaymentError};

impl Stripe {
    pub(in crate::payments) async fn charge(
        &self,
        id: &str,
    ) -> Result<Option<Charge>, PaymentError> {
        match self.payment_intent(id).await {
            Ok(intent) => Ok(Some(Charge {
                checkout: noted_checkout(&intent),
                aftermath: self.aftermath(&intent).await?,
            })),
            Err(Answer::Unknown) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(in crate::payments) async fn refund(
        &self,
        order: &Order,
        amount: Money,
    ) -> Result<(), PaymentError> {
        let payment_intent = &order.payment.reference;
        let request = CreateRefund::new()
            .payment_intent(payment_intent)
            .amount(cents(amount)?);
        // Two clicks find the same version of the order, so they are one refund.
        let key = format!(
            "refund-{payment_intent}-{}-{}",
            order.version, amount.amount_cents
        );
        self.send(&request, Some(&key)).await?;
        Ok(())
    }

    pub(super) async fn aftermath(&self, intent: &PaymentIntent) -> Result<Aftermath, Answer> {
        let charge = intent.latest_charge.as_ref().and_then(|it| it.as_object());
        let refunded = charge.map_or(0, |charge| charge.amount_refunded);
        // Once disputed a charge says so for ever, so the disputes themselves are asked for.
        let dispute = match charge {
            Some(charge) if charge.disputed => self.dispute(intent.id.as_str()).await?,
            _ => None,
        };
        Ok(Aftermath {
            refunded_cents: u64::try_from(refunded).unwrap_or_default(),
            dispute,
        })
    }

    /// The worst there is about a payment: an open dispute before one that is lost.
    async fn dispute(&self, payment_intent: &str) -> Result<Option<Dispute>, Answer> {
        let request = ListDispute::new().payment_intent(payment_intent).limit(100);
        let disputes = Box::pin(self.send(&request, None)).await?.data;
        let mut worst = None;
        for dispute in disputes {
            match dispute.status {
                DisputeStatus::Won | DisputeStatus::WarningClosed | DisputeStatus::Prevented => {}
                DisputeStatus::Lost => worst = worst.or(Some(Dispute::Lost)),
                _ => worst = Some(Dispute::Open),
            }
        }
        Ok(worst)
    }
}

fn noted_checkout(intent: &PaymentIntent) -> Option<CheckoutId> {
    let checkout = intent.metadata.get(session::CHECKOUT_ID);
    checkout.and_then(|id| id.parse().ok())
}
