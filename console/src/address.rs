//! The addresses of the pages, for links and redirects.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What may not stand in a segment of a path as it is.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The overview.
pub(super) const HOME: &str = "/";

/// The page of a keyspace.
pub(super) fn keyspace(keyspace: &str) -> String {
    format!("/console/keyspaces/{}", segment(keyspace))
}

/// The page of a collection.
pub(super) fn collection(keyspace: &str, name: &str) -> String {
    format!("{}/collections/{}", self::keyspace(keyspace), segment(name))
}

/// The page of a table.
pub(super) fn table(keyspace: &str, name: &str) -> String {
    format!("{}/tables/{}", self::keyspace(keyspace), segment(name))
}

/// The page of a keyspace's user-defined types.
pub(super) fn types(keyspace: &str) -> String {
    format!("{}/types", self::keyspace(keyspace))
}

/// The page of a user-defined type.
pub(super) fn user_type(keyspace: &str, name: &str) -> String {
    format!("{}/{}", types(keyspace), segment(name))
}

/// A path with a query; what is empty is left out.
pub(super) fn with_query(path: &str, query: &[(&str, &str)]) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(query.iter().filter(|(_, value)| !value.is_empty()));
    match text.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// A name as a segment of a path.
pub(super) fn segment(name: &str) -> String {
    utf8_percent_encode(name, SEGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_segment() {
        assert_eq!(
            collection("a/b", "c?d#\"é"),
            "/console/keyspaces/a%2Fb/collections/c%3Fd%23%22%C3%A9"
        );
    }

    #[test]
    fn a_query_is_written_as_forms_write_it() {
        let query = [("filter", r#"{"a": "b&c"}"#), ("sort", "")];
        assert_eq!(
            with_query("/x", &query),
            "/x?filter=%7B%22a%22%3A+%22b%26c%22%7D"
        );
        assert_eq!(with_query("/x", &[]), "/x");
    }
}
