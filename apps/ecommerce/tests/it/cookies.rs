//! The cookie a cart belongs to a browser by.

use ecommerce::{AppState, Signing};

use crate::shop::{Browser, TestShop, line};

fn signed_with(signing: Signing) -> impl FnOnce(AppState) -> AppState {
    |mut state| {
        state.signing = signing;
        state
    }
}

/// What a browser with this cookie is shown.
async fn pieces_shown(browser: &Browser, cookie: String) -> bool {
    let mut browser = browser.clone();
    browser.cookie = Some(cookie);
    let page = browser.get("/cart").await.must_be(200);
    page.text.contains("Cart, 2 items")
}

#[tokio::test]
async fn a_cookie_changed_in_any_place_is_no_cart() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("orbit", "2").await.must_be(303);
    let cookie = ada.cookie.clone().unwrap();
    assert!(pieces_shown(&ada, cookie.clone()).await);
    let start = "cart=".len();
    for place in (start..cookie.len()).step_by(7) {
        let mut changed = cookie.clone().into_bytes();
        changed[place] = if changed[place] == b'0' { b'1' } else { b'0' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(!pieces_shown(&ada, changed).await, "{place}");
    }
    let bare = format!("cart={}", ada.cart_id());
    assert!(!pieces_shown(&ada, bare).await);
    assert!(!pieces_shown(&ada, format!("{cookie}0")).await);
    assert_eq!(ada.lines().await, [line("orbit", 2)]);
}

#[tokio::test]
async fn the_signature_of_one_cart_does_not_open_another() {
    let shop = TestShop::start().await;
    let (mut ada, mut eve) = (shop.browser(), shop.browser());
    ada.add("orbit", "2").await.must_be(303);
    eve.add("drift", "1").await.must_be(303);
    let eves = eve.cookie.clone().unwrap();
    let signature = &eves[..eves.len() - 32];
    let forged = format!("{signature}{}", ada.cart_id());
    assert!(!pieces_shown(&eve, forged).await);
}

#[tokio::test]
async fn instances_on_one_database_agree_on_the_key_and_others_do_not() {
    let shop = TestShop::start().await;
    let key = async || Signing::load(&shop.store, None).await.unwrap();
    let (first, second) = (key().await, key().await);
    let mut ada = shop.elsewhere(signed_with(first));
    ada.add("orbit", "2").await.must_be(303);
    let cookie = ada.cookie.clone().unwrap();
    let same = shop.elsewhere(signed_with(second));
    assert!(pieces_shown(&same, cookie.clone()).await);
    let secret = "a secret that is long enough to sign with"
        .to_owned()
        .into();
    let signing = Signing::load(&shop.store, Some(&secret)).await.unwrap();
    let with_a_secret = shop.elsewhere(signed_with(signing));
    assert!(!pieces_shown(&with_a_secret, cookie).await);
}

#[tokio::test]
async fn instances_that_start_at_once_end_up_with_one_key() {
    let shop = TestShop::start().await;
    let secrets = &shop.store.secrets;
    let (first, second) = tokio::join!(
        secrets.keep_first("cookies", "one"),
        secrets.keep_first("cookies", "two")
    );
    assert_eq!(first.unwrap(), second.unwrap());
    // The key, and the record of which collections have been made.
    assert_eq!(shop.count("secrets").await, 2);
}
