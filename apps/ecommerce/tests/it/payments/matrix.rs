//! Every way back from Stripe, in every order, with the shop killed between any two writes: always
//! exactly one order for what was paid, the stock right, and nothing paid without an order.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::database::Moment;
use super::{Buyer, Market};
use stripe_stand_in::{Event, PayWith};
use test_support::say;

/// What is bought, and put into the cart while paying.
const BOUGHT: &str = "iphone-12";
const ADDED_LATER: &str = "drift";

/// How the shop hears that it was paid.
#[derive(Debug, Clone, Copy)]
struct Story {
    /// How often the buyer's browser opens the page that Stripe leads back to.
    returns: usize,
    webhook: Webhook,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Webhook {
    Never,
    BeforeReturn,
    AfterReturn,
    /// Before and after.
    Twice,
    /// All events of the payment, the last one first, each of them twice.
    Backwards,
}

const WEBHOOKS: [Webhook; 5] = [
    Webhook::Never,
    Webhook::BeforeReturn,
    Webhook::AfterReturn,
    Webhook::Twice,
    Webhook::Backwards,
];

/// When the shop is killed: at which write of the story, and when exactly.
type Crash = Option<(usize, Moment)>;

#[tokio::test]
async fn every_way_back_from_stripe_ends_in_one_order() {
    let mut market = Market::open().await;
    for returns in [0, 1, 3] {
        for webhook in WEBHOOKS {
            let story = Story { returns, webhook };
            let before = Shelf::of(&market).await;
            let bought = buy(&mut market, story, None).await;
            check(&market, &bought, &before, &format!("{story:?}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_killed_at_any_write_of_a_payment_makes_one_order_all_the_same() {
    let stories = [
        (0, Webhook::Never),
        (1, Webhook::Never),
        (0, Webhook::Backwards),
        (1, Webhook::Twice),
    ];
    let mut runs = JoinSet::new();
    for (returns, webhook) in stories {
        for moment in [Moment::BeforeWrite, Moment::AfterWrite] {
            runs.spawn(at_every_write(Story { returns, webhook }, moment));
        }
    }
    let deaths = runs.join_all().await;
    for writes in &deaths {
        assert!(*writes >= 8, "the shop was killed at {writes} writes only");
    }
    let all: usize = deaths.iter().sum();
    say(&format!(
        "killed {all} times over a payment, one order each"
    ));
}

/// Lives through the story once for each write in it; answers how many there are.
async fn at_every_write(story: Story, moment: Moment) -> usize {
    for write in 1.. {
        let mut market = Market::open().await;
        let before = Shelf::of(&market).await;
        let bought = buy(&mut market, story, Some((write, moment))).await;
        check(
            &market,
            &bought,
            &before,
            &format!("{story:?}, killed {moment:?} {write}"),
        )
        .await;
        if !bought.killed {
            return write - 1;
        }
    }
    unreachable!("a story ends")
}

/// What became of a story.
struct Bought {
    session: String,
    /// Pieces put into the cart while paying, that the shop said it put there.
    added_later: usize,
    killed: bool,
}

/// Stock of what is bought, and the orders so far.
struct Shelf {
    pieces: i64,
    orders: usize,
}

impl Shelf {
    async fn of(market: &Market) -> Self {
        Self {
            pieces: market.product(BOUGHT).await["stock"][BOUGHT]
                .as_i64()
                .unwrap(),
            orders: market.documents("orders").await.len(),
        }
    }
}

/// From an empty cart to what has to be one order, opening the shop again whenever it was killed.
async fn buy(market: &mut Market, story: Story, crash: Crash) -> Bought {
    let mut ada = market.buyer();
    ada.add(BOUGHT, "2").await.unwrap();
    if let Some((write, moment)) = crash {
        market.kill_at(write, moment);
    }
    let session = loop {
        match ada.check_out().await {
            Some(page) => break page.session().unwrap_or_else(|| panic!("{}", page.text)),
            None => open_again(market, &mut ada).await,
        }
    };
    let added = ada.add(ADDED_LATER, "1").await.is_some();
    market.stripe.pay(&session, PayWith::Visa).await.unwrap();
    if market.is_closed() {
        open_again(market, &mut ada).await;
    }
    report(market, &mut ada, story, &session).await;
    if story.returns == 0 && story.webhook == Webhook::Never {
        // Nobody told the shop: it asks when it opens.
        market.reopen().await;
    }
    let checkout = market.stripe.object(&session)["client_reference_id"].clone();
    market.settle(|it| it["_id"] == checkout).await;
    let killed = market.spare();
    // Killed while it was opening a checkout, the shop has left one behind that nobody will pay.
    market.an_hour_passes().await;
    Bought {
        session,
        added_later: usize::from(added),
        killed: crash.is_some() && killed,
    }
}

async fn open_again(market: &mut Market, buyer: &mut Buyer) {
    market.reopen().await;
    buyer.moves_to(market.url());
}

/// Lets the shop know of the payment in the story's way.
async fn report(market: &mut Market, ada: &mut Buyer, story: Story, session: &str) {
    let completed = event_of(market, session);
    if matches!(story.webhook, Webhook::BeforeReturn | Webhook::Twice) {
        deliver(market, &completed).await;
    }
    if story.webhook == Webhook::Backwards {
        let mut events = market.stripe.events();
        events.reverse();
        for event in events.iter().flat_map(|event| [event, event]) {
            deliver(market, event).await;
        }
    }
    for _ in 0..story.returns {
        come_back(market, ada, session).await;
    }
    if matches!(story.webhook, Webhook::AfterReturn | Webhook::Twice) {
        deliver(market, &completed).await;
    }
}

fn event_of(market: &Market, session: &str) -> Event {
    let mut events = market.stripe.events_of("checkout.session.completed");
    events.retain(|event| event.body().contains(session));
    events.remove(0)
}

/// Stripe delivers an event until it is acknowledged.
async fn deliver(market: &mut Market, event: &Event) {
    for _ in 0..5 {
        match market.deliver(event).await {
            Some(200..=299) => return,
            Some(503) => {}
            None => market.reopen().await,
            Some(status) => panic!("{} answered with {status}", event.kind()),
        }
    }
    panic!("{} is not acknowledged", event.kind());
}

/// The browser goes where Stripe leads it, and tries again while the shop is down.
async fn come_back(market: &mut Market, ada: &mut Buyer, session: &str) {
    let session = market.stripe.object(session);
    let address = session["success_url"].as_str().unwrap();
    let address = address.replace("{CHECKOUT_SESSION_ID}", session["id"].as_str().unwrap());
    for _ in 0..5 {
        ada.moves_to(market.url());
        match ada.open(&address).await {
            Some(page) => {
                assert_eq!(page.status, 200, "{}", page.text);
                assert!(page.path.starts_with("/orders/"), "{}", page.path);
                return;
            }
            None => open_again(market, ada).await,
        }
    }
    panic!("the order page never comes");
}

async fn check(market: &Market, bought: &Bought, before: &Shelf, story: &str) {
    let session = market.stripe.object(&bought.session);
    let orders = market.documents("orders").await;
    assert_eq!(
        orders.len(),
        before.orders + 1,
        "{story}: one order for one payment"
    );
    let id = &session["client_reference_id"];
    let order = orders.iter().find(|order| &order["_id"] == id);
    let order = order.unwrap_or_else(|| panic!("{story}: paid without an order"));
    assert_eq!(
        (&order["status"], &order["total"]["amount_cents"]),
        (&json!("paid"), &session["amount_total"]),
        "{story}: {order}"
    );
    let paid = market.stripe.sessions();
    let paid = paid
        .iter()
        .filter(|session| session["payment_status"] == "paid");
    assert_eq!(paid.count(), orders.len(), "{story}: paid once");

    let product = market.product(BOUGHT).await;
    assert_eq!(
        product["stock"][BOUGHT],
        json!(before.pieces - 2),
        "{story}: {product}"
    );
    assert!(nothing_held(&product), "{story}: {product}");
    let checkouts = market.documents("checkouts").await;
    let checkout = checkouts
        .iter()
        .find(|checkout| &checkout["_id"] == id)
        .unwrap();
    assert_eq!(checkout["state"], "done", "{story}");
    check_cart(market, bought, checkout, story).await;
}

/// What was bought has left the cart, and what was added meanwhile has not.
async fn check_cart(market: &Market, bought: &Bought, checkout: &Value, story: &str) {
    let carts = market.documents("carts").await;
    let cart = carts.iter().find(|cart| cart["_id"] == checkout["cart_id"]);
    let pieces = |sku: &str| cart.map_or(0, |cart| cart["items"][sku].as_u64().unwrap_or(0));
    assert_eq!(pieces(BOUGHT), 0, "{story}: {carts:?}");
    // Cut off while adding, the buyer cannot know: it was done or it was not.
    let unknown = u64::from(bought.killed && bought.added_later == 0);
    let later = pieces(ADDED_LATER);
    let expected = u64::try_from(bought.added_later).unwrap();
    assert!(
        (expected..=expected + unknown).contains(&later),
        "{story}: {carts:?}"
    );
}

/// Whether no items of this product are on their way into or out of a reservation.
pub(super) fn nothing_held(product: &Value) -> bool {
    let markers = product["pending_count"].as_i64();
    markers.is_none_or(|count| count == 0) && product["held"].is_null()
}
