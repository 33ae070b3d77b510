//! The shop on a database with the faults of a real cluster, seed by seed, and on a server that is named.
//!
//!     FAULT_SEEDS=7 cargo test -p ecommerce --test it faults    # one seed again
//!     FAULT_SEEDS=1-500 cargo test -p ecommerce --test it faults

mod buyer;
mod journeys;
mod stripe;

use astra_db::DefaultRetryPolicy;
use astra_db::testing::{Fault, Faults, Seeds};
use test_support::{fault_seeds, faulty, on_named_server, quick_faults, say};

/// How many shops are tested at the same time: for most of it they wait.
const AT_ONCE: usize = 8;

#[test]
fn whatever_the_database_does_stock_and_orders_are_exact() {
    let seeds = fault_seeds().at_once(AT_ONCE);
    let journeys = async |faults: Faults| {
        let database = faulty(&faults, DefaultRetryPolicy::default()).await;
        let shop = Box::pin(journeys::all(&database, &faults)).await;
        journeys::lists_never_answer(&shop, &faults).await;
    };
    let report = seeds.run(quick_faults, journeys);
    say(&format!("shop: {report}"));
    report.assert_passed();
    if report.runs >= 50 {
        // The shop has no tables.
        assert_eq!(report.played.missing(), [Fault::SchemaMismatch]);
    }
}

#[test]
fn whatever_the_database_does_everybody_pays_at_stripe_once() {
    let seeds = fault_seeds().at_once(AT_ONCE);
    let journeys = async |faults: Faults| {
        let database = faulty(&faults, DefaultRetryPolicy::default()).await;
        Box::pin(stripe::all(&database, &faults)).await;
    };
    let report = seeds.run(quick_faults, journeys);
    say(&format!("shop with Stripe: {report}"));
    report.assert_passed();
}

/// The faults bite: a page is refused that the client would have read again.
#[test]
fn without_the_retries_of_the_client_the_journeys_fail() {
    let journeys = async |faults: Faults| {
        let database = faulty(&faults, DefaultRetryPolicy::never()).await;
        Box::pin(journeys::all(&database, &faults)).await;
    };
    let seeds = Seeds::new(1..=50).at_once(AT_ONCE);
    let report = seeds.run(quick_faults, journeys);
    let failed = report.failed.len();
    say(&format!(
        "shop without retries: {failed} of 50 seeds failed"
    ));
    assert!(failed >= 45, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journeys_on_a_server_that_is_named() {
    on_named_server(async |database| {
        Box::pin(journeys::all(&database, &Faults::seeded(1).only([]))).await;
    })
    .await;
}
