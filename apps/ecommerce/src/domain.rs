//! What the shop knows: its values, their rules, and the use cases that change them.
//!
//! Nothing here knows HTTP, HTML or the wire format of the database. A use case takes the
//! [`Store`](crate::store::Store), so that a handler makes one call instead of load, decide, save.

pub mod cart;
pub mod checkout;
pub mod customer;
pub mod delivery;
pub mod id;
pub mod invalid;
pub mod keywords;
pub(crate) mod moment;
pub mod money;
pub mod order;
pub mod order_line;
pub mod payment;
pub mod product;
pub mod quantity;
pub mod search;
pub mod stock;
