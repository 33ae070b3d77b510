//! The front door lists the variables that every application reads. What an application reads beside them it checks itself.

use shared::env::Env;
use shared::serve::ServeSettings;
use shared::settings::DataSettings;
use shared::telemetry::TelemetrySettings;
use test_support::documents;

use crate::tree;

#[test]
fn the_front_door_lists_exactly_the_variables_that_every_app_reads() {
    let asked = documents::asked_for(&[&[]], |lookup| {
        let mut env = Env::new(lookup);
        let data = DataSettings::read(&mut env);
        let serve = ServeSettings::read(&mut env);
        let telemetry = TelemetrySettings::read(&mut env);
        env.finish(|| Ok((data?, serve?, telemetry?))).unwrap();
    });
    assert_eq!(documents::in_table(&tree::read("README.md")), asked);
}
