//! The gateway: one WebSocket for each shard, with sessions that survive a lost connection.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_async};

use super::{APPLICATION_ID, Options, PATIENCE, TOKEN};

/// How a connection ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cut {
    /// The line goes dead, as when a server crashes.
    Drop,
    /// Discord closes with this code.
    Close(u16),
    /// Discord asks to reconnect (op 7) and to resume.
    Reconnect,
    /// Discord forgets the session (op 9).
    InvalidSession,
}

/// What happened on the gateway so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) identified: u32,
    pub(crate) resumed: u32,
    pub(crate) heartbeats: u32,
    /// The code of the bot's own close frames.
    pub(crate) closed: Vec<u16>,
    /// Connections that were turned away.
    pub(crate) refused: u32,
    /// The intents of the last IDENTIFY.
    pub(crate) intents: u64,
}

#[derive(Clone)]
pub(crate) struct Gateway {
    url: String,
    options: Options,
    sessions: Arc<Mutex<HashMap<String, Session>>>,
    counts: Arc<watch::Sender<Counts>>,
    is_shut: Arc<AtomicBool>,
}

struct Session {
    shard: u64,
    /// Everything dispatched, to be sent again after a RESUME; `s` is the index plus one.
    events: Vec<Value>,
    connection: Option<mpsc::UnboundedSender<Order>>,
}

enum Order {
    Send(Value),
    Cut(Cut),
}

type Socket = WebSocketStream<TcpStream>;

impl Gateway {
    pub(crate) async fn start(options: Options) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let gateway = Self {
            url: format!("ws://{}", listener.local_addr().unwrap()),
            options,
            sessions: Arc::default(),
            counts: Arc::new(watch::Sender::default()),
            is_shut: Arc::default(),
        };
        let serving = gateway.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if serving.is_shut.load(Ordering::Relaxed) {
                    serving.count(|counts| counts.refused += 1);
                    continue;
                }
                let gateway = serving.clone();
                tokio::spawn(async move {
                    if let Ok(socket) = accept_async(stream).await {
                        gateway.converse(socket).await;
                    }
                });
            }
        });
        gateway
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits until what happened is as asked for.
    pub(crate) async fn until(&self, is_so: impl Fn(&Counts) -> bool) -> Counts {
        let mut counts = self.counts.subscribe();
        let waited = tokio::time::timeout(PATIENCE, counts.wait_for(|counts| is_so(counts))).await;
        let waited = waited.unwrap_or_else(|_| panic!("the gateway stays at {:?}", self.counts()));
        waited.unwrap().clone()
    }

    /// What happened so far.
    pub(crate) fn counts(&self) -> Counts {
        self.counts.borrow().clone()
    }

    /// Waits until every shard has a session.
    pub(crate) async fn connected(&self) {
        let shards = self.options.shards;
        self.until(|counts| counts.identified >= shards).await;
    }

    /// Sends an event to the shard of this guild, now or when it has resumed.
    pub(crate) fn dispatch(&self, guild_id: u64, kind: &str, data: &Value) {
        // https://discord.com/developers/docs/events/gateway#sharding
        let shard = (guild_id >> 22) % u64::from(self.options.shards);
        let mut sessions = self.sessions.lock().unwrap();
        let session = sessions
            .values_mut()
            .find(|session| session.shard == shard)
            .expect("the shard has identified");
        let event = json!({ "op": 0, "t": kind, "s": session.events.len() + 1, "d": data });
        session.events.push(event.clone());
        if let Some(connection) = &session.connection {
            // A connection that is gone gets it again on RESUME.
            let _ = connection.send(Order::Send(event));
        }
    }

    /// Sends text as it is, whatever it means.
    pub(crate) fn send_raw(&self, event: &Value) {
        let sessions = self.sessions.lock().unwrap();
        for connection in sessions
            .values()
            .filter_map(|session| session.connection.as_ref())
        {
            let _ = connection.send(Order::Send(event.clone()));
        }
    }

    /// Ends every connection this way.
    pub(crate) fn cut(&self, cut: Cut) {
        let mut sessions = self.sessions.lock().unwrap();
        for session in sessions.values_mut() {
            if let Some(connection) = session.connection.take() {
                let _ = connection.send(Order::Cut(cut));
            }
        }
        if matches!(cut, Cut::InvalidSession) {
            sessions.clear();
        }
    }

    /// Lets the lines go dead and forgets the sessions.
    pub(crate) fn forget(&self) {
        self.cut(Cut::Drop);
        self.sessions.lock().unwrap().clear();
    }

    /// Lets all lines go dead, and takes no others until it is opened again.
    pub(crate) fn shut(&self) {
        self.is_shut.store(true, Ordering::Relaxed);
        self.forget();
    }

    pub(crate) fn open(&self) {
        self.is_shut.store(false, Ordering::Relaxed);
    }

    fn count(&self, change: impl FnOnce(&mut Counts)) {
        self.counts.send_modify(change);
    }

    async fn converse(&self, mut socket: Socket) {
        let interval = u64::try_from(self.options.heartbeat.as_millis()).unwrap();
        if send(
            &mut socket,
            json!({ "op": 10, "s": null, "t": null, "d": { "heartbeat_interval": interval } }),
        )
        .await
        .is_none()
        {
            return;
        }
        let (orders_in, mut orders) = mpsc::unbounded_channel();
        loop {
            let goes_on = tokio::select! {
                received = socket.next() => match received {
                    Some(Ok(Message::Text(text))) => self.hear(&mut socket, &text, &orders_in).await,
                    Some(Ok(Message::Close(frame))) => {
                        let code = frame.map_or(1005, |frame| frame.code.into());
                        self.count(|counts| counts.closed.push(code));
                        None
                    }
                    Some(Ok(_)) => Some(()),
                    Some(Err(_)) | None => None,
                },
                Some(order) = orders.recv() => obey(&mut socket, order).await,
            };
            if goes_on.is_none() {
                // Lets a close frame be answered before the line goes.
                let _ = socket.flush().await;
                return;
            }
        }
    }

    /// Answers what the bot said; `None` ends the connection.
    async fn hear(
        &self,
        socket: &mut Socket,
        text: &str,
        orders: &mpsc::UnboundedSender<Order>,
    ) -> Option<()> {
        let said: Value = serde_json::from_str(text).unwrap();
        let data = &said["d"];
        match said["op"].as_u64() {
            Some(1) => {
                self.count(|counts| counts.heartbeats += 1);
                send(socket, json!({ "op": 11, "s": null, "t": null, "d": null })).await
            }
            Some(2 | 6) if data["token"] != TOKEN && data["token"] != format!("Bot {TOKEN}") => {
                close(socket, 4004, "Authentication failed.").await
            }
            Some(2) => {
                let ready = self.identify(data, orders.clone());
                send(socket, ready).await?;
                let intents = data["intents"].as_u64().unwrap();
                self.count(|counts| {
                    counts.identified += 1;
                    counts.intents = intents;
                });
                Some(())
            }
            Some(6) => match self.resume(data, orders.clone()) {
                Some(missed) => {
                    for event in missed {
                        send(socket, event).await?;
                    }
                    self.count(|counts| counts.resumed += 1);
                    Some(())
                }
                None => send(socket, json!({ "op": 9, "s": null, "t": null, "d": false })).await,
            },
            _ => Some(()),
        }
    }

    fn identify(&self, data: &Value, connection: mpsc::UnboundedSender<Order>) -> Value {
        let mut sessions = self.sessions.lock().unwrap();
        let session_id = format!("session-{}", self.counts.borrow().identified + 1);
        let shard = data["shard"].clone();
        let ready = json!({ "op": 0, "t": "READY", "s": 1, "d": {
            "v": 10,
            "user": { "id": APPLICATION_ID.to_string(), "username": "documents", "discriminator": "0000", "avatar": null, "bot": true },
            "guilds": [],
            "session_id": session_id,
            "resume_gateway_url": self.url,
            "shard": shard,
            "application": { "id": APPLICATION_ID.to_string(), "flags": 0 },
        } });
        let shard = shard[0].as_u64().unwrap_or(0);
        sessions.retain(|_, session| session.shard != shard);
        sessions.insert(
            session_id,
            Session {
                shard,
                events: vec![ready.clone()],
                connection: Some(connection),
            },
        );
        ready
    }

    /// What the session has missed, then RESUMED; `None` where there is no such session.
    fn resume(&self, data: &Value, connection: mpsc::UnboundedSender<Order>) -> Option<Vec<Value>> {
        let mut sessions = self.sessions.lock().unwrap();
        let session = sessions.get_mut(data["session_id"].as_str()?)?;
        let seen = usize::try_from(data["seq"].as_u64()?).ok()?;
        let resumed = json!({ "op": 0, "t": "RESUMED", "s": session.events.len() + 1, "d": { "_trace": [] } });
        session.events.push(resumed);
        session.connection = Some(connection);
        Some(session.events.get(seen..)?.to_vec())
    }
}

async fn obey(socket: &mut Socket, order: Order) -> Option<()> {
    match order {
        Order::Send(event) => send(socket, event).await,
        Order::Cut(Cut::Drop) => None,
        Order::Cut(Cut::Close(code)) => close(socket, code, "").await,
        Order::Cut(Cut::Reconnect) => {
            send(socket, json!({ "op": 7, "s": null, "t": null, "d": null })).await
        }
        Order::Cut(Cut::InvalidSession) => {
            send(socket, json!({ "op": 9, "s": null, "t": null, "d": false })).await
        }
    }
}

async fn send(socket: &mut Socket, value: Value) -> Option<()> {
    socket.send(Message::text(value.to_string())).await.ok()
}

/// Closes and waits for the other side to close, too.
async fn close(socket: &mut Socket, code: u16, reason: &'static str) -> Option<()> {
    let frame = CloseFrame {
        code: code.into(),
        reason: reason.into(),
    };
    socket.close(Some(frame)).await.ok()?;
    while let Some(Ok(_)) = socket.next().await {}
    None
}
