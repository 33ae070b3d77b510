//! Answers drawn with letters.

use crate::answer::{Choices, Embed, Message, Placement, TextInput, Visibility};
use crate::domain::command::{Access, Command, Input};
use crate::terminal::plain;

/// A message with its embed and buttons.
pub(super) fn message(message: &Message) -> String {
    let mut parts = Vec::new();
    if let Some(content) = message.content() {
        parts.push(plain::text(content));
    }
    parts.extend(message.the_embed().map(embed));
    if !message.buttons().is_empty() {
        let buttons = message.buttons().iter().enumerate().map(|(index, button)| {
            if button.is_enabled {
                format!("[{}] {}", index + 1, button.label())
            } else {
                format!("( ) {}", button.label())
            }
        });
        parts.push(buttons.collect::<Vec<_>>().join("   "));
    }
    match (message.visibility(), message.placement()) {
        (Visibility::Ephemeral, Placement::New) => parts.push("(only you can see this)".to_owned()),
        (_, Placement::Update) => parts.push("(in place of the message before)".to_owned()),
        (Visibility::Public, Placement::New) => {}
    }
    parts.join("\n") + "\n"
}

/// An embed, with the bar at its side that Discord draws.
fn embed(embed: &Embed) -> String {
    let mut text = plain::text(embed.title());
    if let Some(part) = embed.description() {
        text = format!("{text}\n{}", plain::text(part));
    }
    for field in embed.fields() {
        let (name, value) = (plain::text(&field.name), plain::text(&field.value));
        let value = value.replace('\n', "\n  ");
        text = format!("{text}\n\n{name}\n  {value}");
    }
    if let Some(footer) = embed.footer() {
        text = format!("{text}\n\n{footer}");
    }
    let lines = text.lines().map(|line| format!("┃ {line}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Completions: what would be filled in, and what Discord would show.
pub(super) fn choices(choices: &Choices) -> String {
    let lines = choices
        .iter()
        .map(|choice| match (choice.value(), choice.name()) {
            (value, name) if value == name => format!("  {value}"),
            (value, name) => format!("  {value}  {name}"),
        });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return "  nothing begins like this".to_owned();
    }
    lines.join("\n")
}

/// What to fill in, and what is there already.
pub(super) fn input(input: &TextInput) -> String {
    let how = match input.style {
        crate::answer::InputStyle::Short => "a line",
        crate::answer::InputStyle::Paragraph => "lines, an empty one ends",
    };
    let hint = input.placeholder().map(|hint| format!(", such as {hint}"));
    let hint = hint.unwrap_or_default();
    let label = input.label();
    match input.value() {
        Some(value) => {
            format!("{label} ({how}; an empty one alone leaves it as it is):\n{value}\n")
        }
        None => format!("{label} ({how}{hint}):\n"),
    }
}

/// Every command with its options.
pub(super) fn help(commands: &[Command]) -> String {
    let mut lines = Vec::new();
    for command in commands {
        let whose = match command.access {
            Access::Everyone => "",
            Access::Moderators => " (at Discord: for moderators)",
        };
        lines.push(format!(
            "/{:15} {}{whose}",
            command.name, command.description
        ));
        for option in &command.options {
            let name = if option.is_required {
                format!("{}:", option.name)
            } else {
                format!("[{}:]", option.name)
            };
            let mark = match option.input {
                Input::Text { .. } => "",
                Input::Completed { .. } | Input::OneOf(_) => "; `?` after it lists what fits",
            };
            lines.push(format!("    {name:12} {}{mark}", option.description));
        }
    }
    lines.push("A number presses a button of the last message. quit ends.".to_owned());
    lines.join("\n")
}
