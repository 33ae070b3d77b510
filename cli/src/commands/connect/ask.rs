//! The questions, on a terminal.

use anyhow::Context as _;
use astra_db::ConnectionString;
use dialoguer::{Confirm, Input, Password, Select};
use secrecy::ExposeSecret;
use shared::settings::DEFAULT_KEYSPACE;

use astra_console::connection::{
    Given, Secret, Unusable, astra_endpoint, check_endpoint, check_keyspace, checked_token,
    has_credentials, is_whole, whole,
};

/// Asks for every piece that is missing. Each answer is checked before the next question.
pub(super) fn fill(given: &mut Given) -> anyhow::Result<()> {
    if given.string.is_none() && !given.names_astra() && given.url.is_none() {
        which(given)?;
    }
    let places = [&given.endpoint, &given.url];
    let place = places.into_iter().flatten().find(|place| is_whole(place));
    let string = given.string.as_ref().map(ExposeSecret::expose_secret);
    if let Some(string) = string.or(place.map(String::as_str)) {
        return fill_whole(&whole(string)?, given);
    }
    if given.url.is_some() {
        fill_self_hosted(given)?;
    } else {
        fill_astra(given)?;
    }
    if given.keyspace.is_none() {
        given.keyspace = Some(text("Keyspace", Some(DEFAULT_KEYSPACE), check_keyspace)?);
    }
    Ok(())
}

/// A connection string names the place and the keyspace; it may have no credentials.
fn fill_whole(uri: &ConnectionString, given: &mut Given) -> anyhow::Result<()> {
    if has_credentials(uri) {
        return Ok(());
    }
    if uri.environment().is_astra() {
        fill_token(given)
    } else if given.token.is_none() {
        fill_self_hosted(given)
    } else {
        Ok(())
    }
}

/// A question with yes or no.
pub(super) fn yes(question: &str) -> anyhow::Result<bool> {
    Confirm::new()
        .with_prompt(question)
        .default(true)
        .interact()
        .context("asking")
}

fn which(given: &mut Given) -> anyhow::Result<()> {
    let kinds = [
        "Astra DB",
        "A Data API of your own (HCD, DSE, Cassandra, astra-dev serve)",
        "A connection string",
    ];
    let chosen = Select::new()
        .with_prompt("Which database?")
        .items(kinds)
        .default(0)
        .interact()
        .context("asking")?;
    match chosen {
        1 => given.url = Some(text("URL", Some("http://127.0.0.1:8181"), check_place)?),
        2 => {
            let prompt = "Connection string (not shown)";
            given.string = Some(hidden(prompt, |text| whole(text).map(drop))?);
        }
        _ => {
            let place = text("Database id, or endpoint (https://…)", None, check_database)?;
            if place.contains("://") {
                given.endpoint = Some(place);
            } else {
                given.id = Some(place);
            }
        }
    }
    Ok(())
}

fn fill_astra(given: &mut Given) -> anyhow::Result<()> {
    if given.endpoint.is_none() {
        if given.id.is_none() {
            given.id = Some(text("Database id", None, check_id)?);
        }
        let id = given.id.clone().unwrap_or_default();
        if given.region.is_none() {
            let prompt = "Region, such as us-east-2";
            let check = |region: &str| astra_endpoint(&id, region).map(drop);
            given.region = Some(text(prompt, None, check)?);
        }
    }
    fill_token(given)
}

fn fill_token(given: &mut Given) -> anyhow::Result<()> {
    if given.token.is_none() {
        let prompt = "Application token (AstraCS:…, not shown)";
        let check = |text: &str| checked_token(text.into()).map(drop);
        given.token = Some(hidden(prompt, check)?);
    }
    Ok(())
}

fn fill_self_hosted(given: &mut Given) -> anyhow::Result<()> {
    if given.username.is_none() {
        given.username = Some(text("User", Some("cassandra"), |_| Ok(()))?);
    }
    if given.password.is_none() {
        given.password = Some(hidden("Password (not shown)", |_| Ok(()))?);
    }
    Ok(())
}

fn check_database(place: &str) -> Result<(), Unusable> {
    if place.contains("://") {
        check_place(place)
    } else {
        check_id(place)
    }
}

fn check_id(id: &str) -> Result<(), Unusable> {
    astra_endpoint(id, "us-east-2").map(drop)
}

/// An endpoint, or a connection string in its place.
fn check_place(place: &str) -> Result<(), Unusable> {
    if is_whole(place) {
        whole(place).map(drop)
    } else {
        check_endpoint(place)
    }
}

/// What is wrong with an answer, in one line.
fn said(check: impl Fn(&str) -> Result<(), Unusable>, answer: &str) -> Result<(), String> {
    let answer = answer.trim();
    let problem = match check(answer) {
        Ok(()) if answer.is_empty() => return Err("nothing was typed".to_owned()),
        Ok(()) => return Ok(()),
        Err(problem) => problem,
    };
    Err(format!("{problem}: {}", problem.hint))
}

fn text(
    prompt: &str,
    default: Option<&str>,
    check: impl Fn(&str) -> Result<(), Unusable>,
) -> anyhow::Result<String> {
    let input = Input::<String>::new().with_prompt(prompt);
    let input = match default {
        Some(default) => input.default(default.to_owned()),
        None => input,
    };
    let input = input.validate_with(|answer: &String| said(&check, answer));
    let answer = input.interact_text().context("asking")?;
    Ok(answer.trim().to_owned())
}

fn hidden(prompt: &str, check: impl Fn(&str) -> Result<(), Unusable>) -> anyhow::Result<Secret> {
    let answer = Password::new()
        .with_prompt(prompt)
        .validate_with(|answer: &String| said(&check, answer))
        .interact()
        .context("asking")?;
    Ok(answer.trim().into())
}
