//! A cluster of three nodes for tests, behind one [`Transport`].
//!
//! Each node is a Data API of its own, such as the embedded one. A command on a table is answered by the nodes that its
//! [`Consistency`] asks for; a write reaches the other nodes later, in the order in which writes were made, after a
//! delay that the seed decides. A node that is [down](ThreeNodes::take_down) answers nothing, and catches up once it is
//! [up](ThreeNodes::bring_up) again. Collections are lightweight transactions at a quorum on every server, so they have
//! one Data API to themselves and are always current.
//!
//! Delays count commands, not time: a run with one seed differs from the next only by what the program under test does.

mod command;
mod node;

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use astra_db::{Transport, TransportError, TransportReply, TransportRequest};
use fastrand::Rng;

use crate::command::Kind;
use crate::node::Node;

/// A write reaches a node after at most this many further commands.
const LONGEST_DELAY: u64 = 80;

/// How many nodes answer a command on a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// One: what it answers can be old.
    LocalOne,
    /// Two of the three: one of them has every acknowledged write.
    LocalQuorum,
}

/// Three nodes. Cheap to clone; clones are the same cluster.
#[derive(Debug, Clone)]
pub struct ThreeNodes(Arc<Cluster>);

#[derive(Debug)]
struct Cluster {
    nodes: [Node; 3],
    collections: Box<dyn Transport>,
    consistency: Consistency,
    tables: Mutex<HashSet<String>>,
    commands: AtomicU64,
    /// Writes are numbered and queued under this lock, so all nodes have the same order.
    rng: Mutex<Rng>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ThreeNodes {
    /// A cluster of three Data APIs, and one for collections. All four have to be empty.
    pub fn new<T: Transport>(
        nodes: [T; 3],
        collections: T,
        consistency: Consistency,
        seed: u64,
    ) -> Self {
        Self(Arc::new(Cluster {
            nodes: nodes.map(Node::new),
            collections: Box::new(collections),
            consistency,
            tables: Mutex::default(),
            commands: AtomicU64::new(0),
            rng: Mutex::new(Rng::with_seed(seed)),
        }))
    }

    /// Takes one of the nodes 0, 1 and 2 down.
    pub fn take_down(&self, node: usize) {
        self.0.nodes[node].set_up(false);
    }

    /// Brings a node up again. It catches up from here on, as late as any other.
    pub fn bring_up(&self, node: usize) {
        self.0.nodes[node].set_up(true);
    }

    /// Delivers every write to every node, so that the replicas agree.
    ///
    /// # Errors
    ///
    /// When a node could not be reached.
    pub async fn deliver_all(&self) -> Result<(), TransportError> {
        for node in &self.0.nodes {
            node.deliver(u64::MAX, u64::MAX).await?;
        }
        Ok(())
    }

    /// How many reads of tables were answered by a node that had not received every write.
    pub fn stale_reads(&self) -> u64 {
        self.0.nodes.iter().map(Node::stale_reads).sum()
    }
}

impl Transport for ThreeNodes {
    fn send(
        &self,
        request: TransportRequest,
    ) -> Pin<Box<dyn Future<Output = Result<TransportReply, TransportError>> + Send + '_>> {
        Box::pin(self.0.send(request))
    }
}

impl Cluster {
    async fn send(&self, request: TransportRequest) -> Result<TransportReply, TransportError> {
        let now = self.commands.fetch_add(1, Ordering::SeqCst);
        let kind = Kind::of(&request, &lock(&self.tables));
        match kind {
            Kind::Collections => self.collections.send(request).await,
            Kind::Keyspace => {
                self.everywhere(&request).await?;
                self.collections.send(request).await
            }
            Kind::Schema(created) => {
                lock(&self.tables).extend(created);
                self.everywhere(&request).await
            }
            Kind::Schemas => self.nodes[0].send(request).await,
            Kind::Read => self.read(request, now).await,
            Kind::Write => self.write(request, now).await,
        }
    }

    /// A schema change takes effect on all nodes before it is acknowledged, as on a real cluster.
    async fn everywhere(
        &self,
        request: &TransportRequest,
    ) -> Result<TransportReply, TransportError> {
        let [first, second, third] = &self.nodes;
        first.send(request.clone()).await?;
        second.send(request.clone()).await?;
        third.send(request.clone()).await
    }

    /// The nodes that answer a command: as many as the consistency asks for, in random order.
    fn coordinators(&self, rng: &mut Rng) -> Vec<&Node> {
        let mut nodes: Vec<&Node> = self.nodes.iter().filter(|node| node.is_up()).collect();
        rng.shuffle(&mut nodes);
        nodes.truncate(match self.consistency {
            Consistency::LocalOne => 1,
            Consistency::LocalQuorum => 2,
        });
        nodes
    }

    async fn read(
        &self,
        request: TransportRequest,
        now: u64,
    ) -> Result<TransportReply, TransportError> {
        let nodes = self.coordinators(&mut lock(&self.rng));
        for node in &nodes {
            node.deliver(now, u64::MAX).await?;
        }
        // Writes arrive in order, so the node that has more of them has all of what the other has.
        let newest = nodes.into_iter().max_by_key(|node| node.applied());
        let newest = newest.ok_or_else(|| TransportError::not_sent("all nodes are down"))?;
        newest.read(request).await
    }

    async fn write(
        &self,
        request: TransportRequest,
        now: u64,
    ) -> Result<TransportReply, TransportError> {
        let (nodes, number, reply) = {
            let mut rng = lock(&self.rng);
            let nodes = self.coordinators(&mut rng);
            let Some(first) = nodes.first() else {
                return Err(TransportError::not_sent("all nodes are down"));
            };
            let (mut number, mut reply) = (0, None);
            for node in &self.nodes {
                let due = now + rng.u64(0..=LONGEST_DELAY);
                let (queued, receiver) = node.queue(request.clone(), due);
                if std::ptr::eq(node, *first) {
                    (number, reply) = (queued, Some(receiver));
                }
            }
            (nodes, number, reply)
        };
        for node in &nodes {
            node.deliver(0, number).await?;
        }
        let gone = || TransportError::interrupted("the node gave no answer");
        reply.ok_or_else(gone)?.await.map_err(|_| gone())?
    }
}
