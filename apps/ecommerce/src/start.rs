//! What happens before the door opens, and every minute while it is open.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use astra_db::Database;
use axum::Router;
use shared::Startup;
use shared::email::Mailer;
use shared::serve::serve_prepared;

use crate::emails;
use crate::handlers;
use crate::payments::Payments;
use crate::payments::StripeSettings; // cut: stripe
use crate::settings::Settings;
use crate::signing::Signing;
use crate::state::AppState;
use crate::store::catalog::{Ages, CatalogMemory};
use crate::store::{Store, StoreError};
use crate::use_cases::{reconcile, reserve_stock};

/// How often the shop looks around where no setting says so.
const LOOK_AROUND: Duration = Duration::from_mins(1);
/// How often what is over is deleted.
const FORGETTING: Duration = Duration::from_hours(1);

/// Serves the shop until it is asked to stop. While its database is waited for, its pages say so.
pub async fn serve(settings: &Settings) -> anyhow::Result<()> {
    let startup = Startup::default();
    let starting = crate::routes::starting(&startup);
    let payments = Payments::default();
    let payments = with_stripe(payments, settings.stripe.as_ref())?; // cut: stripe
    let app = Box::pin(open(settings, payments, &startup));
    serve_prepared(app, starting, &settings.serve, |_| ()).await
}

async fn open(
    settings: &Settings,
    payments: Payments,
    startup: &Startup,
) -> anyhow::Result<Router> {
    let state = async |database| state(database, settings, payments.clone()).await;
    let state = shared::connect(&settings.data, startup, state).await?;
    Ok(crate::app(state))
}

/// The shop on its database, ready for visitors. It can be repeated until it succeeds.
pub async fn state(
    database: Database,
    settings: &Settings,
    payments: Payments,
) -> anyhow::Result<AppState> {
    let store = Store::open(database).await?;
    let signing = Signing::load(&store, settings.session_secret.as_ref()).await?;
    let mut state = AppState::new(store, settings.public_url.clone());
    state.signing = signing;
    state.client_ip_header = settings.client_ip_header.clone();
    if let Some(password) = &settings.admin_password {
        state = state.with_admin(password);
    }
    let ages = Ages {
        changes: settings.catalog_age,
        ..Ages::default()
    };
    state.catalog = CatalogMemory::new(state.store.products.clone(), ages);
    state.payments = payments;
    state.mailer = Some(Mailer::new(&settings.email)?);
    let every = LOOK_AROUND;
    let every = settings.stripe.as_ref().map_or(every, |it| it.reconcile); // cut: stripe
    prepare(&state, every).await?;
    let samples = handlers::legal::samples().join(", ");
    if !samples.is_empty() && state.is_https() {
        tracing::warn!(
            "the pages {samples} are samples: fill in templates/legal before you sell anything"
        );
    }
    tokio::spawn(emails::keep_sending(state.clone(), settings.own_address()));
    Ok(state)
}

/// Adds the sample products that are missing to the shop that the settings name.
pub async fn add_samples(settings: &Settings) -> anyhow::Result<()> {
    let add = async |database| seed(&Store::open(database).await?).await;
    shared::connect(&settings.data, &Startup::default(), add).await
}

// cut: stripe
/// Stripe, where it is set up, or else the test till.
fn with_stripe(till: Payments, stripe: Option<&StripeSettings>) -> anyhow::Result<Payments> {
    let Some(stripe) = stripe else {
        tracing::info!(
            "no STRIPE_SECRET_KEY is set, so the test till stands in and takes no money"
        );
        return Ok(till);
    };
    if stripe.webhook_secret.is_none() {
        tracing::warn!(
            "STRIPE_WEBHOOK_SECRET is not set: Stripe's messages are not listened to, and payments of buyers who do not come back are found within {} s, refunds and disputes made at Stripe not at all",
            stripe.reconcile.as_secs().saturating_mul(2)
        );
    }
    Payments::stripe(stripe)
}
// end: stripe

/// Adds the sample products that are missing.
async fn seed(store: &Store) -> anyhow::Result<()> {
    let added = crate::seed::seed(store)
        .await
        .context("adding the sample products")?;
    tracing::info!(
        added,
        "the sample products are there; those that already were are unchanged"
    );
    Ok(())
}

/// Fills an empty shop, finishes what a crash left half done, and keeps house from then on: once
/// at the start, and then every so often.
pub async fn prepare(state: &AppState, every: Duration) -> anyhow::Result<()> {
    let store = &state.store;
    if store.products.is_empty().await? || store.schema.is_seeding().await? {
        // Should this process end before all of them are there, the next start adds the others.
        store.schema.set_seeding(true).await?;
        seed(store).await?;
        store.schema.set_seeding(false).await?;
        tracing::info!(
            "first start: open the address below and buy something, then see README.md, Make it yours"
        );
    }
    if state.payments.is_test_till() {
        say_what_waits_for_stripe(store).await?;
    }
    let reconciled = reserve_stock::reconcile(store).await;
    reconciled.context("finishing reservations")?;
    let finished = reconcile::finish_paid(state.shop()).await;
    let finished = finished.context("finishing paid checkouts")?;
    if finished > 0 {
        tracing::warn!(finished, "orders were paid but not finished, and are now");
    }
    let state = state.clone();
    tokio::spawn(async move {
        // Sessions opened before this start are asked about whatever their age: their messages may
        // have come while nobody was here.
        let mut patience = Duration::ZERO;
        let mut forgotten_at = None;
        loop {
            if let Err(error) = keep_house(&state, patience, &mut forgotten_at).await {
                let error = anyhow::Error::new(error);
                tracing::error!("housekeeping failed and is tried again: {error:#}");
            }
            patience = every;
            tokio::time::sleep(every).await;
        }
    });
    Ok(())
}

/// Without a key nobody can ask whether a session is paid, so what it has reserved stays so.
async fn say_what_waits_for_stripe(store: &Store) -> anyhow::Result<()> {
    let waiting = store.checkouts.count_waiting().await;
    let waiting = waiting.context("looking for open payments")?;
    if waiting > 0 {
        tracing::error!(
            waiting,
            "checkouts were opened with Stripe, and without STRIPE_SECRET_KEY nobody can ask whether they are paid: what they sell stays reserved until a shop with the key has started"
        );
    }
    Ok(())
}

/// Asks about payments, and once in a while forgets what is over.
async fn keep_house(
    state: &AppState,
    patience: Duration,
    forgotten_at: &mut Option<Instant>,
) -> Result<(), StoreError> {
    reconcile::carry_on(state.shop(), patience).await?;
    if forgotten_at.is_none_or(|at| at.elapsed() >= FORGETTING) {
        state.store.forget_carts(state.now()).await?;
        reconcile::forget_finished(state.shop()).await?;
        *forgotten_at = Some(Instant::now());
    }
    Ok(())
}
