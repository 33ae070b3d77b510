//! The console, as a browser without JavaScript sees it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod collections;
mod commands;
mod connect;
mod documents;
mod tables;

use std::time::Duration;

use astra_console::{Access, Console};
use astra_db::{Transport as _, TransportRequest};
use serde_json::Value;
use shared::EmbeddedTransport;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A console on a port, with a database in memory; gone when dropped.
struct Server {
    /// Host and port.
    address: String,
    transport: EmbeddedTransport,
    runtime: Runtime,
}

impl Server {
    /// With the password that everybody knows, for which nobody is asked.
    fn start() -> Self {
        Self::with("cassandra", Some("cassandra"), |_| Access::ThisMachine)
    }

    fn with_password(username: &'static str, password: &'static str) -> Self {
        Self::with(username, None, |port| {
            let is_user = move |name: &str, word: &str| (name, word) == (username, password);
            Access::sign_in(is_user, port)
        })
    }

    fn with(username: &str, password: Option<&str>, access: impl FnOnce(u16) -> Access) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let transport = EmbeddedTransport::in_memory().unwrap();
        let server = astra_console::Server {
            url: format!("http://{address}"),
            username: username.to_owned(),
            password: password.map(str::to_owned),
            data: "in memory, gone when this stops".to_owned(),
            directory: None,
        };
        let console = Console::new(transport.clone(), access(address.port()), server).unwrap();
        let pages = astra_console::router(console);
        runtime.spawn(shared::serve::serve_on(listener, pages, Duration::ZERO));
        Self {
            address: address.to_string(),
            transport,
            runtime,
        }
    }

    /// Sends a command past the console and gives the answer.
    fn command(&self, path: &str, command: &Value) -> Value {
        let path = path.trim_start_matches('/');
        let request = TransportRequest::new(path, command.to_string());
        let reply = self.runtime.block_on(self.transport.send(request)).unwrap();
        serde_json::from_slice(&reply.body).unwrap()
    }
}
