//! What the transports of one `Faults` remember.

use std::collections::{HashMap, HashSet};

use super::command::Command;
use super::fault::{Fault, FaultCounts};

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) stopped: bool,
    pub(super) played: FaultCounts,
    /// The tables that the schema cache of the server holds, by path.
    pub(super) touched: HashSet<String>,
    /// How many requests the outage still refuses.
    pub(super) outage_left: u32,
    pub(super) had_outage: bool,
    /// Whether the credentials have worked.
    pub(super) logged_in: bool,
    /// The commands of a name on a target.
    met: HashMap<(String, String), Met>,
}

/// What the commands of a name on a target have met.
#[derive(Debug, Default)]
pub(super) struct Met {
    /// How many there were.
    pub(super) commands: u64,
    /// How many faults the last ones met, one after the other.
    pub(super) in_a_row: u32,
}

impl State {
    pub(super) fn stop(&mut self) {
        self.stopped = true;
        self.outage_left = 0;
    }

    pub(super) fn begin_outage(&mut self, requests: u32) {
        self.outage_left = requests;
        self.had_outage = true;
    }

    /// Whether what went before lets this fault happen.
    pub(super) fn allows(&self, fault: Fault) -> bool {
        match fault {
            Fault::LoginRefused => self.logged_in,
            Fault::SchemaHang => self.had_outage,
            _ => true,
        }
    }

    /// What the commands like this one have met.
    pub(super) fn met(&mut self, command: &Command<'_>) -> &mut Met {
        let key = (command.name.clone(), command.target.to_owned());
        self.met.entry(key).or_default()
    }

    /// The server starts with an empty schema cache, and answers lists again.
    pub(super) fn restart(&mut self) {
        self.touched.clear();
        self.outage_left = 0;
        self.had_outage = false;
    }
}
