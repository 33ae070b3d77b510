//! The console as `astra-dev serve` has it: who is let in, and what is kept.

mod access;
mod history;
