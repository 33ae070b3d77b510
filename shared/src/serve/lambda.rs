//! AWS Lambda as the door: invocations by a function URL or by an API Gateway, of either payload version, become requests
//! of the same router.
//!
//! One process answers one invocation at a time and may be frozen between two of them, so whatever an answer promises
//! has to be done before it is given.

use std::convert::Infallible;
use std::net::SocketAddr;

use anyhow::anyhow;
use axum::Router;
use axum::extract::ConnectInfo;
use axum::response::Response;
use lambda_http::http::Uri;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt as _, service_fn};
use tower::ServiceExt as _;

/// Answers invocations until Lambda ends the process.
///
/// # Errors
///
/// When the runtime API is not reached or refuses an answer.
pub(super) async fn run(app: Router) -> anyhow::Result<()> {
    tracing::info!("answering invocations of AWS Lambda");
    let answer = service_fn(move |request| answer(app.clone(), request));
    // Its error is a boxed one that anyhow does not take as a source.
    lambda_http::run(answer)
        .await
        .map_err(|error| anyhow!("answering invocations of AWS Lambda: {error}"))
}

async fn answer(app: Router, mut request: Request) -> Result<Response, Infallible> {
    if let Some(uri) = without_stage(&request) {
        *request.uri_mut() = uri;
    }
    if let Some(address) = client_address(&request) {
        request.extensions_mut().insert(ConnectInfo(address));
    }
    app.oneshot(request).await
}

/// The address from which AWS received the request, in place of that of a connection. There is no port.
fn client_address(request: &Request) -> Option<SocketAddr> {
    let address = match request.extensions().get::<RequestContext>()? {
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref(),
        RequestContext::ApiGatewayV1(context) => context.identity.source_ip.as_deref(),
        _ => None,
    };
    Some(SocketAddr::new(address?.parse().ok()?, 0))
}

/// The address as the application knows it. The stage of an API Gateway is no part of it, unless it is `$default`, which
/// appears nowhere; payload version 2 carries it in the path, and `lambda_http` puts it there for version 1.
fn without_stage(request: &Request) -> Option<Uri> {
    let raw = request.raw_http_path();
    let path = match request.extensions().get::<RequestContext>()? {
        RequestContext::ApiGatewayV2(context) => {
            let stage = context.stage.as_deref()?;
            raw.strip_prefix('/')
                .and_then(|path| path.strip_prefix(stage))
                .filter(|rest| rest.is_empty() || rest.starts_with('/'))
                .unwrap_or(raw)
        }
        _ => raw,
    };
    let path = if path.is_empty() { "/" } else { path };
    match request.uri().query() {
        Some(query) => format!("{path}?{query}").parse().ok(),
        None => path.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use lambda_http::request::from_str;

    use axum::Router;
    use axum::body::to_bytes;
    use axum::routing::get;

    use super::{answer, without_stage};
    use crate::http::ClientAddress;

    /// An API Gateway invocation, payload version 2, with only what addresses need.
    fn address(stage: &str, path: &str, query: &str) -> String {
        let event = format!(
            r#"{{"version": "2.0", "routeKey": "$default", "rawPath": "{path}", "rawQueryString": "{query}",
                "headers": {{"host": "shop.example"}}, "isBase64Encoded": false, "requestContext": {{
                "stage": "{stage}", "http": {{"method": "GET", "path": "{path}"}}, "timeEpoch": 0}}}}"#
        );
        let request = from_str(&event).unwrap();
        let uri = without_stage(&request).unwrap_or_else(|| request.uri().clone());
        uri.path_and_query().unwrap().to_string()
    }

    #[test]
    fn a_stage_is_no_part_of_the_applications_addresses() {
        for (stage, path, query, expected) in [
            ("$default", "/products", "q=phone", "/products?q=phone"),
            ("prod", "/prod/products", "q=phone", "/products?q=phone"),
            ("prod", "/prod/", "", "/"),
            ("prod", "/prod", "", "/"),
            ("prod", "/prod", "q=1", "/?q=1"),
            ("prod", "/production", "", "/production"),
        ] {
            assert_eq!(
                address(stage, path, query),
                expected,
                "{stage} {path} {query}"
            );
        }
    }

    #[tokio::test]
    async fn the_clients_address_is_the_one_that_the_invocation_names() {
        let version_1 = r#"{"resource": "/", "path": "/", "httpMethod": "GET", "headers": {"host": "shop.example"},
            "multiValueHeaders": {}, "queryStringParameters": null, "multiValueQueryStringParameters": {},
            "pathParameters": {}, "stageVariables": {}, "body": null, "isBase64Encoded": false,
            "requestContext": {"stage": "prod", "path": "/", "httpMethod": "GET",
            "identity": {"sourceIp": "2001:db8::1"}}}"#;
        let version_2 = r#"{"version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "",
            "headers": {"host": "shop.example"}, "isBase64Encoded": false, "requestContext": {"stage": "$default",
            "http": {"method": "GET", "path": "/", "sourceIp": "203.0.113.7"}, "timeEpoch": 0}}"#;
        for (event, expected) in [(version_1, "2001:db8::1"), (version_2, "203.0.113.7")] {
            let show = |address: ClientAddress| async move { address.ip.to_string() };
            let app = Router::new().route("/", get(show));
            let response = answer(app, from_str(event).unwrap()).await.unwrap();
            let body = to_bytes(response.into_body(), 100).await.unwrap();
            assert_eq!(body, expected);
        }
    }
}
