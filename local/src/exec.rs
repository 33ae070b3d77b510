//! Under construction.
mod schema;
