//! The real binary, killed with SIGKILL while people are ordering, loses and doubles nothing.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use test_support::{Address, Running};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// The shop as its own process, on this folder.
pub(crate) fn start(data: &Path) -> Running {
    let settings = [("DATA_DIR", data.to_str().unwrap()), ("RUST_LOG", "warn")];
    let (mut shop, address) = launch(&settings, Stdio::inherit());
    shop.url = address.read().expect("the shop opens");
    shop
}

/// The shop with these settings, and where it prints its address.
pub(crate) fn launch(settings: &[(&str, &str)], log: impl Into<Stdio>) -> (Running, Address) {
    let mut shop = Command::new(env!("CARGO_BIN_EXE_ecommerce"));
    Running::launch(shop.env_clear().envs(settings.iter().copied()).stderr(log))
}

/// How far one buyer came, by what the shop acknowledged.
#[derive(Debug, Clone, Default)]
struct Purchase {
    quantity: u64,
    cart: Option<String>,
    added: bool,
    checkout: Option<String>,
    order: Option<Value>,
}

async fn call(
    client: &reqwest::Client,
    method: &str,
    url: String,
    body: Option<Value>,
) -> Option<(u16, Value)> {
    let mut request = client
        .request(method.parse().unwrap(), url)
        .timeout(Duration::from_secs(10));
    if let Some(body) = body {
        request = request
            .header("content-type", "application/json")
            .body(body.to_string());
    }
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    let body = response.text().await.ok()?;
    Some((status, serde_json::from_str(&body).unwrap_or(Value::Null)))
}

/// Buys until the shop is gone, and notes what was acknowledged.
async fn buy(
    client: reqwest::Client,
    url: String,
    quantity: u64,
    orders: Arc<Semaphore>,
) -> Vec<Purchase> {
    let mut purchases = Vec::new();
    loop {
        let mut purchase = Purchase {
            quantity,
            ..Purchase::default()
        };
        let still_there = buy_once(&client, &url, &mut purchase).await.is_some();
        orders.add_permits(usize::from(purchase.order.is_some()));
        purchases.push(purchase);
        if !still_there {
            return purchases;
        }
    }
}

async fn buy_once(client: &reqwest::Client, url: &str, purchase: &mut Purchase) -> Option<()> {
    let (status, cart) = call(client, "POST", format!("{url}/api/carts"), None).await?;
    assert_eq!(status, 201, "{cart}");
    let cart = cart["id"].as_str()?.to_owned();
    purchase.cart = Some(cart.clone());
    let item = json!({ "sku": "orbit", "quantity": purchase.quantity });
    let (status, answer) = call(
        client,
        "POST",
        format!("{url}/api/carts/{cart}/items"),
        Some(item),
    )
    .await?;
    assert_eq!(status, 200, "{answer}");
    purchase.added = true;
    let (status, checkout) = call(
        client,
        "POST",
        format!("{url}/api/carts/{cart}/checkouts"),
        Some(crate::shop::ada()),
    )
    .await?;
    assert_eq!(status, 201, "{checkout}");
    let checkout = checkout["id"].as_str()?.to_owned();
    purchase.checkout = Some(checkout.clone());
    let (status, order) = call(
        client,
        "POST",
        format!("{url}/api/checkouts/{checkout}/test-payment"),
        None,
    )
    .await?;
    assert_eq!(status, 200, "{order}");
    purchase.order = Some(order);
    Some(())
}

/// Compares what the restarted shop holds with what was acknowledged, and carries the purchase to
/// its end.
async fn check(client: &reqwest::Client, url: &str, purchase: &Purchase) -> Option<()> {
    let cart = format!("{url}/api/carts/{}", purchase.cart.as_ref()?);
    let in_cart = async || {
        let (status, cart) = call(client, "GET", cart.clone(), None).await.unwrap();
        if status == 404 {
            None
        } else {
            Some(cart["pieces"].as_u64().unwrap())
        }
    };
    let Some(checkout) = &purchase.checkout else {
        let pieces = in_cart().await.expect("an acknowledged cart is there");
        // An add that was never acknowledged may have happened or not, but not twice.
        let allowed: &[u64] = if purchase.added {
            &[purchase.quantity]
        } else {
            &[0, purchase.quantity]
        };
        assert!(allowed.contains(&pieces), "{pieces} pieces, {purchase:?}");
        return Some(());
    };
    let (status, found) = call(client, "GET", format!("{url}/api/orders/{checkout}"), None)
        .await
        .unwrap();
    match &purchase.order {
        Some(order) => assert_eq!(
            (status, &found),
            (200, order),
            "an acknowledged order is there, unchanged"
        ),
        None if status == 404 => assert_eq!(
            in_cart().await,
            Some(purchase.quantity),
            "no order, so the cart is full"
        ),
        None => assert_eq!(status, 200),
    }
    let (status, order) = call(
        client,
        "POST",
        format!("{url}/api/checkouts/{checkout}/test-payment"),
        None,
    )
    .await
    .unwrap();
    assert_eq!(
        (status, order["lines"][0]["quantity"].as_u64()),
        (200, Some(purchase.quantity))
    );
    assert_eq!(in_cart().await, None, "what was ordered left the cart");
    Some(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_killed_while_people_order_loses_and_doubles_nothing() {
    let data = tempfile::tempdir().unwrap();
    let client = reqwest::Client::new();
    let mut everything: Vec<Purchase> = Vec::new();
    for round in 1..=4 {
        let shop = start(data.path());
        for purchase in &everything {
            check(&client, &shop.url, purchase).await;
        }
        let orders = Arc::new(Semaphore::new(0));
        let mut buyers = JoinSet::new();
        for quantity in 1..=6 {
            buyers.spawn(buy(
                client.clone(),
                shop.url.clone(),
                quantity,
                Arc::clone(&orders),
            ));
        }
        let enough = orders.acquire_many(4 * round);
        drop(
            tokio::time::timeout(Duration::from_mins(1), enough)
                .await
                .expect("orders come in"),
        );
        drop(shop);
        everything = buyers.join_all().await.concat();
        assert!(
            everything.iter().any(|purchase| purchase.order.is_none()),
            "nobody was interrupted"
        );
    }
    let shop = start(data.path());
    for purchase in &everything {
        check(&client, &shop.url, purchase).await;
    }
}

#[tokio::test]
async fn a_wrong_setting_is_explained_and_the_shop_does_not_open() {
    let run = |args: &[&str], settings: &[(&str, &str)]| {
        let output = Command::new(env!("CARGO_BIN_EXE_ecommerce"))
            .args(args)
            .env_clear()
            .env("RUST_BACKTRACE", "1")
            .envs(settings.iter().copied())
            .output()
            .unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (opened, said) = run(
        &[],
        &[
            ("PORT", "eighty"),
            ("PUBLIC_URL", "shop.example"),
            ("DATA_API_URL", "http://127.0.0.1:1"),
        ],
    );
    assert!(
        !opened
            && said.contains("PORT is \"eighty\"")
            && said.contains("PUBLIC_URL is \"shop.example\""),
        "{said}"
    );
    assert!(!said.contains("backtrace"), "{said}");
    let (opened, said) = run(&["sed"], &[]);
    assert!(
        !opened && said.contains("usage: ecommerce [seed | health | backup FILE]"),
        "{said}"
    );
}
