//! A database that writes down what it is asked, and can be away.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use astra_db::{
    DataApiClient, Database, Environment, Transport, TransportError, TransportReply,
    TransportRequest,
};
use futures_util::future::BoxFuture;
use serde_json::Value;
use shared::EmbeddedTransport;

/// Writes down every command, `findOne carts`, and how many documents were answered. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Listening {
    engine: EmbeddedTransport,
    heard: Arc<Mutex<Vec<String>>>,
    documents: Arc<Mutex<usize>>,
    away: Arc<AtomicBool>,
}

impl Transport for Listening {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
        let body = String::from_utf8_lossy(&request.body);
        let command = body.split('"').nth(1).unwrap_or_default();
        let collection = request.path.rsplit('/').next().unwrap_or_default();
        let heard = format!("{command} {collection}");
        self.heard.lock().unwrap().push(heard);
        if self.away.load(Ordering::Relaxed) {
            return Box::pin(async { Err(TransportError::not_sent("the database is away")) });
        }
        let sent = self.engine.send(request);
        Box::pin(async move {
            let reply = sent.await?;
            let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            let documents = answer["data"]["documents"].as_array();
            *self.documents.lock().unwrap() += documents.map_or(0, Vec::len);
            Ok(reply)
        })
    }
}

impl Listening {
    pub(crate) fn new() -> Self {
        Self {
            engine: EmbeddedTransport::in_memory().unwrap(),
            heard: Arc::default(),
            documents: Arc::default(),
            away: Arc::default(),
        }
    }

    /// The database that is listened to, the same one whoever asks.
    pub(crate) async fn database(&self) -> Database {
        let client = DataApiClient::builder().environment(Environment::Other);
        let client = client.transport(self.clone()).build().unwrap();
        let database = client.database("listening").unwrap().keyspace("shop");
        database.create_keyspace("shop").await.unwrap();
        database
    }

    /// The commands since the last time.
    pub(crate) fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }

    /// How many documents were answered since the last time.
    pub(crate) fn documents(&self) -> usize {
        std::mem::take(&mut *self.documents.lock().unwrap())
    }

    /// From now on the database does not answer, or does again.
    pub(crate) fn is_away(&self, away: bool) {
        self.away.store(away, Ordering::Relaxed);
    }
}
