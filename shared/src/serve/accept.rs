//! Accepting connections: as many as there are descriptors for, and the ones that wait longest make room for others.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};

use super::connection;
use crate::activity::Activity;
use crate::log_limit::LogLimit;

/// The most connections at a time, however many descriptors there are.
const MOST: usize = 4096;
/// Descriptors that are left for everything else: files of the database, connections to other services.
const RESERVED: usize = 64;
/// How long to wait where no connection can be closed for another one.
const PAUSE: Duration = Duration::from_millis(50);

/// The connections of a server.
pub(super) struct Connections {
    app: Router,
    most: usize,
    tasks: JoinSet<()>,
    open: HashMap<Id, (AbortHandle, Arc<Activity>)>,
    stop: watch::Sender<()>,
    crowded: LogLimit,
    failed: LogLimit,
}

impl Connections {
    pub(super) fn new(app: Router) -> Self {
        Self {
            app,
            most: most_connections(),
            tasks: JoinSet::new(),
            open: HashMap::new(),
            stop: watch::Sender::default(),
            crowded: LogLimit::default(),
            failed: LogLimit::default(),
        }
    }

    /// Accepts connections, without an end.
    pub(super) async fn accept(&mut self, listener: &TcpListener) {
        loop {
            // Connections that are being closed count: until then they have their descriptors.
            let is_crowded = self.tasks.len() > self.most;
            tokio::select! {
                Some(ended) = self.tasks.join_next_with_id() => self.forget(ended),
                accepted = listener.accept(), if !is_crowded => match accepted {
                    Ok((stream, client)) => self.serve(stream, client),
                    Err(error) => self.report(&error).await,
                },
                () = tokio::time::sleep(PAUSE), if is_crowded => {
                    self.make_room();
                }
            }
        }
    }

    /// Lets the requests under way finish, and closes every connection that has none.
    pub(super) async fn finish(&mut self) {
        self.stop.send_replace(());
        while self.tasks.join_next().await.is_some() {}
    }

    fn serve(&mut self, stream: TcpStream, client: SocketAddr) {
        let activity = Arc::new(Activity::new());
        let served = connection::serve(
            stream,
            client,
            self.app.clone(),
            Arc::clone(&activity),
            self.stop.subscribe(),
        );
        let task = self.tasks.spawn(served);
        self.open.insert(task.id(), (task, activity));
        if self.open.len() > self.most {
            let most = self.most;
            self.crowded.log(|repeated| {
                tracing::warn!(
                    most,
                    repeated,
                    "there are as many connections as this process can hold; those that wait longest for their client are closed"
                );
            });
            self.make_room();
        }
    }

    fn forget(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
        self.open.remove(&id);
    }

    /// Closes the connection that has waited longest for its client, and answers whether there was one. Those whose
    /// requests are being answered stay.
    fn make_room(&mut self) -> bool {
        let waiting = self.open.iter().filter_map(|(id, (_, activity))| {
            let since = activity.waiting_since()?;
            Some((since, *id))
        });
        let longest = waiting.min().and_then(|(_, id)| self.open.remove(&id));
        if let Some((task, _)) = &longest {
            task.abort();
        }
        longest.is_some()
    }

    async fn report(&mut self, error: &io::Error) {
        // The client went away before it was served.
        if matches!(
            error.kind(),
            io::ErrorKind::ConnectionAborted
                | io::ErrorKind::ConnectionRefused
                | io::ErrorKind::ConnectionReset
        ) {
            return;
        }
        let open = self.open.len();
        self.failed.log(|repeated| {
            tracing::error!(%error, open, repeated, "a connection could not be accepted; the one that waits longest for its client is closed");
        });
        // Its descriptor is free once its task has ended.
        if self.make_room() {
            if let Some(ended) = self.tasks.join_next_with_id().await {
                self.forget(ended);
            }
        } else {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// As many as there are descriptors for, and some left for everything else.
fn most_connections() -> usize {
    descriptors().map_or(MOST, |limit| {
        let reserved = RESERVED.max(limit / 4).min(limit / 2);
        (limit - reserved).clamp(1, MOST)
    })
}

/// How many descriptors this process may open, where there is a limit.
#[cfg(unix)]
fn descriptors() -> Option<usize> {
    use rustix::process::{Resource, getrlimit};
    usize::try_from(getrlimit(Resource::Nofile).current?).ok()
}

#[cfg(not(unix))]
fn descriptors() -> Option<usize> {
    None
}
