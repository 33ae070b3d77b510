//! A transport that gives one recorded answer.

use std::sync::{Arc, Mutex};

use astra_db::http::StatusCode;
use astra_db::{Document, Transport, TransportError, TransportReply, TransportRequest, Value};
use futures_util::future::BoxFuture;

#[derive(Clone, Debug)]
pub(crate) struct Script {
    answer: Arc<str>,
    sent: Arc<Mutex<Vec<Document>>>,
}

impl Script {
    pub(crate) fn answering(answer: &Value) -> Self {
        Self {
            answer: answer.to_string().into(),
            sent: Arc::default(),
        }
    }

    /// The first command that was sent.
    pub(crate) fn first(&self) -> Option<Document> {
        self.sent.lock().unwrap().first().cloned()
    }
}

impl Transport for Script {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
        let command = std::str::from_utf8(&request.body).unwrap().parse().unwrap();
        let mut sent = self.sent.lock().unwrap();
        sent.push(command);
        // update_many and delete_many go on until there is nothing left; what they add then is nothing.
        let body = match sent.len() {
            1 => self.answer.to_string(),
            _ => r#"{"status": {"matchedCount": 0, "modifiedCount": 0, "deletedCount": 0}}"#
                .to_owned(),
        };
        Box::pin(async move { Ok(TransportReply::new(StatusCode::OK, body)) })
    }
}
