use super::*;
use crate::indexing::Indexing;
use crate::json;

fn entries(text: &str, indexing: &Indexing) -> Vec<(String, u8)> {
    let document = json::parse(text.as_bytes()).unwrap();
    let rules = CollectionRules {
        indexing: indexing.clone(),
        ..CollectionRules::default()
    };
    let entries = index_entries(document.as_object().unwrap(), &rules);
    let mut tags: Vec<_> = entries
        .into_iter()
        .map(|entry| (entry.path, entry.bytes[0]))
        .collect();
    tags.sort();
    tags
}

fn tagged(tags: &[(&str, u8)]) -> Vec<(String, u8)> {
    tags.iter()
        .map(|(path, tag)| ((*path).to_owned(), *tag))
        .collect()
}

#[test]
fn a_scalar_has_one_entry_of_its_type() {
    let text = r#"{"_id":"a","n":1,"t":true,"z":null,"d":{"$date":5},"u":{"$uuid":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"},"b":{"$binary":"AAAA"}}"#;
    assert_eq!(
        entries(text, &Indexing::Everything),
        tagged(&[
            ("_id", 0x14),
            ("b", 0x16),
            ("d", 0x13),
            ("n", 0x12),
            ("t", 0x11),
            ("u", 0x14),
            ("z", 0x10)
        ])
    );
}

#[test]
fn an_array_has_its_content_its_size_and_each_distinct_element() {
    assert_eq!(
        entries(r#"{"a":["x","x",{"k":1}]}"#, &Indexing::Everything),
        tagged(&[
            ("a", 0x15),
            ("a", 0x20),
            ("a", 0x34),
            ("a", 0x35),
            ("a.0", 0x14),
            ("a.1", 0x14),
            ("a.2", 0x15),
            ("a.2.k", 0x12),
        ])
    );
}

#[test]
fn paths_are_escaped_and_empty_containers_exist() {
    assert_eq!(
        entries(r#"{"a.b":{},"R&D":[]}"#, &Indexing::Everything),
        tagged(&[("R&&D", 0x15), ("R&&D", 0x20), ("a&.b", 0x15)])
    );
}

#[test]
fn special_fields_only_exist_and_only_with_a_value() {
    assert_eq!(
        entries(
            r#"{"$vector":[1,2],"$vectorize":null}"#,
            &Indexing::Everything
        ),
        tagged(&[("$vector", 0x16)])
    );
}

#[test]
fn what_is_not_indexed_has_no_entries() {
    let deny = Indexing::deny(&["a.b".to_owned()]).unwrap();
    assert_eq!(
        entries(r#"{"a":{"b":1,"c":2}}"#, &deny),
        tagged(&[("a", 0x15), ("a.c", 0x12)])
    );
    assert_eq!(
        entries(r#"{"_id":1,"$vector":[1]}"#, &Indexing::Nothing),
        tagged(&[("$vector", 0x16)])
    );
}

#[test]
fn long_texts_are_cut_but_told_apart() {
    let bytes = |text: &str| scalar_bytes(OWN, &Scalar::Text(text.to_owned().into()));
    let (one, other) = (
        format!("{}1", "x".repeat(5000)),
        format!("{}2", "x".repeat(5000)),
    );
    assert_eq!(bytes(&one).len(), 1 + TEXT_PREFIX + TEXT_HASH);
    assert_ne!(bytes(&one), bytes(&other));
}
