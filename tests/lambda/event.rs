//! What Lambda hands to a function for an HTTP request, and what it takes for the answer
//! (<https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>,
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

/// Who turns requests into events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gateway {
    FunctionUrl,
    /// An HTTP API with the stage `prod`, which is part of its addresses.
    HttpApi,
}

/// A request on its way to a function.
#[derive(Debug, Clone)]
pub(crate) struct Event(Value);

/// What a function answered.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    pub(crate) status_code: u16,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) cookies: Vec<String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    pub(crate) is_base64_encoded: bool,
}

impl Gateway {
    pub(crate) const ALL: [Self; 2] = [Self::FunctionUrl, Self::HttpApi];

    fn recorded(self) -> Value {
        let text = match self {
            Self::FunctionUrl => include_str!("events/function_url.json"),
            Self::HttpApi => include_str!("events/http_api.json"),
        };
        serde_json::from_str(text).unwrap()
    }

    pub(crate) fn get(self, address: &str) -> Event {
        self.request("GET", address)
    }

    pub(crate) fn request(self, method: &str, address: &str) -> Event {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let path = match self {
            Self::FunctionUrl => path.to_owned(),
            Self::HttpApi => format!("/prod{path}"),
        };
        let mut event = self.recorded();
        event["requestContext"]["http"]["method"] = json!(method);
        event["requestContext"]["http"]["path"] = json!(path);
        event["rawPath"] = json!(path);
        event["rawQueryString"] = json!(query);
        Event(event)
    }
}

impl Event {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.0["headers"][name] = json!(value);
        self
    }

    /// Asks for an answer that can be read as it is.
    pub(crate) fn uncompressed(self) -> Self {
        self.header("accept-encoding", "identity")
    }

    pub(crate) fn cookies(mut self, cookies: &[String]) -> Self {
        self.0["cookies"] = json!(cookies);
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", &body.to_string())
    }

    /// A form as a browser posts it, which says where it comes from.
    pub(crate) fn form(self, body: &str) -> Self {
        let host = self.0["headers"]["host"].as_str().unwrap().to_owned();
        self.header("origin", &format!("https://{host}"))
            .body("application/x-www-form-urlencoded", body)
    }

    /// Lambda sends every body that it does not take for text in base64; a form is such a body for a function URL.
    pub(crate) fn body(self, content_type: &str, body: &str) -> Self {
        let mut event = self
            .header("content-type", content_type)
            .header("content-length", &body.len().to_string());
        let binary = content_type != "application/json";
        event.0["isBase64Encoded"] = json!(binary);
        event.0["body"] = json!(if binary {
            STANDARD.encode(body)
        } else {
            body.to_owned()
        });
        event
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0.to_string().into_bytes()
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The cookies a browser would send back.
    pub(crate) fn cookies_to_return(&self) -> Vec<String> {
        let pair = |cookie: &String| cookie.split(';').next().unwrap().to_owned();
        self.cookies.iter().map(pair).collect()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        if self.is_base64_encoded {
            STANDARD.decode(&self.body).unwrap()
        } else {
            self.body.clone().into_bytes()
        }
    }

    pub(crate) fn text(&self) -> &str {
        assert!(!self.is_base64_encoded, "not text: {self:?}");
        &self.body
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.text()).unwrap()
    }

    #[track_caller]
    pub(crate) fn must_be(self, status: u16) -> Self {
        assert_eq!(self.status_code, status, "{self:?}");
        self
    }
}
