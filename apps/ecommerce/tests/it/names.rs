//! Every page can be used by somebody who hears it: fields, buttons, links and pictures have names,
//! and what points at something on the page points at something that is there.

use std::collections::BTreeMap;

use crate::shop::{Browser, TestShop};

/// A start tag with its attributes.
struct Tag<'page> {
    name: &'page str,
    attributes: BTreeMap<&'page str, &'page str>,
    /// What stands between it and its end tag.
    inner: &'page str,
}

/// The tags of a page. Templates write attributes in double quotes, which is all this reads.
fn tags(page: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    for (at, _) in page.match_indices('<') {
        let rest = &page[at + 1..];
        let name_ends = rest.find(|letter: char| !letter.is_ascii_alphanumeric());
        let name = &rest[..name_ends.unwrap_or(0)];
        let Some(end) = rest.find('>').filter(|_| !name.is_empty()) else {
            continue;
        };
        let mut attributes = BTreeMap::new();
        let mut left = &rest[name.len()..end];
        while let Some(start) = left.find(|letter: char| letter.is_ascii_alphabetic()) {
            left = &left[start..];
            let ends = left.find(|letter: char| letter == '=' || letter.is_whitespace());
            let (key, after) = left.split_at(ends.unwrap_or(left.len()));
            let (value, after) = match after.strip_prefix("=\"") {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => ("", after),
            };
            attributes.insert(key, value);
            left = after;
        }
        let after = &rest[end + 1..];
        let inner = after
            .find(&format!("</{name}>"))
            .map_or("", |end| &after[..end]);
        tags.push(Tag {
            name,
            attributes,
            inner,
        });
    }
    tags
}

/// The words a screen reader finds inside.
fn words(inner: &str) -> String {
    let mut words = String::new();
    let mut rest = inner;
    while let Some((before, after)) = rest.split_once('<') {
        words.push_str(before);
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    words.push_str(rest);
    words.trim().to_owned()
}

fn check(path: &str, page: &str) {
    let tags = tags(page);
    let ids: Vec<&str> = tags
        .iter()
        .filter_map(|tag| tag.attributes.get("id").copied())
        .collect();
    for (position, id) in ids.iter().enumerate() {
        assert!(
            !ids[..position].contains(id),
            "{path}: two things have the id {id}"
        );
    }
    let labelled: Vec<&str> = tags
        .iter()
        .filter(|tag| tag.name == "label" && !words(tag.inner).is_empty())
        .filter_map(|tag| tag.attributes.get("for").copied())
        .collect();
    let mut checked = 0;
    for tag in &tags {
        let attribute = |name: &str| tag.attributes.get(name).copied().unwrap_or_default();
        for pointer in ["for", "aria-describedby", "aria-labelledby"] {
            for id in attribute(pointer).split_whitespace() {
                assert!(ids.contains(&id), "{path}: nothing has the id {id}");
            }
        }
        if tag.name == "a" && attribute("href").starts_with('#') {
            assert!(
                ids.contains(&&attribute("href")[1..]),
                "{path}: {}",
                attribute("href")
            );
        }
        let has_name = match tag.name {
            "input" if attribute("type") == "hidden" => continue,
            "input" | "select" | "textarea" => labelled.contains(&attribute("id")),
            "img" => tag.attributes.contains_key("alt"),
            "a" | "button" if attribute("aria-hidden") == "true" => attribute("tabindex") == "-1",
            "a" | "button" => !attribute("aria-label").is_empty() || !words(tag.inner).is_empty(),
            "html" => attribute("lang") == "en",
            _ => continue,
        };
        assert!(
            has_name,
            "{path}: <{}> has no name: {:?}",
            tag.name, tag.attributes
        );
        checked += 1;
    }
    assert!(checked > 4, "{path}: only {checked} things were looked at");
}

async fn look(browser: &mut Browser, paths: &[&str]) {
    for path in paths {
        let page = browser.get(path).await;
        assert!(
            page.status.is_success() || page.status.is_client_error(),
            "{path}"
        );
        check(path, &page.text);
    }
}

#[tokio::test]
async fn everything_on_the_pages_of_the_shop_has_a_name() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    look(
        &mut ada,
        &["/cart", "/nowhere", "/orders", "/orders?link=x"],
    )
    .await;
    ada.add("iphone-12-pro_gold-128", "1").await.must_be(303);
    ada.add("orbit", "2").await.must_be(303);
    let pages = [
        "/",
        "/products",
        "/products?min=x&category=y",
        "/products?q=zzz",
        "/products/orbit",
        "/products/pico-flip",
        "/products/iphone-12-pro?variant=gold-256",
        "/cart",
        "/checkout",
    ];
    look(&mut ada, &pages).await;
    for (path, fields) in [
        ("/checkout", vec![]),
        ("/cart/items", vec![("sku", "orbit"), ("quantity", "x")]),
        ("/cart/items/orbit", vec![("quantity", "x")]),
    ] {
        let page = ada.post(path, &fields).await.must_be(422);
        check(path, &page.text);
    }
    let till = ada.check_out().await.leads_to();
    look(&mut ada, &[&till]).await;
    let order = ada.post(&till, &[]).await.leads_to();
    look(&mut ada, &[&order]).await;
}

#[tokio::test]
async fn everything_on_the_admin_pages_has_a_name() {
    let shop = TestShop::start().await;
    let mut buyer = shop.browser();
    buyer.add("orbit", "1").await.must_be(303);
    let till = buyer.check_out().await.leads_to();
    let order = buyer.post(&till, &[]).await.leads_to();
    let mut admin = crate::admin::logged_in(&shop).await;
    let order = format!("/admin{order}");
    let refund = format!("{order}/refund");
    let wrong = format!("{order}/refund?amount=x");
    let pages = [
        "/admin/orders",
        &order,
        &refund,
        &wrong,
        "/admin/products",
        "/admin/products?q=zzz",
        "/admin/products/new",
        "/admin/products/orbit",
        "/admin/products/iphone-12-pro",
    ];
    look(&mut admin, &pages).await;
    let token = crate::admin::token(&admin.get("/admin/products/new").await);
    let fields = [("token", token.as_str()), ("variant-0-word", "A")];
    let page = admin
        .post("/admin/products/new", &fields)
        .await
        .must_be(422);
    check("/admin/products/new, wrong", &page.text);
    let mut stranger = crate::admin::at_the_door(&shop);
    look(&mut stranger, &["/admin/login"]).await;
}
