//! Names of fields as the API wants them in filters, updates, sorts and projections.

use crate::shortened::shortened;

/// Joins field names into a path: `.` goes between them, and a `.` or `&` inside a name is escaped.
///
/// The API separates names by `.` and reads `&.` as a dot and `&&` as an ampersand that belong to a
/// name.
///
/// ```
/// use astra_db::field_path;
///
/// assert_eq!(field_path(["address", "city"]), "address.city");
/// assert_eq!(field_path(["a.b", "R&D"]), "a&.b.R&&D");
/// let filter = serde_json::json!({field_path(["site", "example.com"]): {"$exists": true}});
/// assert_eq!(filter.to_string(), r#"{"site.example&.com":{"$exists":true}}"#);
/// ```
pub fn field_path<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> String {
    let mut path = String::new();
    for (index, name) in names.into_iter().enumerate() {
        if index > 0 {
            path.push('.');
        }
        for character in name.as_ref().chars() {
            if matches!(character, '.' | '&') {
                path.push('&');
            }
            path.push(character);
        }
    }
    path
}

/// Splits a path into its field names: the inverse of [`field_path`].
///
/// # Errors
/// `&` followed by anything but `.` or `&`, and an empty name, as the API refuses them.
///
/// ```
/// use astra_db::split_field_path;
///
/// assert_eq!(split_field_path("a&.b.R&&D")?, ["a.b", "R&D"]);
/// assert!(split_field_path("R&D").is_err());
/// # Ok::<(), astra_db::InvalidFieldPath>(())
/// ```
pub fn split_field_path(path: &str) -> Result<Vec<String>, InvalidFieldPath> {
    let refused = |reason| InvalidFieldPath {
        path: shortened(path, 200),
        reason,
    };
    let mut names = vec![String::new()];
    let mut characters = path.chars();
    while let Some(character) = characters.next() {
        let literal = match character {
            '.' => {
                names.push(String::new());
                continue;
            }
            '&' => characters
                .next()
                .filter(|escaped| matches!(escaped, '.' | '&'))
                .ok_or_else(|| {
                    refused("`&` escapes only `.` and `&`: write `&&` for an ampersand")
                })?,
            other => other,
        };
        if let Some(name) = names.last_mut() {
            name.push(literal);
        }
    }
    if names.iter().any(String::is_empty) {
        return Err(refused("a field name is empty"));
    }
    Ok(names)
}

/// A field path the API would refuse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the field path `{path}` is invalid: {reason}")]
pub struct InvalidFieldPath {
    path: String,
    reason: &'static str,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn names_survive_joining_and_splitting(names in prop::collection::vec("[.&a-c \u{e9}]{1,6}", 1..5)) {
            prop_assert_eq!(split_field_path(&field_path(&names)), Ok(names));
        }
    }

    #[test]
    fn what_the_api_refuses_is_refused() {
        for path in ["", ".", "a..b", ".a", "a.", "a&b", "a&"] {
            assert!(split_field_path(path).is_err(), "{path}");
        }
    }
}
