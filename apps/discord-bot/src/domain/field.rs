//! Which part of a document is meant, as a person writes it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::json;

/// A part of a document to filter or sort by.
///
/// `name` and `author` are the document's own; everything else is looked for in what it says:
/// `price`, `address.city`, `tags.0`. Where that has a field called `name`, it is `body.name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Field {
    /// What the document is called.
    Name,
    /// The id of who wrote it.
    Author,
    /// A field of its body: the names from the outermost to the innermost.
    Body(Vec<String>),
}

/// The text names no field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" names no field. Fields are called as in the document, such as price or address.city; a dollar sign may \
     not be in front."
)]
pub struct MalformedField(String);

/// Characters of a field as it is written.
pub const MAX_FIELD: usize = 100;
const BODY: &str = "body";

impl FromStr for Field {
    type Err = MalformedField;

    fn from_str(text: &str) -> Result<Self, MalformedField> {
        let text = text.trim();
        match text {
            "name" => return Ok(Self::Name),
            "author" => return Ok(Self::Author),
            _ if text.chars().nth(MAX_FIELD).is_some() => return Err(malformed(text)),
            _ => {}
        }
        let mut names: Vec<String> = text.split('.').map(str::to_owned).collect();
        if names.len() > 1 && names[0] == BODY {
            names.remove(0);
        }
        let is_name = |name: &String| {
            !name.is_empty() && !name.starts_with('$') && !name.chars().any(char::is_control)
        };
        if names.len() <= json::MAX_DEPTH && names.iter().all(is_name) {
            Ok(Self::Body(names))
        } else {
            Err(malformed(text))
        }
    }
}

fn malformed(text: &str) -> MalformedField {
    MalformedField(text.chars().take(MAX_FIELD).collect())
}

/// As it is read again.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("name"),
            Self::Author => f.write_str("author"),
            Self::Body(names) => {
                if matches!(names[..], [ref one] if one == "name" || one == "author")
                    || matches!(names[..], [ref first, _, ..] if first == BODY)
                {
                    write!(f, "{BODY}.")?;
                }
                f.write_str(&names.join("."))
            }
        }
    }
}

impl TryFrom<String> for Field {
    type Error = MalformedField;

    fn try_from(text: String) -> Result<Self, MalformedField> {
        text.parse()
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(names: &[&str]) -> Field {
        Field::Body(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn a_field_is_read_and_written_the_same() {
        for (text, field) in [
            ("name", Field::Name),
            ("author", Field::Author),
            ("price", body(&["price"])),
            ("address.city", body(&["address", "city"])),
            ("name.first", body(&["name", "first"])),
            ("body.name", body(&["name"])),
            ("body.body.name", body(&["body", "name"])),
            ("body", body(&["body"])),
        ] {
            assert_eq!(text.parse(), Ok(field.clone()), "{text}");
            assert_eq!(field.to_string().parse(), Ok(field), "{text}");
        }
    }

    #[test]
    fn what_could_be_a_command_or_nothing_is_no_field() {
        let long = "a".repeat(101);
        let deep = ["a"; 9].join(".");
        for bad in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "$where",
            "a.$gt",
            "body.$set",
            "a\u{0}",
            &long,
            &deep,
        ] {
            assert!(bad.parse::<Field>().is_err(), "{bad}");
        }
    }
}
