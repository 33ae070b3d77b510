//! A buyer with cookies and no JavaScript, who goes where redirects and pages lead.

use std::collections::BTreeMap;

use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};

use super::PUBLIC_URL;
use crate::shop::ADA;

/// Each request of a buyer answers nothing where the shop died over it.
#[derive(Debug, Clone)]
pub(crate) struct Buyer {
    client: Client,
    shop: String,
    host: String,
    cookies: BTreeMap<String, String>,
}

/// Where the buyer has got to.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) path: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Buyer {
    pub(super) fn at(shop: &str) -> Self {
        Self {
            client: Client::builder().redirect(Policy::none()).build().unwrap(),
            shop: shop.to_owned(),
            host: "shop.localhost".to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    /// The shop's new address after a restart.
    pub(crate) fn moves_to(&mut self, shop: &str) {
        shop.clone_into(&mut self.shop);
    }

    /// Names another host in every request from now on.
    pub(crate) fn calls_the_shop(&mut self, host: &str) {
        host.clone_into(&mut self.host);
    }

    /// Opens a page of the shop, given as path or whole address.
    pub(crate) async fn open(&mut self, address: &str) -> Option<Page> {
        self.follow(Method::GET, address, None).await
    }

    /// Sends a form of the shop.
    pub(crate) async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Option<Page> {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.follow(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn add(&mut self, sku: &str, quantity: &str) -> Option<Page> {
        self.send("/cart/items", &[("sku", sku), ("quantity", quantity)])
            .await
    }

    /// Fills in the checkout form and goes on until a page leads away to Stripe, or says why not.
    pub(crate) async fn check_out(&mut self) -> Option<Page> {
        self.send("/checkout", ADA).await
    }

    async fn follow(
        &mut self,
        method: Method,
        address: &str,
        body: Option<String>,
    ) -> Option<Page> {
        let (mut method, mut body) = (method, body);
        let mut path = local(address);
        for _ in 0..10 {
            let page = self.request(&method, &path, body.take()).await?;
            match page.headers.get(LOCATION) {
                Some(location) if page.status == 303 => path = local(location.to_str().unwrap()),
                _ => return Some(page),
            }
            method = Method::GET;
        }
        panic!("{address} leads round in circles");
    }

    async fn request(&mut self, method: &Method, path: &str, body: Option<String>) -> Option<Page> {
        let mut request = self
            .client
            .request(method.clone(), format!("{}{path}", self.shop))
            .header("accept", "text/html")
            .header("host", &self.host)
            .header("origin", PUBLIC_URL);
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body);
        }
        let response = self.with_cookies(request).send().await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for set in headers.get_all(SET_COOKIE) {
            let cookie = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = cookie.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Some(Page {
            path: path.to_owned(),
            status,
            headers,
            text: response.text().await.ok()?,
        })
    }

    fn with_cookies(&self, request: RequestBuilder) -> RequestBuilder {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if cookies.is_empty() {
            return request;
        }
        request.header(COOKIE, cookies.join("; "))
    }
}

impl Page {
    /// Where the page sends the browser on by itself.
    pub(crate) fn leads_to(&self) -> Option<String> {
        let refresh = self.text.split("http-equiv=\"refresh\"").nth(1)?;
        let address = refresh.split("url=").nth(1)?.split('"').next()?;
        Some(address.replace("&#38;", "&").replace("&amp;", "&"))
    }

    /// The Stripe session the page leads to.
    pub(crate) fn session(&self) -> Option<String> {
        let address = self.leads_to()?;
        address.rsplit('/').next().map(str::to_owned)
    }
}

/// An address of the shop without the host.
fn local(address: &str) -> String {
    address
        .strip_prefix(PUBLIC_URL)
        .unwrap_or(address)
        .to_owned()
}
