//! A database with the manners of a real cluster, drawn from a seed.

mod answers;
mod catalog;
mod command;
mod fault;
mod state;
mod transport;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use fault::{Fault, FaultCounts};
pub use transport::FaultyTransport;

use self::command::Command;
use self::state::State;
use crate::transport::Transport;

/// How many faults commands of a name on a target meet one after the other, outages aside: a client
/// that tries three times gets through.
const MOST_IN_A_ROW: u32 = 2;

/// Plays the faults of a real cluster on top of any transport.
///
/// Every request of a program can meet a [`Fault`]. Which one is drawn from the seed, the name of
/// the command, the collection or table, and how many such commands came before: the n-th
/// `updateOne` on `orders` meets the same fault in every run with this seed, however the tasks of
/// the program are scheduled and whatever the ids in its documents are.
///
/// Apart from outages, at most two such commands in a row meet a fault, so that three attempts are
/// enough where repeating is safe.
///
/// A command is either executed by the transport below, exactly once, or not at all; only its
/// answer is replaced. So what is stored at the end of a test is what a real cluster would store.
///
/// ```
/// use astra_db::testing::Faults;
/// use astra_db::{DataApiClient, Transport, TransportError, TransportReply, TransportRequest};
/// # use futures_util::future::BoxFuture;
/// # /// Stands for the database of your tests: an embedded one, a local server, a mock.
/// # #[derive(Debug)]
/// # struct TestDatabase;
/// # impl Transport for TestDatabase {
/// #     fn send(&self, _: TransportRequest) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
/// #         Box::pin(async { Ok(TransportReply::new(http::StatusCode::OK, r#"{"data": {"document": null}}"#)) })
/// #     }
/// # }
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), astra_db::Error> {
/// let faults = Faults::seeded(7);
/// let client = DataApiClient::builder()
///     .transport(faults.over(TestDatabase))
///     .build()?;
/// let orders = client.database("test")?.keyspace("shop").collection::<astra_db::Document>("orders");
/// for number in 0..100 {
///     // The client repeats what is safe to repeat; the rest is up to your program.
///     let _ = orders.find_one(serde_json::json!({"_id": number})).await;
/// }
/// println!("{}", faults.played());
/// # assert!(faults.played().total() > 0);
/// # Ok(())
/// # }
/// ```
///
/// Time is the one of tokio. On its paused clock waits take none; on a real one set
/// [`slow`](Self::slow) and [`hang`](Self::hang) to a few milliseconds.
///
/// Clones share the counts, and [`stop`](Self::stop) ends the faults of all.
#[derive(Clone, Debug)]
pub struct Faults {
    seed: u64,
    percent: u8,
    enabled: BTreeSet<Fault>,
    always: BTreeSet<Fault>,
    slow: Duration,
    hang: Duration,
    state: Arc<Mutex<State>>,
}

impl Faults {
    /// All faults: one request in ten meets one, the first request to each table always.
    pub fn seeded(seed: u64) -> Self {
        Self {
            seed,
            percent: 10,
            enabled: Fault::ALL.into(),
            always: BTreeSet::new(),
            slow: Duration::from_secs(1),
            hang: Duration::from_secs(27),
            state: Arc::default(),
        }
    }

    /// Plays these alone.
    ///
    /// ```
    /// use astra_db::testing::{Fault, Faults};
    ///
    /// let refusals = Faults::seeded(1).only([Fault::RateLimited, Fault::ConnectionRefused]);
    /// ```
    #[must_use]
    pub fn only(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.enabled = faults.into_iter().collect();
        self
    }

    /// Plays all but these.
    #[must_use]
    pub fn without(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        for fault in faults {
            self.enabled.remove(&fault);
        }
        self
    }

    /// Plays this one on every request that it fits, whatever is drawn for the others.
    ///
    /// ```
    /// use astra_db::testing::{Fault, Faults};
    ///
    /// // A cluster whose Data API no longer answers questions about its schema.
    /// let faults = Faults::seeded(1).only([]).always(Fault::SchemaHang);
    /// ```
    #[must_use]
    pub fn always(mut self, fault: Fault) -> Self {
        self.always.insert(fault);
        self
    }

    /// How many of a hundred requests meet a fault; 10.
    #[must_use]
    pub fn percent(mut self, percent: u8) -> Self {
        self.percent = percent;
        self
    }

    /// How long a slow change of the schema takes; 1 s.
    #[must_use]
    pub fn slow(mut self, duration: Duration) -> Self {
        self.slow = duration;
        self
    }

    /// How long a request hangs until its connection breaks; 27 s, which is longer than a client
    /// waits with its defaults.
    #[must_use]
    pub fn hang(mut self, duration: Duration) -> Self {
        self.hang = duration;
        self
    }

    /// A transport that plays these faults on what it carries to `transport`.
    pub fn over(&self, transport: impl Transport) -> FaultyTransport {
        FaultyTransport::new(self.clone(), Arc::new(transport))
    }

    /// Ends all faults, an outage included: every request is carried as it is.
    pub fn stop(&self) {
        self.state().stop();
    }

    /// Plays faults again after [`stop`](Self::stop).
    pub fn resume(&self) {
        self.state().stopped = false;
    }

    /// Begins an outage of this many requests.
    pub fn outage(&self, requests: u32) {
        self.state().begin_outage(requests);
    }

    /// Whether requests are refused by an outage that is not over.
    pub fn is_outage(&self) -> bool {
        self.state().outage_left > 0
    }

    /// Restarts the Data API: an outage is over, lists of the schema answer again, and the schema
    /// cache is empty.
    pub fn restart(&self) {
        self.state().restart();
    }

    /// What the faults are drawn from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How often each fault has been played so far.
    pub fn played(&self) -> FaultCounts {
        self.state().played.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault that this request meets, and the random numbers for its details.
    fn next(&self, command: &Command<'_>) -> Option<(Fault, fastrand::Rng)> {
        let mut state = self.state();
        if state.stopped {
            return None;
        }
        let met = state.met(command);
        met.commands += 1;
        let in_a_row = std::mem::take(&mut met.in_a_row);
        let mut random = fastrand::Rng::with_seed(command.hash(self.seed, met.commands));
        if state.outage_left > 0 {
            state.outage_left -= 1;
            return Some((Fault::Outage, random));
        }
        let fault = self.choose(&mut state, command, in_a_row, &mut random)?;
        state.met(command).in_a_row = in_a_row + 1;
        match fault {
            // Whether it is played turns out when the document is looked for.
            Fault::RaceLostSilently => {}
            _ => state.played.add(fault),
        }
        if fault == Fault::Outage {
            state.begin_outage(random.u32(3..9));
        }
        Some((fault, random))
    }

    fn choose(
        &self,
        state: &mut State,
        command: &Command<'_>,
        in_a_row: u32,
        random: &mut fastrand::Rng,
    ) -> Option<Fault> {
        let first_touch = command.is_on_table && state.touched.insert(command.target.to_owned());
        let fits = |fault: &Fault| fault.fits(command) && state.allows(*fault);
        let always = Fault::ALL
            .into_iter()
            .find(|fault| self.always.contains(fault) && fault.fits(command));
        if always.is_some() {
            return always;
        }
        if first_touch && self.enabled.contains(&Fault::SchemaMismatch) {
            return Some(Fault::SchemaMismatch);
        }
        let hangs = self.enabled.contains(&Fault::SchemaHang) && fits(&Fault::SchemaHang);
        if hangs {
            return Some(Fault::SchemaHang);
        }
        if in_a_row >= MOST_IN_A_ROW || random.u8(0..100) >= self.percent {
            return None;
        }
        let fitting: Vec<Fault> = self.enabled.iter().copied().filter(fits).collect();
        random.choice(fitting)
    }
}
