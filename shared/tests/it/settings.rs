//! Which database is meant, and what is said when that is not clear.

use std::ffi::OsString;

use secrecy::ExposeSecret as _;
use shared::env::{self, Env, SettingsErrors};
use shared::serve::ServeSettings;
use shared::settings::{Backend, DataSettings};
use shared::telemetry::{LogFormat, TelemetrySettings};

fn data(pairs: &[(&str, &str)]) -> Result<DataSettings, SettingsErrors> {
    DataSettings::from_env(env::of(pairs))
}

fn problems(pairs: &[(&str, &str)]) -> Vec<String> {
    data(pairs).unwrap_err().problems().to_vec()
}

const TOKEN: (&str, &str) = ("ASTRA_DB_APPLICATION_TOKEN", "AstraCS:secret");
const ENDPOINT: (&str, &str) = (
    "ASTRA_DB_API_ENDPOINT",
    "https://11111111-2222-3333-4444-555555555555-us-east-2.apps.astra.datastax.com",
);

#[test]
fn nothing_set_means_the_embedded_database_in_the_data_folder() {
    let settings = data(&[]).unwrap();
    assert_eq!(settings.keyspace, "default_keyspace");
    let Backend::Embedded { directory } = settings.backend else {
        panic!("{settings:?}");
    };
    assert_eq!(directory.to_str(), Some("./data"));
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let settings = data(&[("ASTRA_DB_API_ENDPOINT", ""), ("DATA_DIR", " /srv/data ")]).unwrap();
    let Backend::Embedded { directory } = settings.backend else {
        panic!("{settings:?}");
    };
    assert_eq!(directory.to_str(), Some("/srv/data"));
}

#[test]
fn an_endpoint_and_a_token_mean_astra() {
    let settings = data(&[ENDPOINT, TOKEN, ("ASTRA_DB_KEYSPACE", "shop")]).unwrap();
    assert_eq!(settings.keyspace, "shop");
    let Backend::Astra { endpoint, token } = settings.backend else {
        panic!("{settings:?}");
    };
    assert_eq!(endpoint, ENDPOINT.1);
    assert_eq!(token.expose_secret(), TOKEN.1);
}

#[test]
fn an_id_and_a_region_make_the_endpoint() {
    let id = ("ASTRA_DB_ID", "11111111-2222-3333-4444-555555555555");
    let settings = data(&[id, ("ASTRA_DB_REGION", "us-east-2"), TOKEN]).unwrap();
    let Backend::Astra { endpoint, .. } = settings.backend else {
        panic!("{settings:?}");
    };
    assert_eq!(endpoint, ENDPOINT.1);
}

#[test]
fn an_endpoint_beside_its_own_id_and_region_is_no_conflict() {
    let id = ("ASTRA_DB_ID", "11111111-2222-3333-4444-555555555555");
    assert!(data(&[ENDPOINT, id, ("ASTRA_DB_REGION", "us-east-2"), TOKEN]).is_ok());
    assert_eq!(
        problems(&[ENDPOINT, ("ASTRA_DB_REGION", "eu-west-1"), TOKEN]),
        ["ASTRA_DB_REGION names another database than ASTRA_DB_API_ENDPOINT: keep one of them"]
    );
}

#[test]
fn a_url_with_user_and_password_means_a_self_hosted_data_api() {
    let url = ("DATA_API_URL", "http://127.0.0.1:8181");
    let user = ("DATA_API_USERNAME", "cassandra");
    let settings = data(&[url, user, ("DATA_API_PASSWORD", "hidden")]).unwrap();
    assert!(!format!("{settings:?}").contains("hidden"));
    let Backend::SelfHosted {
        url,
        username,
        password,
    } = settings.backend
    else {
        panic!("{settings:?}");
    };
    assert_eq!(
        (url.as_str(), username.as_str()),
        ("http://127.0.0.1:8181", "cassandra")
    );
    assert_eq!(password.expose_secret(), "hidden");
}

#[test]
fn variables_of_two_databases_are_refused() {
    assert_eq!(
        problems(&[ENDPOINT, TOKEN, ("DATA_API_URL", "http://127.0.0.1:8181")]),
        [
            "the variables name different databases, an Astra database (ASTRA_DB_…) and a self-hosted one \
             (DATA_API_URL, DATA_API_USERNAME, DATA_API_PASSWORD): keep those of one"
        ]
    );
}

#[test]
fn a_connection_string_may_not_be_contradicted() {
    let uri = (
        "DATA_API_URI",
        "http://shop:hidden@127.0.0.1:8181/v1/orders",
    );
    assert_eq!(data(&[uri]).unwrap().keyspace, "orders");
    assert!(data(&[uri, ("ASTRA_DB_KEYSPACE", "orders")]).is_ok());
    assert_eq!(
        problems(&[uri, ("ASTRA_DB_KEYSPACE", "carts")]),
        [
            "ASTRA_DB_KEYSPACE is \"carts\", but DATA_API_URI names the keyspace \"orders\": keep one of them"
        ]
    );
}

#[test]
fn a_malformed_connection_string_is_a_problem_without_its_secrets() {
    let problems = problems(&[("DATA_API_URI", "http://shop:hidden@127.0.0.1:8181")]);
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].starts_with("DATA_API_URI: ") && !problems[0].contains("hidden"),
        "{problems:?}"
    );
}

#[test]
fn a_token_alone_is_not_taken_for_the_embedded_database() {
    assert_eq!(
        problems(&[TOKEN]),
        [
            "ASTRA_DB_API_ENDPOINT is missing, but ASTRA_DB_APPLICATION_TOKEN is set (an endpoint looks like \
             https://ID-REGION.apps.astra.datastax.com)"
        ]
    );
}

#[test]
fn every_problem_is_in_one_message_and_no_secret_is() {
    let lookup = env::of(&[
        ("DATA_API_URL", "localhost:8181"),
        ("DATA_API_PASSWORD", "hidden"),
        ("PORT", "eighty"),
        ("LOG_FORMAT", "xml"),
        ("RUST_LOG", "info,=x=y"),
    ]);
    let mut env = Env::new(&lookup);
    let data = DataSettings::read(&mut env);
    let serve = ServeSettings::read(&mut env);
    let telemetry = TelemetrySettings::read(&mut env);
    let errors = env
        .finish(|| Ok((data?, serve?, telemetry?)))
        .unwrap_err()
        .to_string();
    assert_eq!(
        errors,
        "5 settings need attention:
  DATA_API_URL is \"localhost:8181\", expected an address such as http://127.0.0.1:8181
  DATA_API_USERNAME is missing, but a self-hosted Data API is named (a new Cassandra knows the user cassandra)
  PORT is \"eighty\", expected a number such as 8080
  LOG_FORMAT is \"xml\", expected pretty or json
  RUST_LOG is \"info,=x=y\", expected levels such as info or info,astra_db=debug"
    );
}

#[cfg(unix)]
#[test]
fn on_lambda_the_embedded_database_is_refused() {
    const LAMBDA: (&str, &str) = ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
    let [problem] = &problems(&[LAMBDA])[..] else {
        panic!("one problem");
    };
    assert!(problem.contains("would be lost"), "{problem}");
    assert!(problem.contains("ASTRA_DB_API_ENDPOINT"), "{problem}");
    data(&[LAMBDA, ENDPOINT, TOKEN]).unwrap();
}

#[test]
fn a_value_that_is_no_text_is_a_problem() {
    use std::os::unix::ffi::OsStringExt as _;
    let lookup = |name: &str| (name == "DATA_DIR").then(|| OsString::from_vec(vec![0xff]));
    let errors = DataSettings::from_env(lookup).unwrap_err();
    assert_eq!(
        errors.problems(),
        ["DATA_DIR is not valid UTF-8, expected plain text"]
    );
}

#[test]
fn logs_are_json_where_the_setting_says_so() {
    let lookup = env::of(&[("LOG_FORMAT", "json")]);
    let mut env = Env::new(&lookup);
    let settings = TelemetrySettings::read(&mut env);
    let settings = env.finish(|| settings).unwrap();
    assert_eq!(settings.format, LogFormat::Json);
    assert_eq!(settings.filter, "info");
}
