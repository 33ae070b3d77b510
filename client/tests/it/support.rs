//! What the tests share: a real HTTP server and a transport without one, both answering by closure.

pub(crate) mod commands;
pub(crate) mod devops_server;
mod script;
mod server;
pub(crate) mod tls_server;

use astra_db::{Collection, DataApiClient, DataApiClientBuilder, Database, Environment};

pub(crate) use script::{Outcome, Script};
pub(crate) use server::{Answer, Server};

/// A client for anything but Astra, with the token `secret-token`.
pub(crate) fn builder() -> DataApiClientBuilder {
    DataApiClient::builder()
        .environment(Environment::Other)
        .token("secret-token")
}

/// The keyspace `ks` of a database that answers by script.
pub(crate) fn scripted(script: &Script) -> Database {
    let client = builder().transport(script.clone()).build().unwrap();
    client.database("scripted").unwrap().keyspace("ks")
}

/// The collection `c` of that keyspace.
pub(crate) fn collection(script: &Script) -> Collection {
    scripted(script).collection("c")
}

/// The error of a result, for a call that has to fail.
pub(crate) fn failure<T>(result: astra_db::Result<T>) -> astra_db::Error {
    match result {
        Ok(_) => panic!("it succeeded"),
        Err(error) => error,
    }
}
