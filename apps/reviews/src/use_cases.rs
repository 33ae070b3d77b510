//! What people do: one function each, which asks the store and decides by the rules of `domain`.

pub mod authenticate;
pub mod browse;
pub mod change_review;
pub mod find;
pub mod log_in;
pub mod manage_account;
pub mod moderate;
pub mod register;
pub mod write_review;
