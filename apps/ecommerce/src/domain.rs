//! What the shop knows: its values and their rules. Nothing here knows anything else of the shop.

pub mod cart;
pub mod catalog;
pub mod checkout;
pub mod customer;
pub mod delivery;
pub mod id;
pub mod invalid;
pub(crate) mod moment;
pub mod money;
pub mod order;
pub mod order_line;
pub mod payment;
pub mod product;
pub mod quantity;
pub mod search;
pub mod stock;
