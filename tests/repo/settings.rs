//! The front door lists the variables that every application reads. What an application reads beside them it checks itself.

use std::cell::RefCell;
use std::collections::BTreeSet;

use shared::env::Env;
use shared::serve::ServeSettings;
use shared::settings::DataSettings;
use shared::telemetry::TelemetrySettings;

use crate::tree;

#[test]
fn the_front_door_lists_exactly_the_variables_that_every_app_reads() {
    let asked = RefCell::new(BTreeSet::new());
    let lookup = |name: &str| {
        asked.borrow_mut().insert(name.to_owned());
        None
    };
    let mut env = Env::new(&lookup);
    let data = DataSettings::read(&mut env);
    let serve = ServeSettings::read(&mut env);
    let telemetry = TelemetrySettings::read(&mut env);
    env.finish(|| Ok((data?, serve?, telemetry?))).unwrap();
    assert_eq!(listed(&tree::read("README.md")), asked.into_inner());
}

/// The variables in the first column of a table: `` | `NAME` | ``.
fn listed(page: &str) -> BTreeSet<String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let names = rows.filter_map(|row| row.split('`').next());
    let is_variable = |name: &&str| {
        let mut bytes = name.bytes();
        bytes.all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    names.filter(is_variable).map(str::to_owned).collect()
}
