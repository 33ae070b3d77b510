//! The admin pages: who may come in, orders and products. What somebody does here is logged.

pub(crate) mod orders;
pub(crate) mod products;
pub(crate) mod session;
