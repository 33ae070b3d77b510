//! What a stranger can send to a shop that takes money: refused, logged once, and nothing lost.

use reqwest::Client;
use serde_json::{Value, json};

use super::Market;
use crate::shop::ADA;
use stripe_stand_in::{Event, PayWith, WEBHOOK_SECRET, sign};

/// What is worth keeping, and must be as it was.
async fn everything(market: &Market) -> Vec<Value> {
    let mut all = Vec::new();
    for collection in ["orders", "checkouts", "carts", "products"] {
        all.extend(market.documents(collection).await);
    }
    all
}

/// A buyer on the way to Stripe, and the session's id.
async fn a_session(market: &Market) -> String {
    let mut ada = market.buyer();
    ada.add("orbit", "2").await.unwrap();
    ada.check_out().await.unwrap().session().unwrap()
}

/// Sends a body as Stripe would, with this signature.
async fn webhook(market: &Market, signature: Option<&str>, body: &str) -> u16 {
    let mut request = Client::new()
        .post(market.webhooks())
        .header("content-type", "application/json; charset=utf-8");
    if let Some(signature) = signature {
        request = request.header("stripe-signature", signature);
    }
    let answer = request.body(body.to_owned()).send().await.unwrap();
    answer.status().as_u16()
}

fn now() -> i64 {
    astra_db::Timestamp::now().as_millis() / 1_000
}

/// The event that says that a session is paid, before anybody has paid it.
async fn made_up(market: &Market, session: &str) -> Event {
    let elsewhere = Market::open().await;
    let other = a_session(&elsewhere).await;
    elsewhere.stripe.pay(&other, PayWith::Visa).await.unwrap();
    let event = elsewhere
        .stripe
        .events_of("checkout.session.completed")
        .remove(0);
    let checkout = market.stripe.object(session)["client_reference_id"].clone();
    event
        .with("/data/object/id", json!(session))
        .with("/data/object/client_reference_id", checkout)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_webhook_is_refused_and_logged_once() {
    let market = Market::open().await;
    let session = a_session(&market).await;
    let body = made_up(&market, &session).await.body();
    let before = everything(&market).await;
    let good = sign(WEBHOOK_SECRET, now(), &body);
    let forged = [
        None,
        Some(String::new()),
        Some("v1=".to_owned()),
        Some(sign("whsec_of_somebody_else", now(), &body)),
        Some(sign(WEBHOOK_SECRET, now() - 3_600, &body)),
        Some(sign(WEBHOOK_SECRET, now() + 3_600, &body)),
        Some(good.replace("v1=", "v0=")),
        Some(sign(WEBHOOK_SECRET, now(), &body.replace("paid", "free"))),
        // The time of today over the signature of last year.
        Some(good.replace(&now().to_string()[..7], "1700000")),
    ];
    for signature in &forged {
        let status = webhook(&market, signature.as_deref(), &body).await;
        assert_eq!(status, 400, "{signature:?}");
    }
    assert_eq!(everything(&market).await, before);
    let lines = market.log();
    let refused = lines.lines().filter(|line| line.contains("was refused"));
    assert_eq!(refused.count(), forged.len(), "{lines}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_event_says_of_money_is_not_believed_even_if_stripe_signed_it() {
    let market = Market::open().await;
    let session = a_session(&market).await;
    let event = made_up(&market, &session).await;
    let status = market.deliver(&event).await.unwrap();
    assert!((200..300).contains(&status), "{status}");
    assert_eq!(market.documents("orders").await.len(), 0, "nobody has paid");
    market.stripe.pay(&session, PayWith::Visa).await.unwrap();
    market
        .deliver(&event.with("/data/object/amount_total", json!(1)))
        .await;
    let orders = market.documents("orders").await;
    let total = &market.stripe.object(&session)["amount_total"];
    assert_eq!(
        (orders.len(), &orders[0]["total"]["amount_cents"]),
        (1, total)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_about_nothing_of_ours_are_acknowledged_and_change_nothing() {
    let market = Market::open().await;
    let session = a_session(&market).await;
    let event = made_up(&market, &session).await;
    let before = everything(&market).await;
    for event in [
        event.with("/type", json!("invoice.paid")),
        event.with("/type", json!("checkout.session.invented_in_2031")),
        event.with("/data/object/id", json!("cs_test_of_another_shop")),
        event
            .with("/type", json!("charge.refunded"))
            .with("/data/object/payment_intent", json!("pi_of_another_shop")),
        event.with("/api_version", json!("2031-01-01.zinnia")),
    ] {
        let status = market.deliver(&event).await.unwrap();
        assert!((200..300).contains(&status), "{status}: {}", event.body());
    }
    assert_eq!(everything(&market).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_amount_is_no_order_and_is_said_loudly_once() {
    let market = Market::open().await;
    let session = a_session(&market).await;
    market.stripe.pay(&session, PayWith::Visa).await.unwrap();
    market.stripe.tamper(&session, "amount_total", json!(100));
    let event = market
        .stripe
        .events_of("checkout.session.completed")
        .remove(0);
    for _ in 0..3 {
        market.deliver(&event).await;
        let address = market.stripe.object(&session)["success_url"].clone();
        let page = market
            .buyer()
            .open(address.as_str().unwrap())
            .await
            .unwrap();
        assert!(
            page.status < 500 && !page.text.contains("Thank you"),
            "{}",
            page.text
        );
    }
    assert_eq!(market.documents("orders").await.len(), 0);
    let lines = market.log();
    assert_eq!(
        lines.matches("the amount is not the total").count(),
        1,
        "{lines}"
    );
    let checkouts = market.documents("checkouts").await;
    assert_eq!(
        checkouts[0]["state"], "refused",
        "kept for somebody to look at"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_payment_does_not_pay_for_another_checkout() {
    let market = Market::open().await;
    let (mine, other) = (a_session(&market).await, a_session(&market).await);
    market.stripe.pay(&mine, PayWith::Visa).await.unwrap();
    let unpaid = market.stripe.object(&other);
    let address = unpaid["success_url"].as_str().unwrap();
    for address in [
        address.to_owned(),
        format!("{address}?session_id={mine}"),
        format!("{address}?payment_status=paid&redirect_status=succeeded"),
    ] {
        let page = market.buyer().open(&address).await.unwrap();
        assert!(!page.text.contains("Thank you"), "{}", page.text);
    }
    let test_till = format!(
        "/checkout/{}/pay",
        unpaid["client_reference_id"].as_str().unwrap()
    );
    let page = market.buyer().send(&test_till, &[]).await.unwrap();
    assert_eq!(page.status, 409, "{}", page.text);
    assert_eq!(market.documents("orders").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prices_come_from_the_shop_whatever_the_forms_say() {
    let market = Market::open().await;
    let mut eve = market.buyer();
    let prices = [
        ("price", "1"),
        ("unit_amount", "1"),
        ("total", "1"),
        ("amount_total", "1"),
        ("currency", "jpy"),
    ];
    let item = [&[("sku", "orbit"), ("quantity", "2")][..], &prices].concat();
    eve.send("/cart/items", &item).await.unwrap();
    for quantity in ["0", "-1", "1e9", "1001", "", "2.5"] {
        let page = eve
            .send("/cart/items/orbit", &[("quantity", quantity)])
            .await
            .unwrap();
        assert_eq!(page.status, 422, "{quantity}");
    }
    let refused = eve.send("/checkout", &[ADA, &prices].concat()).await;
    assert_eq!(refused.unwrap().status, 422);
    assert_eq!(market.stripe.sessions().len(), 0);
    let session = eve.check_out().await.unwrap().session();
    let session = market.stripe.object(&session.unwrap());
    assert_eq!(
        (&session["amount_subtotal"], &session["currency"]),
        (&json!(2 * 27_900), &json!("usd"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_made_up_host_leads_nobody_away_from_the_shop() {
    let market = Market::open().await;
    let mut ada = market.buyer();
    ada.add("orbit", "1").await.unwrap();
    ada.calls_the_shop("evil.example");
    let page = ada.check_out().await.unwrap();
    if let Some(session) = page.session() {
        let session = market.stripe.object(&session).to_string();
        assert!(!session.contains("evil"), "{session}");
    }
    for path in [
        "/orders?link=https://evil.example/x",
        "/orders?link=//evil.example/0123456789abcdef0123456789abcdef",
        "/orders?link=%0d%0aLocation:%20https://evil.example",
        "/cart?happened=added&sku=//evil.example",
        "//evil.example/",
        "/%5cevil.example",
    ] {
        let page = ada.open(path).await.unwrap();
        assert!(page.status < 500, "{path}: {}", page.status);
        assert!(
            !page.path.contains("evil.example") || page.path == path,
            "{path} leads to {}",
            page.path
        );
        assert!(
            !page.text.contains("href=\"https://evil") && !page.text.contains("href=\"//evil"),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn line_breaks_in_a_field_reach_no_header_and_no_log_line_of_their_own() {
    let market = Market::open().await;
    let mut eve = market.buyer();
    let injected = "orbit\r\nSet-Cookie: cart=stolen\r\n\r\n<script>";
    let page = eve
        .send("/cart/items", &[("sku", injected), ("quantity", "1")])
        .await
        .unwrap();
    assert_eq!(page.status, 404, "{}", page.text);
    eve.add("orbit", "1").await.unwrap();
    let mut fields = ADA.to_vec();
    fields[0] = ("name", "Eve\r\nERROR everything was stolen");
    let page = eve.send("/checkout", &fields).await.unwrap();
    assert_eq!(page.status, 422, "{}", page.text);
    assert!(
        page.headers
            .get_all("set-cookie")
            .iter()
            .all(|set| !set.to_str().unwrap().contains("stolen"))
    );
    let log = market.log();
    assert!(
        !log.lines().any(|line| line.starts_with("ERROR everything")),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_without_end_is_cut_off_at_every_door() {
    let market = Market::open().await;
    let session = a_session(&market).await;
    let before = everything(&market).await;
    let checkout = market.stripe.object(&session)["client_reference_id"].clone();
    let checkout = checkout.as_str().unwrap();
    let long = "x".repeat(4 << 20);
    for path in [
        "/cart/items",
        "/checkout",
        "/webhooks/stripe",
        "/api/carts",
        &format!("/checkout/{checkout}/pay"),
    ] {
        let request = Client::new().post(format!("{}{path}", market.url()));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        // Told off before it has sent everything, a client may only see the door close.
        if let Ok(answer) = request.body(long.clone()).send().await {
            let status = answer.status().as_u16();
            assert!((400..500).contains(&status), "{path}: {status}");
        }
    }
    assert_eq!(everything(&market).await, before);
    assert_eq!(
        market.buyer().open("/").await.unwrap().status,
        200,
        "and the shop is open"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_in_the_log() {
    let market = Market::with(
        stripe_stand_in::Stripe::start().await,
        &[("RUST_LOG", "debug")],
    )
    .await;
    let session = a_session(&market).await;
    market.stripe.pay(&session, PayWith::Visa).await.unwrap();
    let event = market
        .stripe
        .events_of("checkout.session.completed")
        .remove(0);
    market.deliver(&event).await;
    let log = market.log();
    assert!(log.len() > 1_000, "it is logged at all: {log}");
    for secret in [
        stripe_stand_in::SECRET_KEY,
        WEBHOOK_SECRET,
        "ada@example.com",
        "Y2Fzc2FuZHJh",
    ] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
