//! `reviews`: see README.md.

fn main() {}
