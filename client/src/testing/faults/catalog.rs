//! Which names are tables: the server has other manners with them than with collections.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use serde::Deserialize;

use super::command::Command;
use crate::transport::{Transport, TransportRequest};

/// What is known of the names in each keyspace; asked of the transport below.
#[derive(Debug, Default)]
pub(super) struct Catalog(Mutex<HashMap<String, bool>>);

#[derive(Deserialize)]
struct Answer {
    status: Tables,
}

#[derive(Deserialize)]
struct Tables {
    tables: Vec<String>,
}

impl Catalog {
    /// Whether a request goes to a table.
    pub(super) async fn is_table(
        &self,
        transport: &dyn Transport,
        request: &TransportRequest,
    ) -> bool {
        let Some((keyspace, name)) = request.path.split_once('/') else {
            return false;
        };
        if let Some(known) = self.names().get(&request.path) {
            return *known;
        }
        let Some(tables) = tables(transport, request, keyspace).await else {
            return false;
        };
        let is_table = tables.iter().any(|table| table == name);
        self.names().insert(request.path.clone(), is_table);
        is_table
    }

    /// A change of the schema can make a table of a name, or a collection.
    pub(super) fn forget(&self, command: &Command<'_>) {
        let keyspace = command.target.split('/').next().unwrap_or_default();
        let of_it = |path: &str| path.split('/').next() == Some(keyspace);
        self.names()
            .retain(|path, _| !keyspace.is_empty() && !of_it(path));
    }

    fn names(&self) -> std::sync::MutexGuard<'_, HashMap<String, bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn tables(
    transport: &dyn Transport,
    request: &TransportRequest,
    keyspace: &str,
) -> Option<Vec<String>> {
    let request = TransportRequest {
        path: keyspace.to_owned(),
        body: Bytes::from_static(br#"{"listTables": {}}"#),
        ..request.clone()
    };
    let reply = transport.send(request).await.ok()?;
    let answer: Answer = serde_json::from_slice(&reply.body).ok()?;
    Some(answer.status.tables)
}
