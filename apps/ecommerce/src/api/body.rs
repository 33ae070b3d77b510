//! JSON bodies.

use axum::extract::{FromRequest, Request};
use serde::de::{DeserializeOwned, IgnoredAny};
use shared::field_errors::FieldErrors;
use shared::http::Problem;
use shared::http::extract::{json_body, not_json};

/// A JSON body. What is wrong with it is said by field.
#[derive(Debug)]
pub(super) struct ApiJson<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = json_body(request, state).await?;
        // Without building a value of it, which takes a stack as deep as the body.
        serde_json::from_slice::<IgnoredAny>(&body).map_err(|error| not_json(&error))?;
        let mut json = serde_json::Deserializer::from_slice(&body);
        serde_path_to_error::deserialize(&mut json)
            .map(Self)
            .map_err(|error| {
                let path = error.path().to_string();
                let field = if path == "." { "body".to_owned() } else { path };
                let problem = error.into_inner().to_string();
                // Where in the text it was found is said by the field already.
                let problem = problem
                    .rsplit_once(" at line ")
                    .map_or(&*problem, |it| it.0);
                FieldErrors::one(field, problem).into()
            })
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::header::CONTENT_TYPE;
    use proptest::prelude::*;
    use test_support::small_stack::run;

    use super::*;
    use crate::forms::customer::CustomerDetails;

    /// A body of the API, or what is said about it.
    fn json(body: String) -> Result<CustomerDetails, String> {
        let request = Request::post("/")
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .unwrap();
        let read = run(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            runtime
                .unwrap()
                .block_on(ApiJson::from_request(request, &()))
        });
        read.map(|ApiJson(details)| details)
            .map_err(|problem| problem.sentence().unwrap_or_default().to_owned())
    }

    proptest! {
        #[test]
        fn adversarial_json_is_answered(
            depth in 0_usize..20_000, name in "name|street|unknown", is_object in any::<bool>(),
        ) {
            let (opening, closing) = if is_object { (r#"{"name":"#, "}") } else { ("[", "]") };
            let deep = format!("{}1{}", opening.repeat(depth), closing.repeat(depth));
            for body in [deep.clone(), format!(r#"{{"{name}":{deep}}}"#), opening.repeat(depth)] {
                let said = json(body).unwrap_err();
                prop_assert!(said.len() < 1_000, "{}", said.len());
            }
        }
    }
}
