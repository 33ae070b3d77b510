//! A stripe-mock that is put each request too, unchanged, and says what Stripe's schema thinks of
//! it.

use std::sync::Mutex;

use axum::body::Bytes;
use axum::http::request::Parts;

/// A request and what stripe-mock answered.
#[derive(Debug, Clone)]
pub struct Mirrored {
    /// Method and path, without query: `POST /v1/checkout/sessions`.
    pub request: String,
    pub status: u16,
    pub answer: String,
}

#[derive(Debug)]
pub(crate) struct Mirror {
    url: String,
    heard: Mutex<Vec<Mirrored>>,
}

impl Mirror {
    pub(crate) fn of(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            heard: Mutex::default(),
        }
    }

    pub(crate) async fn put(&self, client: &reqwest::Client, parts: &Parts, body: &Bytes) {
        let url = format!("{}{}", self.url, parts.uri);
        let mut request = client.request(parts.method.clone(), url);
        for name in [
            "authorization",
            "content-type",
            "stripe-version",
            "idempotency-key",
        ] {
            if let Some(value) = parts.headers.get(name) {
                request = request.header(name, value);
            }
        }
        let response = request.body(body.clone()).send().await.unwrap();
        let mirrored = Mirrored {
            request: format!("{} {}", parts.method, parts.uri.path()),
            status: response.status().as_u16(),
            answer: response.text().await.unwrap(),
        };
        self.heard.lock().unwrap().push(mirrored);
    }

    pub(crate) fn heard(&self) -> Vec<Mirrored> {
        self.heard.lock().unwrap().clone()
    }
}
