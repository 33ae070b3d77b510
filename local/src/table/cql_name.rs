//! Names as CQL writes them: bare where the grammar allows it, else in double quotes.

/// Reserved words of CQL, which cannot stand as bare names
/// (<https://cassandra.apache.org/doc/latest/cassandra/reference/cql-commands/cql-reserved-keywords.html>, as far as the
/// Data API's driver counts them).
const RESERVED: [&str; 65] = [
    "add",
    "allow",
    "alter",
    "and",
    "apply",
    "asc",
    "authorize",
    "batch",
    "begin",
    "by",
    "columnfamily",
    "create",
    "default",
    "delete",
    "desc",
    "describe",
    "drop",
    "entries",
    "execute",
    "for",
    "from",
    "full",
    "grant",
    "if",
    "in",
    "index",
    "infinity",
    "insert",
    "into",
    "is",
    "keyspace",
    "limit",
    "materialized",
    "mbean",
    "mbeans",
    "modify",
    "nan",
    "norecursive",
    "not",
    "null",
    "of",
    "on",
    "or",
    "order",
    "primary",
    "rename",
    "replace",
    "restrict",
    "revoke",
    "schema",
    "select",
    "set",
    "table",
    "to",
    "token",
    "truncate",
    "unlogged",
    "unrestrict",
    "unset",
    "update",
    "use",
    "using",
    "view",
    "where",
    "with",
];

/// Whether a name cannot be written bare: it has other characters than `a-z`, `0-9` and `_`, begins with no letter, or
/// is a reserved word.
pub(crate) fn needs_quotes(name: &str) -> bool {
    let bare = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    !bare || RESERVED.contains(&name)
}

/// The name as CQL writes it.
pub(crate) fn in_cql(name: &str) -> String {
    if needs_quotes(name) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_the_grammar_asks_for_it() {
        for (name, written) in [
            ("age", "age"),
            ("a1_b", "a1_b"),
            ("Age", "\"Age\""),
            ("1a", "\"1a\""),
            ("_id", "\"_id\""),
            ("asc", "\"asc\""),
            ("with space", "\"with space\""),
            ("a\"b", "\"a\"\"b\""),
            ("", "\"\""),
        ] {
            assert_eq!(in_cql(name), written);
        }
    }
}
