//! Whatever a stranger sends: it is read or refused, never a crash, and the answer has a bound.
//!
//! The parsers run on a stack of 256 KiB, so that none of them descends as deep as its input says.
//! `PROPTEST_CASES` makes a long form of it.

use axum::body::Body;
use axum::extract::Query;
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, COOKIE};
use axum::http::{HeaderValue, Method, Request, StatusCode};
use ecommerce::domain::catalog::Catalog;
use ecommerce::domain::id::{CartId, CheckoutId, ProductId, Sku};
use ecommerce::domain::money::Currency;
use ecommerce::domain::product::Product;
use ecommerce::domain::product::details::ProductDetails;
use ecommerce::domain::quantity::Quantity;
use ecommerce::forms::customer::CustomerDetails;
use ecommerce::forms::search::SearchTerms;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use test_support::small_stack;
use tokio::runtime::Runtime;

use crate::shop::TestShop;

/// A body has at most so many bytes, and a head of a request about as many.
const LONGEST: usize = 64 * 1024;

/// Texts that parsers stumble over: any characters, one piece many times, and pieces in pieces.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        ".",
        "a.",
        "-",
        "_",
        "a-",
        "a_",
        "0",
        "9",
        "+",
        "%",
        "%2",
        "%FF",
        "&",
        "=",
        "&q=",
        "[",
        "{\"a\":",
        "\"",
        "\\u0000",
        " ",
        "\r\n",
        "\0",
        "\u{200b}",
        "\u{202e}",
        "ß",
        "İ",
        "e\u{301}",
        "\u{1f469}\u{200d}",
        "1e",
        "$ne",
        ",",
        ";",
        "W/\"",
        "text/html;q=0,",
    ]);
    let repeated =
        (piece.clone(), 0..LONGEST).prop_map(|(piece, length)| piece.repeat(length / piece.len()));
    let mixed = prop::collection::vec(piece, 0..400).prop_map(|pieces| pieces.concat());
    prop_oneof!["\\PC{0,300}", any::<String>(), repeated, mixed]
}

/// JSON as deep, wide and long as a body may be, and what is almost JSON.
fn hostile_json() -> impl Strategy<Value = String> {
    let deep = (
        prop::sample::select(vec!["[", "{\"a\":", "{\"items\":{\"a\":", "[{\"\":["]),
        0..60_000_usize,
    )
        .prop_map(|(open, depth)| open.repeat(depth / open.len()));
    let wide = (1..9_000_usize).prop_map(|width| {
        let fields: Vec<String> = (0..width).map(|at| format!("\"f{at}\":1")).collect();
        format!("{{{}}}", fields.join(","))
    });
    let value = hostile().prop_map(|text| {
        serde_json::json!({ "sku": text, "quantity": text, "name": text }).to_string()
    });
    let number = "-?[0-9]{1,400}(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,9})?";
    let number = number.prop_map(|number| format!("{{\"sku\":\"orbit\",\"quantity\":{number}}}"));
    prop_oneof![deep, wide, value, number, hostile()]
}

fn run<S: Strategy>(strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let mut runner = TestRunner::new(small_stack::config());
    runner.run(strategy, test).unwrap();
}

/// The fields of the shop's forms.
const CUSTOMER: [&str; 9] = [
    "name", "email", "street", "city", "postcode", "country", "delivery", "sku", "quantity",
];

/// A form with the same text in each field.
fn form(fields: &[&str], text: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields.iter().map(|field| (field, text)));
    form.finish()
}

#[test]
fn adversarial_text_is_an_id_a_quantity_or_refused() {
    run(&hostile(), |text| {
        small_stack::run(|| {
            prop_assert!(text.parse::<ProductId>().is_err() || text.len() <= 64);
            prop_assert!(text.parse::<Sku>().is_err() || text.len() <= 129);
            prop_assert!(text.parse::<CartId>().is_err() || text.len() == 32);
            prop_assert!(text.parse::<CheckoutId>().is_err() || text.len() == 32);
            let quantity = text.parse::<Quantity>();
            prop_assert!(quantity.is_err() || (1..=1_000).contains(&quantity.unwrap().get()));
            Ok(())
        })
    });
}

#[test]
fn adversarial_queries_are_a_search_that_a_filter_holds_or_refused() {
    run(&(hostile(), hostile()), |(raw, text)| {
        small_stack::run(|| {
            let terms = |query: &str| {
                let uri = format!("/products?{query}").parse().ok()?;
                Some(Query::<SearchTerms>::try_from_uri(&uri).ok()?.0)
            };
            let fields = ["q", "category", "min", "max", "sort", "page"];
            let queries = fields.iter().map(|field| form(&[field], &text));
            for query in queries.chain([raw.clone()]) {
                let Some(terms) = terms(&query) else { continue };
                let Ok(search) = terms.check() else { continue };
                prop_assert!(search.words.len() <= 8);
                prop_assert!(search.words.iter().all(|word| word.chars().count() <= 24));
                prop_assert!(search.page.get() <= 500);
            }
            Ok(())
        })
    });
}

#[test]
fn adversarial_texts_of_a_product_are_found_by_their_own_words() {
    run(&hostile(), |text| {
        small_stack::run(|| {
            let product = Product {
                name: text.chars().take(120).collect(),
                description: text.clone(),
                ..Product::blank("odd".parse().unwrap(), Currency::Usd)
            };
            let catalog = Catalog::new(vec![product.clone()], Vec::new());
            let terms = SearchTerms {
                q: product.name,
                ..SearchTerms::default()
            };
            let found = catalog.search(&terms.check().unwrap());
            prop_assert_eq!(found.total, 1);
            Ok(())
        })
    });
}

#[test]
fn adversarial_forms_are_checked_field_by_field() {
    run(&(hostile(), hostile_json()), |(text, json)| {
        small_stack::run(|| {
            // A form and a query are written alike.
            let form = form(&CUSTOMER, &text);
            if let Ok(uri) = format!("/?{form}").parse()
                && let Ok(Query(details)) = Query::<CustomerDetails>::try_from_uri(&uri)
            {
                drop(details.check());
            }
            if let Ok(details) = serde_json::from_str::<CustomerDetails>(&json) {
                drop(details.check());
            }
            // What an admin's form carries along as it was.
            if let Ok(was) = serde_json::from_str::<Product>(&json) {
                drop(ProductDetails::of(&was).check(was.id, Currency::Usd));
            }
            let details = ProductDetails {
                name: text.clone(),
                tagline: text.clone(),
                description: text.clone(),
                highlights: text.clone(),
                category: text.clone(),
                image: text.clone(),
                rank: text.clone(),
                price: text.clone(),
                stock: text.clone(),
                option_names: text,
                ..ProductDetails::default()
            };
            drop(details.check("lamp".parse().unwrap(), Currency::Usd));
            Ok(())
        })
    });
}

#[test]
fn adversarial_documents_are_a_product_or_not() {
    run(&hostile_json(), |json| {
        small_stack::run(|| {
            if let Ok(product) = serde_json::from_str::<Product>(&json) {
                drop(product.problems(Currency::Usd));
            }
            Ok(())
        })
    });
}

/// Sends what a stranger may, and looks at the answer: no fault of the shop, and no longer than a page.
fn never_a_fault<S: Strategy>(strategy: &S, request: impl Fn(S::Value) -> Option<Request<Body>>) {
    let runtime = Runtime::new().unwrap();
    let shop = runtime.block_on(TestShop::start());
    run(strategy, |input| {
        let Some(request) = request(input) else {
            return Ok(());
        };
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let answer = runtime.block_on(shop.browser().send(request));
        prop_assert!(
            answer.status.as_u16() < 500,
            "{method} {uri}: {}",
            answer.text
        );
        prop_assert!(
            answer.text.len() < 400_000,
            "{method} {uri} answers {} bytes",
            answer.text.len()
        );
        Ok(())
    });
    // What was sent has done no harm to those who come after.
    let page = runtime.block_on(shop.browser().get("/"));
    assert_eq!(page.status, StatusCode::OK);
}

#[test]
fn adversarial_addresses_are_never_a_fault() {
    let paths = vec![
        "/",
        "/products",
        "/products/",
        "/cart",
        "/orders",
        "/api/products",
        "/api/carts/",
        "/static/",
        "/x",
    ];
    let strategy = (
        prop::sample::select(paths),
        hostile(),
        hostile(),
        any::<bool>(),
    );
    never_a_fault(&strategy, |(path, segment, query, is_raw)| {
        let query = if is_raw {
            query
        } else {
            form(&["q", "variant", "link"], &query)
        };
        let segment: String = form_urlencoded::byte_serialize(segment.as_bytes()).collect();
        let path = if path.ends_with('/') {
            format!("{path}{segment}")
        } else {
            path.to_owned()
        };
        Request::get(format!("{path}?{query}"))
            .header(ACCEPT, "text/html")
            .body(Body::empty())
            .ok()
    });
}

#[test]
fn adversarial_headers_are_never_a_fault() {
    let names = vec![
        "cookie",
        "accept",
        "if-none-match",
        "host",
        "x-request-id",
        "origin",
        "sec-fetch-site",
        "content-type",
    ];
    never_a_fault(
        &(prop::sample::select(names), hostile()),
        |(name, value)| {
            let value = match name {
                "cookie" => HeaderValue::from_bytes(format!("cart={value}").as_bytes()),
                _ => HeaderValue::from_bytes(value.as_bytes()),
            };
            let path = if name == "if-none-match" {
                "/static/shop.css"
            } else {
                "/cart"
            };
            Request::get(path)
                .header(name, value.ok()?)
                .body(Body::empty())
                .ok()
        },
    );
}

#[test]
fn adversarial_forms_and_bodies_are_never_a_fault() {
    let requests = vec![
        (Method::POST, "/cart/items", false),
        (Method::POST, "/cart/items/orbit", false),
        (Method::POST, "/checkout", false),
        (
            Method::POST,
            "/api/carts/0123456789abcdef0123456789abcdef/items",
            true,
        ),
        (
            Method::PUT,
            "/api/carts/0123456789abcdef0123456789abcdef/items/orbit",
            true,
        ),
        (
            Method::POST,
            "/api/carts/0123456789abcdef0123456789abcdef/checkouts",
            true,
        ),
    ];
    let strategy = (
        prop::sample::select(requests),
        hostile(),
        hostile_json(),
        any::<bool>(),
    );
    never_a_fault(
        &strategy,
        |((method, path, is_json), text, json, is_raw)| {
            let (kind, body) = match (is_json, is_raw) {
                (true, _) => ("application/json", json),
                (false, true) => ("application/x-www-form-urlencoded", text.clone()),
                (false, false) => ("application/x-www-form-urlencoded", form(&CUSTOMER, &text)),
            };
            Request::builder()
                .method(method)
                .uri(path)
                .header(CONTENT_TYPE, kind)
                .header(CONTENT_LENGTH, body.len())
                .header(COOKIE, "cart=x")
                .header("sec-fetch-site", "same-origin")
                .body(Body::from(body))
                .ok()
        },
    );
}
