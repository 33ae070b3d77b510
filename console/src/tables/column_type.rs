//! Types of columns in a word, as CQL writes them: `map<text, int>`, `vector<3>`, `address`.

use astra_db::schema::ColumnType;

/// Deeper than any type the API takes.
const DEPTH: usize = 8;

/// Why a text is no type.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a type such as int, list<text>, map<text, int>, vector<3>, or the name of a user-defined type"
)]
pub(crate) struct BadType;

/// How a type is written.
pub(crate) fn show(kind: &ColumnType) -> String {
    match kind {
        ColumnType::List(element) => format!("list<{}>", show(element)),
        ColumnType::Set(element) => format!("set<{}>", show(element)),
        ColumnType::Map(key, value) => format!("map<{}, {}>", show(key), show(value)),
        ColumnType::Vector {
            dimension: Some(dimension),
            ..
        } => format!("vector<{dimension}>"),
        ColumnType::Vector { .. } => "vector".to_owned(),
        ColumnType::UserDefined(name) | ColumnType::Other(name) => name.clone(),
        ColumnType::Unsupported { cql_definition } => cql_definition
            .clone()
            .unwrap_or_else(|| "unsupported".to_owned()),
        simple => {
            let name = serde_json::to_value(simple).unwrap_or_default();
            name.as_str().unwrap_or_default().to_owned()
        }
    }
}

/// Reads a type. A word that is no type is the name of a user-defined one.
pub(crate) fn parse(text: &str) -> Result<ColumnType, BadType> {
    nested(text, DEPTH)
}

fn nested(text: &str, depth: usize) -> Result<ColumnType, BadType> {
    let text = text.trim();
    let Some((name, inside)) = text.split_once('<') else {
        return word(text);
    };
    let inside = inside.strip_suffix('>').ok_or(BadType)?;
    let depth = depth.checked_sub(1).ok_or(BadType)?;
    match name.trim().to_ascii_lowercase().as_str() {
        "list" => Ok(ColumnType::list(nested(inside, depth)?)),
        "set" => Ok(ColumnType::set(nested(inside, depth)?)),
        "map" => {
            let (key, value) = inside.split_once(',').ok_or(BadType)?;
            Ok(ColumnType::map(nested(key, depth)?, nested(value, depth)?))
        }
        // As CQL has it, with what the numbers are, or without.
        "vector" => {
            let dimension = inside.trim().trim_start_matches("float,").trim();
            dimension
                .parse()
                .map(ColumnType::vector)
                .map_err(|_| BadType)
        }
        _ => Err(BadType),
    }
}

fn word(text: &str) -> Result<ColumnType, BadType> {
    let is_word = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !is_word {
        return Err(BadType);
    }
    let lower = serde_json::Value::from(text.to_ascii_lowercase());
    match serde_json::from_value(lower) {
        Ok(ColumnType::Other(_)) | Err(_) => Ok(ColumnType::user_defined(text)),
        Ok(known) => Ok(known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_again() {
        let types = [
            "text",
            "timeuuid",
            "list<int>",
            "set<uuid>",
            "map<text, int>",
            "vector<1536>",
            "address",
            "list<address>",
            "map<text, list<int>>",
        ];
        for text in types {
            let parsed = parse(text);
            assert_eq!(parsed.as_ref().map(show).as_deref(), Ok(text), "{parsed:?}");
        }
        assert_eq!(parse(" MAP< text,int > "), parse("map<text, int>"));
        assert_eq!(parse("vector<float, 3>"), Ok(ColumnType::vector(3)));
    }

    #[test]
    fn what_is_no_type_is_refused() {
        let deep = "list<".repeat(100_000) + "int" + &">".repeat(100_000);
        for text in [
            "",
            "list<",
            "list<>",
            "map<text>",
            "vector<three>",
            "tuple<int>",
            "a b",
            &deep,
        ] {
            assert_eq!(parse(text), Err(BadType), "{text:.20}");
        }
    }
}
