//! A visitor's whole way, through the pages of the real binary and over a real socket.

use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};

use crate::crash;
use crate::shop::ADA;

/// Somebody with a cookie, a keyboard and no JavaScript.
struct Visitor {
    client: Client,
    url: String,
    cookie: Option<String>,
}

/// What the visitor sees.
struct Seen {
    status: u16,
    /// Where a redirect leads.
    location: String,
    text: String,
}

impl Visitor {
    fn of(shop: &test_support::Running) -> Self {
        let client = Client::builder().redirect(Policy::none());
        Self {
            client: client.build().unwrap(),
            url: shop.url.clone(),
            cookie: None,
        }
    }

    async fn get(&mut self, path: &str) -> Seen {
        let request = self.client.get(format!("{}{path}", self.url));
        self.send(request).await
    }

    /// Sends a form as a browser would.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let mut form = form_urlencoded::Serializer::new(String::new());
        let request = self
            .client
            .post(format!("{}{path}", self.url))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("origin", &self.url)
            .body(form.extend_pairs(fields).finish());
        self.send(request).await
    }

    async fn send(&mut self, mut request: RequestBuilder) -> Seen {
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let response = request.header("accept", "text/html").send().await.unwrap();
        let header = |name| {
            let value = response.headers().get(name)?;
            Some(value.to_str().unwrap().to_owned())
        };
        if let Some(set) = header(SET_COOKIE) {
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        Seen {
            status: response.status().as_u16(),
            location: header(LOCATION).unwrap_or_default(),
            text: response.text().await.unwrap(),
        }
    }
}

impl Seen {
    #[track_caller]
    fn must_be(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    #[track_caller]
    fn must_show(&self, text: &str) {
        assert!(self.text.contains(text), "`{text}` is not in {}", self.text);
    }

    /// The text from each `start` to the next `end`.
    fn between(&self, start: &str, end: &str) -> Vec<&str> {
        let rest = self.text.split(start).skip(1);
        rest.filter_map(|rest| rest.split(end).next()).collect()
    }
}

#[tokio::test]
async fn a_visitor_buys_two_products_and_finds_the_order_after_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let shop = crash::start(data.path());
    let mut visitor = Visitor::of(&shop);

    let shelf = visitor.get("/products").await.must_be(200);
    let mut products = shelf.between("href=\"/products/", "\"");
    products.dedup();
    let mut names = Vec::new();
    for (product, quantity) in [(products[0], "1"), (products[1], "2")] {
        let page = visitor
            .get(&format!("/products/{product}"))
            .await
            .must_be(200);
        names.push(page.between("<h1>", "</h1>")[0].to_owned());
        let fields = [("sku", product), ("quantity", quantity)];
        let added = visitor.post("/cart/items", &fields).await.must_be(303);
        visitor
            .get(&added.location)
            .await
            .must_be(200)
            .must_show(&names[names.len() - 1]);
    }
    let till = visitor.post("/checkout", ADA).await.must_be(303).location;
    visitor.get(&till).await.must_be(200).must_show("2 × ");
    let order = visitor.post(&till, &[]).await.must_be(303).location;
    let confirmed = visitor.get(&order).await.must_be(200);
    assert_ne!(names[0], names[1]);
    for name in &names {
        confirmed.must_show(name);
    }
    visitor
        .get("/cart")
        .await
        .must_be(200)
        .must_show("nothing in your cart");

    // The link is all that is needed: from another browser, and after the shop was stopped and
    // opened again.
    shop.stop();
    let shop = crash::start(data.path());
    let again = Visitor::of(&shop).get(&order).await.must_be(200);
    for name in &names {
        again.must_show(name);
    }
}
