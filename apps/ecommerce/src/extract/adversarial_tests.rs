//! Cookies and forms of any depth, length and width, on a small stack.

use axum::body::Body;
use axum::extract::{Form, FromRequest as _, Request};
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::SignedCookieJar;
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use test_support::small_stack::run;

use crate::domain::id::{CartId, Sku};
use crate::domain::quantity::Quantity;
use crate::forms::customer::CustomerDetails;
use crate::signing::Signing;

/// The cart in the cookies of a request.
fn cart_in(lines: &[String]) -> Option<CartId> {
    let mut headers = HeaderMap::new();
    for line in lines {
        if let Ok(value) = HeaderValue::from_str(line) {
            headers.append(COOKIE, value);
        }
    }
    run(|| {
        let signing = Signing::for_this_process();
        let cookies = SignedCookieJar::from_headers(&headers, signing.carts());
        cookies.get("cart").and_then(|it| it.value().parse().ok())
    })
}

fn answer<T: Send>(future: impl Future<Output = T> + Send) -> T {
    run(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(future)
    })
}

/// A form of the shop; the status where it cannot be read.
fn form<T: DeserializeOwned + Send>(body: Vec<u8>) -> Result<T, u16> {
    let request = Request::post("/")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    let read = answer(Form::<T>::from_request(request, &()));
    read.map(|Form(form)| form)
        .map_err(|rejection| rejection.status().as_u16())
}

/// Text that is long, or repeats one part very often.
fn large_text(parts: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        (parts, 0_usize..500).prop_map(|(part, times)| part.repeat(times)),
    ]
}

proptest! {
    #[test]
    fn adversarial_cookies_are_no_cart(
        lines in prop::collection::vec(large_text("(cart=|__Host-cart=|;|,|=|\\\"|%|%41| |a){0,8}"), 0..10),
    ) {
        prop_assert_eq!(cart_in(&lines), None);
    }

    #[test]
    fn adversarial_forms_are_answered(
        body in large_text("(name|email|delivery|=|&|\\+|%|%00|%F0%9F|\\[\\]|\\[0\\]|a){0,8}"),
    ) {
        let bytes = body.len();
        for read in [
            form::<CustomerDetails>(body.clone().into()).map(|details| details.check().is_ok()),
            form::<Vec<(String, String)>>(body.into()).map(|fields| {
                // Never more than was sent, however it is encoded.
                fields.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > 3 * bytes
            }),
        ] {
            prop_assert!(matches!(read, Ok(false) | Err(400 | 422)), "{read:?}");
        }
    }

    #[test]
    fn adversarial_ids_and_quantities_are_read_or_refused(text in large_text("[a-z0-9_.$-]{0,20}|[0-9]{0,30}")) {
        let read = run(|| {
            (text.parse::<Sku>().is_ok(), text.parse::<Quantity>().is_ok(), text.parse::<CartId>().is_ok())
        });
        prop_assert!(text.len() <= 129 || read == (false, false, false));
    }
}
