//! What becomes of a payment after it was made: a refund, or a dispute.

use std::collections::HashMap;

use stripe_core::dispute::ListDispute;
use stripe_core::refund::{CreateRefund, ListRefund};
use stripe_core::{DisputeStatus, PaymentIntent};

use super::{Stripe, cents, session};
use crate::domain::id::CheckoutId;
use crate::domain::money::Money;
use crate::domain::order::{Order, Refunding};
use crate::domain::payment::{Aftermath, Dispute};
use crate::payments::{error::PaymentError, session::Charge};

/// Under which metadata of a refund the shop finds its own again.
const REFUND_KEY: &str = "refund_key";

impl Stripe {
    pub(super) async fn charge_of(&self, id: &str) -> Result<Option<Charge>, PaymentError> {
        match self.payment_intent(id).await {
            Ok(intent) => Ok(Some(Charge {
                checkout: noted_checkout(&intent),
                aftermath: self.aftermath(&intent).await?,
            })),
            Err(PaymentError::Unknown) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn make_refund(
        &self,
        order: &Order,
        refunding: &Refunding,
        amount: Money,
    ) -> Result<(), PaymentError> {
        let request = CreateRefund::new()
            .payment_intent(&order.payment.reference)
            .amount(cents(amount)?)
            .metadata(HashMap::from([(
                REFUND_KEY.to_owned(),
                refunding.key.clone(),
            )]));
        self.send(&request, Some(&refunding.key)).await?;
        Ok(())
    }

    pub(super) async fn knows_refund(
        &self,
        order: &Order,
        refunding: &Refunding,
    ) -> Result<bool, PaymentError> {
        let request = ListRefund::new()
            .payment_intent(&order.payment.reference)
            .limit(100);
        let refunds = Box::pin(self.send(&request, None)).await?.data;
        let is_this =
            |metadata: &HashMap<String, String>| metadata.get(REFUND_KEY) == Some(&refunding.key);
        Ok(refunds
            .iter()
            .any(|refund| refund.metadata.as_ref().is_some_and(is_this)))
    }

    pub(super) async fn aftermath(
        &self,
        intent: &PaymentIntent,
    ) -> Result<Aftermath, PaymentError> {
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
    async fn dispute(&self, payment_intent: &str) -> Result<Option<Dispute>, PaymentError> {
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
