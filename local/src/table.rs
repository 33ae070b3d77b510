//! Tables: typed columns, a primary key of partition and clustering columns, rows of CQL values.
//!
//! Everything here is pure: it reads requests into typed values, decides, and writes answers. Rows lie in
//! `storage/rows.rs`, commands run in `exec/tables`. In reading order: what a column can hold ([`column_type`]), the
//! values themselves ([`value`]), what a table is ([`definition`]) with its indexes ([`index`]) and rows ([`row`]), how
//! all of that is asked for (the `_request` modules, [`alter`], [`user_type`]), and the languages to select ([`filter`],
//! [`sort`], [`projection`]) and change ([`assignment`], [`update`]) rows with.

pub(crate) mod alter;
pub(crate) mod assignment;
pub(crate) mod column_type;
pub(crate) mod cql_name;
pub(crate) mod definition;
pub(crate) mod definition_request;
pub(crate) mod filter;
pub(crate) mod index;
pub(crate) mod index_request;
pub(crate) mod index_rules;
mod indexed;
pub(crate) mod projection;
pub(crate) mod row;
pub(crate) mod sort;
pub(crate) mod type_request;
pub(crate) mod update;
pub(crate) mod user_type;
pub(crate) mod value;
