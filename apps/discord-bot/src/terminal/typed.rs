//! What a line typed in a terminal means.

use crate::answer::text::clip_to;
use crate::domain::command::{Command, CommandOption, Input};
use crate::request::{Kind, Options};

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    /// An empty line.
    Nothing,
    /// `quit`, `exit`.
    Quit,
    /// `help`.
    Help,
    /// A number: a button of the last message.
    Number(usize),
    /// A command, or a request for completions.
    Asked(Kind),
    /// Nothing that could be understood, and what to do instead.
    Unknown(String),
}

/// Reads a line.
///
/// `/find field: price value: 3` is typed as Discord shows it. What stands before the first option's
/// name goes to the first option: `/get Chess`. A question mark at the end asks how to go on:
/// `/get Ch?`.
pub(super) fn read(line: &str, commands: &[Command]) -> Typed {
    let line = line.trim();
    match line {
        "" => return Typed::Nothing,
        "quit" | "exit" | "/quit" => return Typed::Quit,
        "help" | "/help" | "?" | "/" => return Typed::Help,
        _ => {}
    }
    if let Ok(number) = line.parse() {
        return Typed::Number(number);
    }
    let Some(line) = line.strip_prefix('/') else {
        return Typed::Unknown(
            "A command begins with a slash, such as /find; help lists them all.".to_owned(),
        );
    };
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let Some(command) = commands.iter().find(|command| command.name == name) else {
        let name = clip_to(name, 40);
        return Typed::Unknown(format!("There is no command /{name}; help lists them all."));
    };
    match rest.trim().strip_suffix('?') {
        Some(rest) => completion(command, rest),
        None => asked(command, rest),
    }
}

fn asked(command: &Command, rest: &str) -> Typed {
    let filled = split(rest, &command.options);
    for option in &command.options {
        let value = filled.iter().find(|(name, _)| *name == option.name);
        let value = value
            .map(|(_, value)| *value)
            .filter(|value| !value.is_empty());
        match (value, &option.input) {
            (None, _) if option.is_required => {
                let (command, name) = (command.name, option.name);
                let hint = match option.input {
                    Input::Completed { .. } => format!(" /{command} ? lists what there is."),
                    Input::Text { .. } | Input::OneOf(_) => String::new(),
                };
                return Typed::Unknown(format!("/{command} needs {name}.{hint}"));
            }
            (Some(value), Input::OneOf(choices))
                if !choices.iter().any(|(_, known)| *known == value) =>
            {
                let known: Vec<&str> = choices.iter().map(|(_, known)| *known).collect();
                return Typed::Unknown(format!("{} is one of {}.", option.name, known.join(", ")));
            }
            (Some(value), Input::Text { max_length } | Input::Completed { max_length })
                if value.chars().count() > usize::from(*max_length) =>
            {
                return Typed::Unknown(format!(
                    "{} takes at most {max_length} characters.",
                    option.name
                ));
            }
            _ => {}
        }
    }
    Typed::Asked(Kind::Command {
        name: command.name.to_owned(),
        options: filled.into_iter().collect::<Options>(),
    })
}

fn completion(command: &Command, rest: &str) -> Typed {
    let filled = split(rest, &command.options);
    let first = command.options.first().map(|option| (option.name, ""));
    let Some((option, typed)) = filled.last().copied().or(first) else {
        return Typed::Unknown(format!("/{} takes no options.", command.name));
    };
    let known = command.options.iter().find(|known| known.name == option);
    match known.map(|known| &known.input) {
        Some(Input::Completed { .. }) => Typed::Asked(Kind::Autocomplete {
            name: command.name.to_owned(),
            option: option.to_owned(),
            typed: typed.to_owned(),
        }),
        Some(Input::OneOf(choices)) => {
            let lines = choices
                .iter()
                .map(|(words, value)| format!("  {value:7} {words}"));
            Typed::Unknown(lines.collect::<Vec<_>>().join("\n"))
        }
        _ => Typed::Unknown(format!("Nothing completes {option}.")),
    }
}

/// The options of a line. An option begins where its name and a colon follow white space, outside of
/// quotation marks.
fn split<'a>(rest: &'a str, options: &[CommandOption]) -> Vec<(&'static str, &'a str)> {
    let mut filled = Vec::new();
    let (mut name, mut begin) = (options.first().map(|option| option.name), 0);
    let (mut is_quoted, mut is_escaped, mut is_word_start) = (false, false, true);
    for (position, letter) in rest.char_indices() {
        let here = &rest[position..];
        let starting = options.iter().find(|option| {
            here.strip_prefix(option.name)
                .is_some_and(|after| after.starts_with(':'))
        });
        if let Some(option) = starting.filter(|_| is_word_start && !is_quoted) {
            let value = rest[begin..position].trim();
            filled.extend(name.filter(|_| !value.is_empty()).map(|name| (name, value)));
            (name, begin) = (Some(option.name), position + option.name.len() + 1);
        }
        is_quoted ^= letter == '"' && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        is_word_start = letter.is_whitespace();
    }
    let value = rest[begin..].trim();
    let is_named = begin > 0;
    filled.extend(
        name.filter(|_| is_named || !value.is_empty())
            .map(|name| (name, value)),
    );
    filled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::commands;
    use test_support::small_stack::{config, repeated, run};

    fn options(line: &str) -> Options {
        match read(line, &commands::all()) {
            Typed::Asked(Kind::Command { options, .. }) => options,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn options_are_told_apart_by_their_names() {
        let found = options("/find field: price operator:lt value: 12 or so sort:-price");
        assert_eq!(found.get("field"), Some("price"));
        assert_eq!(found.get("operator"), Some("lt"));
        assert_eq!(found.get("value"), Some("12 or so"));
        assert_eq!(found.get("sort"), Some("-price"));
    }

    #[test]
    fn what_has_no_name_goes_to_the_first_option() {
        assert_eq!(options("/get Liar's Dice").get("id"), Some("Liar's Dice"));
        assert_eq!(
            options("/count {\"a\": \" value: 1\"}").get("filter"),
            Some("{\"a\": \" value: 1\"}")
        );
    }

    #[test]
    fn a_question_mark_asks_for_completions() {
        let kind = Kind::Autocomplete {
            name: "get".to_owned(),
            option: "id".to_owned(),
            typed: "Ch".to_owned(),
        };
        assert_eq!(
            read("/get Ch?", &commands::all()),
            Typed::Asked(kind.clone())
        );
        assert_eq!(read("/get id:Ch?", &commands::all()), Typed::Asked(kind));
    }

    #[test]
    fn mistakes_are_answered_in_words() {
        for (line, word) in [
            ("find", "slash"),
            ("/fnd", "no command"),
            ("/get", "needs id"),
            ("/find field:a operator:like value:b", "one of"),
        ] {
            match read(line, &commands::all()) {
                Typed::Unknown(problem) => assert!(problem.contains(word), "{problem}"),
                other => panic!("{line}: {other:?}"),
            }
        }
    }

    #[test]
    fn adversarial_lines_are_read_or_refused() {
        let piece = prop_oneof![
            "[/\"\\\\:? \u{a0}a{\\[]{1,9}",
            prop::sample::select(vec![" field:", "\" value:", "\\\"", "find ", "?", "🫖 "])
                .prop_map(str::to_owned),
        ];
        let command = prop::sample::select(vec!["/find ", "/get ", "/insert name:", "/", ""]);
        let line =
            (command, repeated(piece)).prop_map(|(command, rest)| format!("{command}{rest}"));
        proptest!(config(), |(line in line)| {
            run(move || {
                if let Typed::Unknown(problem) = read(&line, &commands::all()) {
                    assert!(problem.chars().count() < 1_000, "{}", problem.len());
                }
            });
        });
    }
}
