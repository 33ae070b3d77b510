//! `discord-bot`: see README.md.

fn main() {}
