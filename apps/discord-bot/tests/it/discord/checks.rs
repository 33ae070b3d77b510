//! What Discord refuses, from its documentation: <https://discord.com/developers/docs>.
//!
//! Lengths are counted in characters. Each check answers with the first thing that is wrong.

use std::collections::HashSet;

use serde_json::Value;

type Checked = Result<(), String>;

/// The first answer to an interaction of this kind.
pub(crate) fn callback(interaction: u64, body: &Value) -> Checked {
    let data = &body["data"];
    let kind = body["type"].as_u64().ok_or("type: required")?;
    let allowed: &[u64] = match interaction {
        1 => &[1],
        2 => &[4, 5, 9],
        3 => &[4, 5, 6, 7, 9],
        4 => &[8],
        5 => &[4, 5, 6, 7],
        _ => &[],
    };
    if !allowed.contains(&kind) {
        return Err(format!(
            "type {kind} does not answer an interaction of type {interaction}"
        ));
    }
    match kind {
        4 | 7 => message(data),
        8 => choices(&data["choices"]),
        9 => modal(data),
        _ => Ok(()),
    }
}

/// A message, new or edited.
pub(crate) fn message(data: &Value) -> Checked {
    let content = data["content"].as_str().unwrap_or("");
    at_most(content, 2000, "content")?;
    let embeds = list(&data["embeds"]);
    if content.trim().is_empty() && embeds.is_empty() && list(&data["components"]).is_empty() {
        return Err("cannot send an empty message".to_owned());
    }
    if embeds.len() > 10 {
        return Err(format!("embeds: {} of 10", embeds.len()));
    }
    embeds.iter().try_for_each(embed)?;
    let total: usize = embeds.iter().map(embed_length).sum();
    if total > 6000 {
        return Err(format!("embeds: {total} characters of 6000 in all"));
    }
    components(&data["components"])
}

fn embed(embed: &Value) -> Checked {
    at_most(text(&embed["title"]), 256, "embed.title")?;
    at_most(text(&embed["description"]), 4096, "embed.description")?;
    at_most(text(&embed["footer"]["text"]), 2048, "embed.footer.text")?;
    at_most(text(&embed["author"]["name"]), 256, "embed.author.name")?;
    let fields = list(&embed["fields"]);
    if fields.len() > 25 {
        return Err(format!("embed.fields: {} of 25", fields.len()));
    }
    for field in fields {
        between(text(&field["name"]), 1, 256, "embed.fields.name")?;
        between(text(&field["value"]), 1, 1024, "embed.fields.value")?;
    }
    Ok(())
}

fn embed_length(embed: &Value) -> usize {
    let own = [
        &embed["title"],
        &embed["description"],
        &embed["footer"]["text"],
        &embed["author"]["name"],
    ];
    let fields = list(&embed["fields"])
        .iter()
        .flat_map(|field| [&field["name"], &field["value"]]);
    own.into_iter()
        .chain(fields)
        .map(|value| text(value).chars().count())
        .sum()
}

fn components(rows: &Value) -> Checked {
    let rows = list(rows);
    if rows.len() > 5 {
        return Err(format!("components: {} rows of 5", rows.len()));
    }
    let mut custom_ids = HashSet::new();
    for row in rows {
        let buttons = list(&row["components"]);
        if row["type"] != 1 || buttons.is_empty() || buttons.len() > 5 {
            return Err(format!("components: a row has 1 to 5 components: {row}"));
        }
        for button in buttons {
            at_most(text(&button["label"]), 80, "button.label")?;
            if text(&button["label"]).is_empty() && button["emoji"].is_null() {
                return Err("button: a label or an emoji is required".to_owned());
            }
            let custom_id = text(&button["custom_id"]);
            between(custom_id, 1, 100, "button.custom_id")?;
            if !custom_ids.insert(custom_id) {
                return Err(format!("components: custom_id `{custom_id}` twice"));
            }
        }
    }
    Ok(())
}

fn modal(modal: &Value) -> Checked {
    between(text(&modal["title"]), 1, 45, "modal.title")?;
    between(text(&modal["custom_id"]), 1, 100, "modal.custom_id")?;
    let rows = list(&modal["components"]);
    if rows.is_empty() || rows.len() > 5 {
        return Err(format!("modal.components: {} of 1 to 5", rows.len()));
    }
    for row in rows {
        let [input] = list(&row["components"]) else {
            return Err("modal: one text input a row".to_owned());
        };
        between(text(&input["custom_id"]), 1, 100, "input.custom_id")?;
        between(text(&input["label"]), 1, 45, "input.label")?;
        at_most(text(&input["placeholder"]), 100, "input.placeholder")?;
        let longest = input["max_length"].as_u64().unwrap_or(4000);
        if longest == 0
            || longest > 4000
            || input["min_length"]
                .as_u64()
                .is_some_and(|shortest| shortest > longest)
        {
            return Err(format!(
                "input: min_length and max_length are wrong: {input}"
            ));
        }
        at_most(
            text(&input["value"]),
            usize::try_from(longest).unwrap(),
            "input.value",
        )?;
    }
    Ok(())
}

fn choices(choices: &Value) -> Checked {
    let choices = choices.as_array().ok_or("choices: required")?;
    if choices.len() > 25 {
        return Err(format!("choices: {} of 25", choices.len()));
    }
    for choice in choices {
        between(text(&choice["name"]), 1, 100, "choice.name")?;
        at_most(text(&choice["value"]), 100, "choice.value")?;
    }
    Ok(())
}

/// All commands of an application.
pub(crate) fn commands(commands: &[Value]) -> Checked {
    let mut names = HashSet::new();
    for command in commands {
        let name = text(&command["name"]);
        command_name(name)?;
        if !names.insert(name) {
            return Err(format!("command `{name}` twice"));
        }
        between(text(&command["description"]), 1, 100, "command.description")?;
        let options = list(&command["options"]);
        if options.len() > 25 {
            return Err(format!("command.options: {} of 25", options.len()));
        }
        command_options(options).map_err(|problem| format!("/{name}: {problem}"))?;
    }
    Ok(())
}

fn command_options(options: &[Value]) -> Checked {
    let mut names = HashSet::new();
    let mut optional_seen = false;
    for option in options {
        let name = text(&option["name"]);
        command_name(name)?;
        if !names.insert(name) {
            return Err(format!("option `{name}` twice"));
        }
        between(text(&option["description"]), 1, 100, "option.description")?;
        let is_required = option["required"] == true;
        if is_required && optional_seen {
            return Err(format!(
                "option `{name}` is required and comes after an optional one"
            ));
        }
        optional_seen |= !is_required;
        if option["autocomplete"] == true && !list(&option["choices"]).is_empty() {
            return Err(format!("option `{name}` has choices and autocomplete"));
        }
        if !option["choices"].is_null() {
            choices(&option["choices"])?;
        }
        if option["max_length"]
            .as_u64()
            .is_some_and(|length| length == 0 || length > 6000)
        {
            return Err(format!("option `{name}`: max_length is 1 to 6000"));
        }
    }
    Ok(())
}

fn command_name(name: &str) -> Checked {
    between(name, 1, 32, "name")?;
    let fits =
        |char: char| char == '-' || char == '_' || (char.is_alphanumeric() && !char.is_uppercase());
    if name.chars().all(fits) {
        return Ok(());
    }
    Err(format!(
        "name `{name}`: letters in lower case, digits, - and _ only"
    ))
}

/// Tells who would be notified by a message. Nobody is by what stands in an embed.
pub(crate) fn pings(data: &Value, mut ping: impl FnMut(String)) {
    let content = text(&data["content"]);
    let allowed = &data["allowed_mentions"];
    let parses = |kind: &str| {
        allowed.is_null()
            || list(&allowed["parse"])
                .iter()
                .any(|allowed| allowed == kind)
    };
    for word in ["@everyone", "@here"] {
        if content.contains(word) && parses("everyone") {
            ping(word.to_owned());
        }
    }
    for (start, kind) in [("<@&", "roles"), ("<@", "users")] {
        let starts_one =
            |rest: &str| rest.starts_with(|char: char| char.is_ascii_digit() || char == '!');
        if parses(kind) && content.split(start).skip(1).any(starts_one) {
            ping(format!("one of the {kind} in {content:?}"));
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

fn at_most(text: &str, longest: usize, what: &str) -> Checked {
    between(text, 0, longest, what)
}

fn between(text: &str, shortest: usize, longest: usize, what: &str) -> Checked {
    let length = text.chars().count();
    if (shortest..=longest).contains(&length) {
        return Ok(());
    }
    Err(format!(
        "{what}: {length} characters, {shortest} to {longest} are allowed"
    ))
}
