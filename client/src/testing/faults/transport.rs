//! Carries requests, and plays a fault on some of them.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::catalog::Catalog;
use super::command::{Command, Kind};
use super::{Fault, Faults, answers};
use crate::transport::{Transport, TransportError, TransportReply, TransportRequest};

/// Carries requests to another transport and plays [`Faults`] on them. Made by [`Faults::over`].
#[derive(Clone, Debug)]
pub struct FaultyTransport {
    faults: Faults,
    below: Arc<dyn Transport>,
    catalog: Arc<Catalog>,
}

impl Transport for FaultyTransport {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
        Box::pin(self.carry(request))
    }
}

impl FaultyTransport {
    pub(super) fn new(faults: Faults, below: Arc<dyn Transport>) -> Self {
        Self {
            faults,
            below,
            catalog: Arc::default(),
        }
    }

    async fn carry(&self, request: TransportRequest) -> Result<TransportReply, TransportError> {
        // The body is shared, not copied.
        let original = request.clone();
        let mut command = Command::of(&original);
        command.is_on_table = self.catalog.is_table(&*self.below, &request).await;
        match self.faults.next(&command) {
            None => self.execute(request, &command).await,
            Some((fault, random)) => self.play(fault, random, request, &command).await,
        }
    }

    async fn play(
        &self,
        fault: Fault,
        mut random: fastrand::Rng,
        request: TransportRequest,
        command: &Command<'_>,
    ) -> Result<TransportReply, TransportError> {
        let is_executed = match fault {
            Fault::AnswerLost | Fault::SlowSchema => true,
            Fault::NodeDied | Fault::WriteTimeout | Fault::Hang => random.bool(),
            Fault::RaceLostSilently if !self.matches(&request, command).await => {
                return self.execute(request, command).await;
            }
            _ => false,
        };
        match fault {
            Fault::SchemaHang => return std::future::pending().await,
            Fault::SlowSchema => tokio::time::sleep(self.faults.slow).await,
            _ => {}
        }
        if is_executed {
            let answer = self.execute(request, command).await;
            if fault == Fault::SlowSchema || answer.is_err() {
                return answer;
            }
        }
        match fault {
            Fault::Hang => tokio::time::sleep(self.faults.hang).await,
            Fault::RaceLostSilently => self.faults.state().played.add(fault),
            Fault::Outage if random.bool() => {
                return answers::of(Fault::ConnectionRefused, command);
            }
            _ => {}
        }
        answers::of(fault, command)
    }

    async fn execute(
        &self,
        request: TransportRequest,
        command: &Command<'_>,
    ) -> Result<TransportReply, TransportError> {
        let reply = self.below.send(request).await?;
        if reply.status.is_success() {
            self.faults.state().logged_in = true;
        }
        if command.kind == Kind::Schema && !command.is_schema_list() {
            self.schema_changed(command);
        }
        Ok(reply)
    }

    /// The schema cache of the server lets go of what was changed.
    fn schema_changed(&self, command: &Command<'_>) {
        self.catalog.forget(command);
        let changed = match command.names() {
            Some(_) => Some(command.target.to_owned()),
            None => command
                .schema_name()
                .map(|name| format!("{}/{name}", command.target)),
        };
        if let Some(path) = changed {
            self.faults.state().touched.remove(&path);
        }
    }

    /// Whether there is a document that an update can lose a race for.
    async fn matches(&self, request: &TransportRequest, command: &Command<'_>) -> bool {
        let Some(body) = command.read_of_same() else {
            return false;
        };
        let read = TransportRequest {
            body: Bytes::from(body),
            ..request.clone()
        };
        let reply = self.below.send(read).await.ok();
        let answer = reply.and_then(|reply| serde_json::from_slice::<Found>(&reply.body).ok());
        answer.is_some_and(|found| found.data.document.is_some())
    }
}

#[derive(Deserialize)]
struct Found {
    data: FoundData,
}

#[derive(Deserialize)]
struct FoundData {
    document: Option<IgnoredAny>,
}
