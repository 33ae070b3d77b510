//! Money that came and cannot become an order: it is kept for a person, and the log says so.

use crate::domain::checkout::{Checkout, CheckoutState};
use crate::domain::id::CheckoutId;
use crate::error::AppError;
use crate::payments::Received;
use crate::store::Store;

/// Refuses the payment of a checkout.
pub(super) async fn refuse(
    store: &Store,
    checkout: &Checkout,
    received: &Received,
    problem: &str,
) -> Result<(), AppError> {
    let problem = problem_with(checkout, received, problem);
    if store
        .checkouts
        .refuse(checkout.id, &received.payment, &problem)
        .await?
    {
        say_refused(checkout, received, &problem);
    }
    Ok(())
}

/// What is wrong with money that came, in a sentence for the person who looks at it.
pub(super) fn problem_with(checkout: &Checkout, received: &Received, problem: &str) -> String {
    let came = received
        .amount
        .map_or("an unknown amount".to_owned(), |it| it.to_string());
    format!("{came} came for {}: {problem}", checkout.total)
}

pub(super) fn say_refused(checkout: &Checkout, received: &Received, problem: &str) {
    tracing::error!(
        checkout.number = %checkout.id.short(), payment = received.payment.reference, problem,
        "money came that was not expected: look at it in Stripe's dashboard"
    );
}

/// Keeps money that belongs to no order beside the checkout it was meant for: a refused checkout of
/// its own, the same one however often it is asked for.
pub(super) async fn keep_case(
    store: &Store,
    checkout: &Checkout,
    received: &Received,
    problem: &str,
) -> Result<(), AppError> {
    let problem = problem_with(checkout, received, problem);
    let case = Checkout {
        id: CheckoutId::of_case(checkout.id, &received.payment.reference),
        state: CheckoutState::Refused,
        holds_stock: false,
        client: None,
        reserved: None,
        returned: None,
        round: 0,
        session: None,
        payment: Some(received.payment.clone()),
        aftermath: received.aftermath,
        problem: Some(problem.clone()),
        ..checkout.clone()
    };
    if store.checkouts.insert_once(&case).await? {
        say_refused(checkout, received, &problem);
    }
    Ok(())
}
