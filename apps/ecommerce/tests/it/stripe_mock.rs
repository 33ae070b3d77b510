//! Stripe's own stripe-mock, unmodified, accepts every kind of request the shop sends: parameters,
//! their names and their values are checked against Stripe's published schema.
//!
//! It forgets each request at once, so the stand-in answers the shop, and puts every request to
//! stripe-mock as well. Install it with `go install github.com/stripe/stripe-mock@latest`.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Lines};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::payments::{Admin, Market, PATIENCE};
use stripe_stand_in::{PayWith, SECRET_KEY, Stripe};
use test_support::skipped;

/// The version of Stripe's API that the shop is written for, whatever the account's is.
const VERSION: &str = "2026-09-30.endive";

struct StripeMock {
    process: Child,
    url: String,
    /// Open as long as it runs: it ends when it cannot say what it does.
    _said: Lines<BufReader<ChildStdout>>,
}

impl StripeMock {
    /// Starts it on any free port, if it is installed.
    fn start() -> Option<Self> {
        let mut process = Command::new(program()?)
            // Without the second it takes a port that only one of them can have.
            .args(["-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = said.find_map(|line| {
            let line = line.unwrap();
            let address = line.split("Listening for HTTP at address: ").nth(1)?;
            Some(address.to_owned())
        });
        let address = address.expect("stripe-mock says its address");
        // It says so a moment before it listens.
        let start = Instant::now();
        while TcpStream::connect(&address).is_err() {
            assert!(start.elapsed() < PATIENCE, "stripe-mock never listens");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Self {
            process,
            url: format!("http://{address}"),
            _said: said,
        })
    }
}

impl Drop for StripeMock {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// stripe-mock on the path, or where Go installs programs.
fn program() -> Option<PathBuf> {
    let is_there = |program: &PathBuf| Command::new(program).arg("-version").output().is_ok();
    let on_path = PathBuf::from("stripe-mock");
    if is_there(&on_path) {
        return Some(on_path);
    }
    let go = Command::new("go").args(["env", "GOPATH"]).output().ok();
    let gopath = go.and_then(|go| String::from_utf8(go.stdout).ok());
    let folders = [
        gopath.unwrap_or_default(),
        std::env::var("HOME").unwrap_or_default() + "/go",
    ];
    let found = folders
        .iter()
        .map(|folder| PathBuf::from(folder.trim()).join("bin/stripe-mock"))
        .find(is_there);
    if found.is_none() {
        skipped("stripe-mock is not installed, so Stripe's schema was not asked");
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stripe_mock_accepts_every_kind_of_request_the_shop_sends() {
    let Some(stripe_mock) = StripeMock::start() else {
        return;
    };
    let stripe = Stripe::mirrored_by(&stripe_mock.url).await;
    let market = Market::with(stripe, &[]).await;

    somebody_buys_and_gets_the_money_back(&market).await;
    somebody_goes_back(&market).await;
    let mirrored = market.stripe.mirrored();
    for request in &mirrored {
        assert_eq!(
            request.status, 200,
            "{}: {}",
            request.request, request.answer
        );
    }
    for request in market.stripe.seen() {
        assert_eq!(
            request.version.as_deref(),
            Some(VERSION),
            "{}",
            request.path
        );
        let makes = request.method == "POST" && !request.path.ends_with("/expire");
        let key = request.idempotency_key.unwrap_or_default();
        assert_eq!(
            !key.is_empty(),
            makes,
            "a key for what must be made once: {}",
            request.path
        );
    }
    let kinds: BTreeSet<String> = mirrored
        .iter()
        .map(|request| kind(&request.request))
        .collect();
    for kind in [
        "POST /v1/checkout/sessions",
        "GET /v1/checkout/sessions/{id}",
        "POST /v1/checkout/sessions/{id}/expire",
        "GET /v1/payment_intents/{id}",
        "POST /v1/refunds",
    ] {
        assert!(kinds.contains(kind), "{kind} was never sent: {kinds:?}");
    }
}

/// Two lines, one of a variant; paid, and refunded by an admin.
async fn somebody_buys_and_gets_the_money_back(market: &Market) {
    let mut ada = market.buyer();
    for sku in ["iphone-12-pro_graphite-256", "orbit"] {
        let added = ada.add(sku, "1").await.unwrap();
        assert_eq!(added.status, 200, "{}", added.text);
    }
    let session = ada.check_out().await.unwrap().session().unwrap();
    market.stripe.pay(&session, PayWith::Visa).await.unwrap();
    let paid = market.stripe.object(&session);
    let order = ada.open(paid["success_url"].as_str().unwrap()).await;
    assert!(order.unwrap().text.contains("Thank you"));

    let mut admin = Admin::log_in(market).await;
    let order = paid["client_reference_id"].as_str().unwrap();
    let form = admin.refund_form(order).await.flatten().unwrap();
    admin.press(&form).await.unwrap();
    assert_eq!(market.stripe.refunds().len(), 1);
}

async fn somebody_goes_back(market: &Market) {
    let mut bob = market.buyer();
    bob.add("orbit", "1").await.unwrap();
    let session = bob.check_out().await.unwrap().session().unwrap();
    let address = market.stripe.object(&session)["cancel_url"].clone();
    bob.open(address.as_str().unwrap()).await.unwrap();
    assert_eq!(market.stripe.object(&session)["status"], "expired");
}

/// A request without its ids.
fn kind(request: &str) -> String {
    let id = |segment: &str| segment.starts_with("cs_") || segment.starts_with("pi_");
    let segments = request.split('/');
    let segments = segments.map(|segment| if id(segment) { "{id}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn stripe_mock_refuses_what_stripe_has_no_name_for() {
    let Some(stripe_mock) = StripeMock::start() else {
        return;
    };
    for (fields, status) in [("mode=payment", 200), ("mode=payment&mood=paying", 400)] {
        let answer = reqwest::Client::new()
            .post(format!("{}/v1/checkout/sessions", stripe_mock.url))
            .header("authorization", format!("Bearer {SECRET_KEY}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(fields)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), status, "{fields}");
    }
}
