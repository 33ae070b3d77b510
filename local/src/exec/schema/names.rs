//! The rule on names of keyspaces, collections, tables and types.

use crate::error::{ApiError, schema};

/// Characters a name may have; index names may be longer.
const MAX_LENGTH: usize = 48;

/// Characters the name of an index may have.
const MAX_INDEX_LENGTH: usize = 100;

/// Checks the name of something to be made. `what` is the kind of thing, for the message: "collection".
pub(crate) fn check(name: Option<String>, what: &str) -> Result<String, ApiError> {
    check_length(name, what, MAX_LENGTH)
}

/// Checks the name of an index to be made.
pub(crate) fn check_index(name: Option<String>) -> Result<String, ApiError> {
    check_length(name, "index", MAX_INDEX_LENGTH)
}

/// Whether a name may have a character.
pub(crate) fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn check_length(name: Option<String>, what: &str, max_length: usize) -> Result<String, ApiError> {
    let rule =
        format!("Names have 1 to {max_length} letters, digits and underscores (A-Z, a-z, 0-9, _).");
    let Some(name) = name else {
        return Err(schema::UNSUPPORTED_SCHEMA_NAME
            .because(format!("The name of the {what} is missing. {rule}")));
    };
    if name.is_empty() || name.len() > max_length || !name.chars().all(is_allowed) {
        return Err(schema::UNSUPPORTED_SCHEMA_NAME
            .because(format!("The {what} cannot be named '{name}'. {rule}")));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_digits_and_underscores() {
        let longest = "a".repeat(48);
        for name in ["a", "5", "_", "Carts_2026", &longest] {
            assert_eq!(
                check(Some(name.to_owned()), "collection").as_deref(),
                Ok(name)
            );
        }
        let too_long = "a".repeat(49);
        for name in ["", " ", "dash-ed", "ünï", "quote'", "a.b", &too_long] {
            let error = check(Some(name.to_owned()), "collection").expect_err(name);
            assert_eq!(error.kind, &schema::UNSUPPORTED_SCHEMA_NAME);
        }
        assert!(check(None, "collection").is_err());
    }
}
