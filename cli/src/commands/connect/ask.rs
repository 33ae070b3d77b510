//! The questions, on a terminal.

use anyhow::Context as _;
use dialoguer::{Confirm, Input, Password, Select};
use shared::settings::DEFAULT_KEYSPACE;

use crate::connection::{Given, Secret, astra_endpoint};

/// Asks for every piece that is missing.
pub(super) fn fill(given: &mut Given) -> anyhow::Result<()> {
    if !given.names_astra() && given.url.is_none() {
        which(given)?;
    }
    if given.url.is_some() {
        fill_self_hosted(given)?;
    } else {
        fill_astra(given)?;
    }
    if given.keyspace.is_none() {
        given.keyspace = Some(text("Keyspace", Some(DEFAULT_KEYSPACE))?);
    }
    Ok(())
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
    ];
    let chosen = Select::new()
        .with_prompt("Which database?")
        .items(kinds)
        .default(0)
        .interact()
        .context("asking")?;
    if chosen == 1 {
        given.url = Some(text("URL", Some("http://127.0.0.1:8181"))?);
        return Ok(());
    }
    let place = text("Database id, or endpoint (https://…)", None)?;
    if place.contains("://") {
        given.endpoint = Some(place);
    } else {
        given.id = Some(place);
    }
    Ok(())
}

fn fill_astra(given: &mut Given) -> anyhow::Result<()> {
    if given.endpoint.is_none() {
        if given.id.is_none() {
            given.id = Some(text("Database id", None)?);
        }
        if given.region.is_none() {
            given.region = Some(text("Region, such as us-east-2", None)?);
        }
        // Said now, not after the token has been typed.
        if let (Some(id), Some(region)) = (&given.id, &given.region) {
            astra_endpoint(id, region)?;
        }
    }
    if given.token.is_none() {
        given.token = Some(hidden("Application token (AstraCS:…, not shown)")?);
    }
    Ok(())
}

fn fill_self_hosted(given: &mut Given) -> anyhow::Result<()> {
    if given.username.is_none() {
        given.username = Some(text("User", Some("cassandra"))?);
    }
    if given.password.is_none() {
        given.password = Some(hidden("Password (not shown)")?);
    }
    Ok(())
}

fn text(prompt: &str, default: Option<&str>) -> anyhow::Result<String> {
    let input = Input::<String>::new().with_prompt(prompt);
    let input = match default {
        Some(default) => input.default(default.to_owned()),
        None => input,
    };
    let answer = input.interact_text().context("asking")?;
    Ok(answer.trim().to_owned())
}

fn hidden(prompt: &str) -> anyhow::Result<Secret> {
    let answer = Password::new()
        .with_prompt(prompt)
        .interact()
        .context("asking")?;
    Ok(answer.trim().into())
}
