//! A request body as a command: its name, and arguments that keep the rules.

use crate::command::arguments::Arguments;
use crate::command::shape::invalid;
use crate::commands::{self, Entry, Level};
use crate::error::{ApiError, document, request};
use crate::json::{self, Begun, ParseErrorKind, Value};
use crate::limits::Limits;

/// A body whose command is one there is, and its arguments if they were understood, too.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) command: &'static Entry,
    pub(crate) arguments: Result<Arguments, Vec<ApiError>>,
}

/// Reads a request body: first its JSON, then its structure, then the values.
pub(crate) fn decode(level: Level, body: &[u8], limits: &Limits) -> Result<Decoded, Vec<ApiError>> {
    let (name, arguments, more) = envelope(parse(level, body)?).map_err(|error| vec![error])?;
    let Some(command) = commands::find(level, &name) else {
        return Err(vec![unknown_command(level, &name)]);
    };
    Ok(Decoded {
        command,
        arguments: read(command, arguments, more, limits),
    })
}

fn read(
    command: &Entry,
    arguments: Value,
    more: usize,
    limits: &Limits,
) -> Result<Arguments, Vec<ApiError>> {
    let name = command.name;
    let Value::Object(arguments) = arguments else {
        let message = format!(
            "The value of '{name}' must be an object; it is {}. Send {{}} for no fields.",
            arguments.kind()
        );
        return Err(vec![request::REQUEST_STRUCTURE_MISMATCH.because(message)]);
    };
    let arguments = command
        .shape
        .read(arguments, name)
        .map_err(|error| vec![error])?;
    if more > 0 {
        return Err(vec![not_one_field(&format!("this one has {}", more + 1))]);
    }
    let mut violations = command.shape.violations(&arguments, "command");
    violations.extend((command.violation)(&arguments, limits));
    if violations.is_empty() {
        Ok(arguments)
    } else {
        Err(violations)
    }
}

fn parse(level: Level, body: &[u8]) -> Result<Value, Vec<ApiError>> {
    json::parse(body).map_err(|error| {
        if let Some(earlier) = json::begun(body).and_then(|begun| wrong_in(level, begun)) {
            return vec![earlier];
        }
        vec![match error.kind {
            ParseErrorKind::Empty => {
                invalid("command", "must not be null: the request has no body")
            }
            ParseErrorKind::Syntax(_) | ParseErrorKind::DuplicateKey(_) => {
                request::REQUEST_NOT_JSON
                    .because(format!("The request body is not valid JSON: {error}."))
            }
            ParseErrorKind::TooDeep
            | ParseErrorKind::NumberTooLong
            | ParseErrorKind::NameTooLong
            | ParseErrorKind::ExponentTooLarge => document::SHRED_DOC_LIMIT_VIOLATION
                .because(format!("The request goes beyond a limit: {error}.")),
        }]
    })
}

/// What is wrong with a request before the place where its JSON is: the real server reads from front to back, and tells
/// what it meets first.
fn wrong_in(level: Level, begun: Begun) -> Option<ApiError> {
    let Begun::Object(commands, open) = begun else {
        return Some(not_one_field("this one is an array"));
    };
    let more = commands.len() > 1 || matches!(open, Some((_, Some(_))));
    let (name, arguments) = match (commands.into_iter().next(), open) {
        (Some((name, Value::Object(arguments))), _) => (name, Begun::Object(arguments, None)),
        (None, Some((name, Some(arguments)))) => {
            let Some(entry) = commands::find(level, &name) else {
                return Some(unknown_command(level, &name));
            };
            return entry.shape.read_begun(*arguments, entry.name).err();
        }
        (Some((name, _)), _) => (name, Begun::Array),
        (None, _) => return None,
    };
    let Some(entry) = commands::find(level, &name) else {
        return Some(unknown_command(level, &name));
    };
    if let Err(error) = entry.shape.read_begun(arguments, entry.name) {
        return Some(error);
    }
    more.then(|| not_one_field("this one has more"))
}

/// The one field of a body: the command's name and what is given to it. How many more fields there are comes with it:
/// as the real server reads from front to back, what is wrong with the first one is told before that it is not alone.
fn envelope(body: Value) -> Result<(String, Value, usize), ApiError> {
    match body {
        Value::Null => Err(invalid("command", "must not be null")),
        Value::Object(object) => {
            let more = object.len().saturating_sub(1);
            let first = object.into_iter().next();
            first
                .map(|(name, arguments)| (name, arguments, more))
                .ok_or_else(|| not_one_field("this one has none"))
        }
        other => Err(not_one_field(&format!("this one is {}", other.kind()))),
    }
}

fn not_one_field(problem: &str) -> ApiError {
    request::REQUEST_STRUCTURE_MISMATCH.because(format!(
        "A request is an object with one field, named as the command: {problem}."
    ))
}

fn unknown_command(level: Level, name: &str) -> ApiError {
    let place = match level {
        Level::General => "the database",
        Level::Keyspace => "a keyspace",
        Level::Target => "a collection or table",
    };
    let names = commands::names(level).join(", ");
    request::COMMAND_UNKNOWN.because(format!(
        "There is no command '{name}' for {place}. The commands here are: {names}."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_of_the_catalogue_can_be_decoded() {
        let arguments = r#""name":"n","definition":{},"operation":{"add":{}},"filter":{},"update":{},"replacement":{},"document":{},"documents":[{}]"#;
        let limits = Limits::default();
        for level in [Level::General, Level::Keyspace, Level::Target] {
            for name in commands::names(level) {
                let shape = &commands::find(level, name).expect("a listed name").shape;
                let known = |argument: &&str| {
                    shape
                        .fields
                        .iter()
                        .any(|field| argument.starts_with(&format!("\"{}\":", field.name)))
                };
                let arguments: Vec<_> = arguments.split(',').filter(known).collect();
                let mut body = format!("{{\"{name}\":{{{}}}}}", arguments.join(","));
                if name.ends_with("Index") {
                    body = body.replace(r#""definition":{}"#, r#""definition":{"column":"c"}"#);
                }
                let decoded = decode(level, body.as_bytes(), &limits);
                assert_eq!(
                    decoded
                        .ok()
                        .filter(|request| request.arguments.is_ok())
                        .map(|request| request.command.name),
                    Some(name),
                    "{body}"
                );
            }
        }
    }
}
