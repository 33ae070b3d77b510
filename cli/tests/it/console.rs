//! The console, as a browser without JavaScript sees it.

mod access;
mod browser;
mod collections;
mod commands;
mod connect;
mod documents;
mod tables;
