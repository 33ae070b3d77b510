//! One of the applications, started as Lambda starts it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use astra_local::{Credentials, Engine};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use crate::event::{Answer, Event};
use crate::runtime_api::{Ended, RuntimeApi};

/// A running function with a database of its own, which stands in for Astra.
#[derive(Debug)]
pub(crate) struct Function {
    name: &'static str,
    api: RuntimeApi,
    process: Child,
}

/// The variables of Lambda beside the address of its runtime API.
const LAMBDA: [(&str, &str); 3] = [
    ("AWS_LAMBDA_FUNCTION_NAME", "app"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
];

impl Function {
    /// Starts the binary `name`; `None`, said aloud, where it was not built.
    pub(crate) async fn start(name: &'static str, variables: &[(&str, &str)]) -> Option<Self> {
        let program = built(name)?;
        let api = RuntimeApi::start().await;
        let database = database().await;
        let started = Instant::now();
        let process = Command::new(program)
            .env_clear()
            .envs(LAMBDA)
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .env("DATA_API_URL", database)
            .env("DATA_API_USERNAME", "cassandra")
            .env("DATA_API_PASSWORD", "cassandra")
            .env("RUST_LOG", "warn")
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let function = Self { name, api, process };
        tokio::time::timeout(Duration::from_mins(1), function.api.ready())
            .await
            .expect("the function asks for its first invocation");
        say(&format!(
            "{name}: cold start {} ms, {} MB resident",
            started.elapsed().as_millis(),
            function.resident_megabytes()
        ));
        Some(function)
    }

    pub(crate) async fn invoke(&self, event: Event) -> Answer {
        let ended =
            tokio::time::timeout(Duration::from_secs(30), self.api.invoke(event.into_bytes()));
        match ended.await.expect("an answer in time") {
            Ended::Answered(body) => serde_json::from_slice(&body).unwrap(),
            Ended::Failed(body) => {
                panic!("{} failed: {}", self.name, String::from_utf8_lossy(&body))
            }
        }
    }

    /// 0 where the system does not say.
    fn resident_megabytes(&self) -> u64 {
        let id = self.process.id().unwrap();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.unwrap_or_default() / 1024
    }
}

/// What a function says that is started without any database.
pub(crate) async fn refusal(name: &'static str) -> Option<String> {
    let output = Command::new(built(name)?)
        .env_clear()
        .envs(LAMBDA)
        .env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1")
        .output();
    let output = output.await.unwrap();
    assert!(!output.status.success());
    Some(String::from_utf8_lossy(&output.stderr).into_owned())
}

/// What `LAMBDA_RELEASE` has, as docker/lambda/Makefile leaves it; else the program two folders above this one, as
/// `cargo test --workspace` builds every program before it runs the first test.
fn built(name: &str) -> Option<PathBuf> {
    if let Some(release) = std::env::var_os("LAMBDA_RELEASE") {
        let program = root().join(release).join(name).join("bootstrap");
        assert!(program.exists(), "{} is not there", program.display());
        return Some(program);
    }
    let this = std::env::current_exe().unwrap();
    let program = this.parent()?.parent()?.join(name);
    if program.exists() {
        return Some(program);
    }
    say(&format!(
        "skipped: {name} is not built, which cargo test --workspace does"
    ));
    None
}

/// Where relative paths begin.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Says it even when the test passes, whose standard output is kept from sight.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("standard error can be written to");
}

/// A Data API over HTTP, on a database in memory.
async fn database() -> String {
    let routes = astra_local::router(Engine::in_memory().unwrap(), Credentials::default());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, routes).into_future());
    url
}
