//! Discord as the bot sees it: a REST API, a gateway, and people who type commands and press buttons.
//!
//! It refuses what Discord refuses and remembers every refusal as a complaint; [`Discord::assert_content`] fails the
//! test when there is one that was not expected.

mod answers;
mod checks;
mod commands;
mod gateway;
mod member;
mod openapi;
mod reply;
mod rest;
mod trouble;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub(crate) use gateway::{Cut, Gateway};
pub(crate) use member::{EntryPoint, Member};
pub(crate) use reply::Reply;
pub(crate) use trouble::Trouble;
use trouble::Troubles;

/// The token of the bot, in the form of Discord's.
pub(crate) const TOKEN: &str =
    "MTE5ODYyMjQ4MzQ3MTkyNTI0.GCl2Fm.the-secret-part-of-the-bot-token-0123";
pub(crate) const APPLICATION_ID: u64 = 1_198_622_483_471_925_248;
/// What every interaction token starts with, so that one can be found where it must not be.
pub(crate) const INTERACTION_TOKEN: &str = "aW50ZXJhY3Rpb246";
/// How long a test waits for something that has to happen, however busy the machine is.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// How Discord behaves in one test.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    /// How long a callback may take. Discord gives three seconds; a machine busy with other tests gets longer.
    pub(crate) deadline: Duration,
    pub(crate) shards: u32,
    pub(crate) heartbeat: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            deadline: PATIENCE,
            shards: 1,
            heartbeat: Duration::from_millis(41_250),
        }
    }
}

/// A handle to the stand-in; clones share it.
#[derive(Clone)]
pub(crate) struct Discord {
    state: Arc<State>,
}

pub(crate) struct State {
    /// The base of the REST API, without `/api/v10`.
    pub(crate) url: String,
    pub(crate) gateway: Gateway,
    options: Options,
    client: reqwest::Client,
    signing_key: SigningKey,
    next_id: AtomicU64,
    exchanges: Mutex<HashMap<u64, Exchange>>,
    commands: Mutex<BTreeMap<Option<u64>, Vec<Value>>>,
    troubles: Mutex<Troubles>,
    requests: Mutex<Vec<String>>,
    complaints: Mutex<Vec<String>>,
    changed: watch::Sender<()>,
}

/// One interaction and what the bot has answered to it so far.
#[derive(Debug, Clone)]
struct Exchange {
    token: String,
    kind: u64,
    guild_id: u64,
    started: Instant,
    /// When the callback came, and what it was.
    callback: Option<(Duration, Value)>,
    /// The message that the answer made or changed, as people see it.
    message: Option<Value>,
    /// Whether people still see "the bot is thinking".
    is_loading: bool,
    followups: Vec<Value>,
}

impl Discord {
    pub(crate) async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    pub(crate) async fn start_with(options: Options) -> Self {
        Self::launch(options, [7; 32]).await
    }

    /// Another application's.
    pub(crate) async fn start_with_key(secret: [u8; 32]) -> Self {
        Self::launch(Options::default(), secret).await
    }

    async fn launch(options: Options, secret: [u8; 32]) -> Self {
        let rest = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", rest.local_addr().unwrap());
        let gateway = Gateway::start(options).await;
        // Discord's ids hold the time since 2015 in their upper 42 bits.
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() - 1_420_070_400_000;
        let state = Arc::new(State {
            url,
            gateway,
            options,
            client: reqwest::Client::new(),
            signing_key: SigningKey::from_bytes(&secret),
            next_id: AtomicU64::new(u64::try_from(now).unwrap() << 22),
            exchanges: Mutex::default(),
            commands: Mutex::default(),
            troubles: Mutex::default(),
            requests: Mutex::default(),
            complaints: Mutex::default(),
            changed: watch::Sender::new(()),
        });
        tokio::spawn(axum::serve(rest, rest::routes(Arc::clone(&state))).into_future());
        Self { state }
    }

    pub(crate) fn url(&self) -> &str {
        &self.state.url
    }

    pub(crate) fn gateway(&self) -> &Gateway {
        &self.state.gateway
    }

    /// The application's public key, as the developer portal shows it.
    pub(crate) fn public_key(&self) -> String {
        hex(self.state.signing_key.verifying_key().as_bytes())
    }

    /// The signature of a request, in hex.
    pub(crate) fn sign(&self, timestamp: &str, body: &str) -> String {
        let signature = self
            .state
            .signing_key
            .sign(format!("{timestamp}{body}").as_bytes());
        hex(&signature.to_bytes())
    }

    /// Somebody in a guild, who talks to the bot through one of its entry points.
    pub(crate) fn member(&self, entry_point: &EntryPoint, guild_id: u64, user_id: u64) -> Member {
        Member::new(
            Arc::clone(&self.state),
            entry_point.clone(),
            guild_id,
            user_id,
        )
    }

    /// Takes the first answer to an interaction as it came from the HTTP entry point.
    pub(crate) fn accept(&self, interaction_id: u64, body: &str) {
        let body = serde_json::from_str(body).unwrap();
        answers::accept(&self.state, interaction_id, body).unwrap();
    }

    /// The commands as published, `None` for everywhere.
    pub(crate) fn commands(&self, guild_id: Option<u64>) -> Vec<Value> {
        let commands = self.state.commands.lock().unwrap();
        commands.get(&guild_id).cloned().unwrap_or_default()
    }

    /// Waits until there are commands.
    pub(crate) async fn published(&self, guild_id: Option<u64>) {
        let is_there = |state: &State| {
            let commands = state.commands.lock().unwrap();
            commands
                .get(&guild_id)
                .filter(|commands| !commands.is_empty())
                .map(drop)
        };
        self.state.until("commands", is_there).await;
    }

    /// Waits for a request like this among those after the first few.
    pub(crate) async fn asked(&self, after: usize, method: &str, path_end: &str) {
        self.asked_times(after, method, path_end, 1).await;
    }

    /// Waits for so many of them.
    pub(crate) async fn asked_times(
        &self,
        after: usize,
        method: &str,
        path_end: &str,
        times: usize,
    ) {
        let is_there = |state: &State| {
            let requests = state.requests.lock().unwrap();
            requests
                .iter()
                .skip(after)
                .filter(|it| it.starts_with(method) && it.ends_with(path_end))
                .nth(times - 1)
                .map(drop)
        };
        self.state.until("such request", is_there).await;
    }

    /// Publishes commands as somebody else did before.
    pub(crate) fn set_commands(&self, guild_id: Option<u64>, commands: Vec<Value>) {
        self.state
            .commands
            .lock()
            .unwrap()
            .insert(guild_id, commands);
    }

    /// What some of the next requests meet.
    pub(crate) fn trouble(&self, trouble: Trouble) {
        self.state.troubles.lock().unwrap().0.push(trouble);
    }

    pub(crate) fn end_troubles(&self) {
        self.state.troubles.lock().unwrap().0.clear();
    }

    /// How many troubles are still to be met.
    pub(crate) fn troubles_left(&self) -> usize {
        self.state.troubles.lock().unwrap().0.len()
    }

    /// Method and path of every request so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.state.requests.lock().unwrap().clone()
    }

    /// What Discord would not have accepted, and takes it off the list.
    pub(crate) fn take_complaints(&self) -> Vec<String> {
        std::mem::take(&mut *self.state.complaints.lock().unwrap())
    }

    #[track_caller]
    pub(crate) fn assert_content(&self) {
        let complaints = self.take_complaints();
        assert!(
            complaints.is_empty(),
            "Discord complains:\n{}",
            complaints.join("\n")
        );
    }
}

impl State {
    fn complain(&self, complaint: impl Display) {
        self.complaints.lock().unwrap().push(complaint.to_string());
    }

    fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Waits until `ready` finds what it looks for.
    async fn until<T>(&self, what: &str, mut ready: impl FnMut(&Self) -> Option<T>) -> T {
        let mut changed = self.changed.subscribe();
        let found = async {
            loop {
                if let Some(found) = ready(self) {
                    return found;
                }
                changed.changed().await.unwrap();
            }
        };
        let found = tokio::time::timeout(PATIENCE, found).await.ok();
        found.unwrap_or_else(|| panic!("no {what}; complaints: {:#?}", self.complaints))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap();
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
