use proptest::prelude::*;

use super::*;
use crate::error::Kind;
use crate::json;

fn value(text: &str) -> Value {
    json::parse(text.as_bytes()).unwrap()
}

fn parse(sort: &str) -> Result<Sort, ApiError> {
    Sort::parse(Some(&value(sort)), &Indexing::Everything, false)
}

/// The `_id`s of documents in the order of a sort.
fn sorted(sort: &str, documents: &[&str]) -> Vec<String> {
    let Sort::Fields(sort) = parse(sort).unwrap() else {
        panic!("{sort} is not by fields");
    };
    let mut documents: Vec<_> = documents
        .iter()
        .map(|text| value(text).as_object().unwrap().clone())
        .collect();
    documents.sort_by_key(|document| sort.key(document));
    documents
        .iter()
        .map(|document| document.get("_id").unwrap().to_json())
        .collect()
}

fn refused(sort: &str) -> &'static Kind {
    parse(sort).expect_err(sort).kind
}

#[test]
fn types_have_an_order_and_descending_turns_all_of_it() {
    let documents = [
        r#"{"_id":8,"v":{"$date":0}}"#,
        r#"{"_id":7,"v":true}"#,
        r#"{"_id":6,"v":false}"#,
        r#"{"_id":5,"v":"Banana"}"#,
        r#"{"_id":4,"v":""}"#,
        r#"{"_id":3,"v":2.5}"#,
        r#"{"_id":2,"v":-4}"#,
        r#"{"_id":1,"v":null}"#,
        r#"{"_id":0,"w":1}"#,
    ];
    let ascending: Vec<_> = (0..9).map(|id| id.to_string()).collect();
    assert_eq!(sorted(r#"{"v":1}"#, &documents), ascending);
    let descending: Vec<_> = ascending.into_iter().rev().collect();
    assert_eq!(sorted(r#"{"v":-1}"#, &documents), descending);
}

#[test]
fn ties_go_by_id_ascending_in_both_directions() {
    let documents = [
        r#"{"_id":true}"#,
        r#"{"_id":{"$uuid":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"}}"#,
        r#"{"_id":{"$date":5}}"#,
        r#"{"_id":"a"}"#,
        r#"{"_id":10}"#,
        r#"{"_id":9}"#,
        r#"{"_id":null}"#,
    ];
    let order = [
        "null",
        "9",
        "10",
        "\"a\"",
        r#"{"$date":5}"#,
        r#"{"$uuid":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"}"#,
        "true",
    ];
    assert_eq!(sorted(r#"{"v":1}"#, &documents), order);
    assert_eq!(sorted(r#"{"v":-1}"#, &documents), order);
}

#[test]
fn later_keys_decide_where_earlier_ones_are_equal() {
    let documents = [
        r#"{"_id":1,"a":"x","b":1}"#,
        r#"{"_id":2,"a":"xy","b":0}"#,
        r#"{"_id":3,"a":"x","b":2}"#,
    ];
    assert_eq!(sorted(r#"{"a":1,"b":-1}"#, &documents), ["3", "1", "2"]);
    assert_eq!(sorted(r#"{"a":-1,"b":1}"#, &documents), ["2", "1", "3"]);
}

#[test]
fn paths_reach_into_objects_and_arrays() {
    let documents = [
        r#"{"_id":1,"m":{"r":[5]}}"#,
        r#"{"_id":2,"m":{"r":[3]}}"#,
        r#"{"_id":3,"m":7}"#,
    ];
    assert_eq!(sorted(r#"{"m.r.0":1}"#, &documents), ["3", "2", "1"]);
    assert_eq!(sorted(r#"{"a..b":1}"#, &documents), ["1", "2", "3"]);
}

#[test]
fn malformed_sorts_say_what_is_wrong() {
    for (text, kind) in [
        ("[]", &sort::SORT_CLAUSE_INVALID),
        ("\"x\"", &sort::SORT_CLAUSE_INVALID),
        (r#"{"a":0}"#, &sort::SORT_CLAUSE_VALUE_INVALID),
        (r#"{"a":1.0}"#, &sort::SORT_CLAUSE_VALUE_INVALID),
        (r#"{"a":true}"#, &sort::SORT_CLAUSE_VALUE_INVALID),
        (r#"{"a":-1,"b":9}"#, &sort::SORT_CLAUSE_VALUE_INVALID),
        (r#"{"":1}"#, &sort::SORT_CLAUSE_PATH_INVALID),
        (r#"{"$cost":1}"#, &sort::SORT_CLAUSE_PATH_INVALID),
        (r#"{"a&b":1}"#, &sort::SORT_CLAUSE_PATH_INVALID),
        (r#"{"$hybrid":"x"}"#, &sort::SORT_CLAUSE_PATH_INVALID),
        (r#"{"$vector":[1],"a":1}"#, &sort::SORT_CLAUSE_INVALID),
        (r#"{"$vector":"x"}"#, &sort::SORT_CLAUSE_VALUE_INVALID),
        (r#"{"$vectorize":"x","a":1}"#, &sort::SORT_CLAUSE_INVALID),
        (r#"{"$vectorize":" "}"#, &sort::SORT_CLAUSE_VALUE_INVALID),
        (
            r#"{"$lexical":5,"a":1}"#,
            &schema::LEXICAL_NOT_ENABLED_FOR_COLLECTION,
        ),
    ] {
        assert_eq!(refused(text), kind, "{text}");
    }
}

#[test]
fn no_order_and_vectors_are_told_apart() {
    assert!(matches!(parse("{}").unwrap(), Sort::None));
    assert!(matches!(parse("null").unwrap(), Sort::None));
    assert!(
        matches!(parse(r#"{"$vector":[1,2]}"#).unwrap(), Sort::Vector(vector) if vector == [1.0, 2.0])
    );
}

#[test]
fn unindexed_paths_cannot_be_sorted_by() {
    let refused = |text: &str| {
        Sort::parse(Some(&value(text)), &Indexing::Nothing, false)
            .unwrap_err()
            .kind
    };
    assert_eq!(refused(r#"{"_id":1}"#), &sort::SORT_CLAUSE_PATH_UNINDEXED);
    assert_eq!(refused(r#"{"a":2}"#), &sort::SORT_CLAUSE_VALUE_INVALID);
}

#[test]
fn vectors_can_be_sorted_by_unless_they_are_denied_by_name() {
    let vector = value(r#"{"$vector":[1,2]}"#);
    let parse = |indexing: &Indexing| Sort::parse(Some(&vector), indexing, false).map(drop);
    assert_eq!(parse(&Indexing::Nothing), Ok(()));
    assert_eq!(parse(&Indexing::allow(&["a".to_owned()]).unwrap()), Ok(()));
    let error = parse(&Indexing::deny(&["$vector".to_owned()]).unwrap()).unwrap_err();
    assert_eq!(error.kind, &sort::SORT_CLAUSE_PATH_UNINDEXED);
}

proptest! {
    #[test]
    fn texts_sort_by_their_bytes(left in "[\\x00-\\x02a\u{ff}]{0,4}", right in "[\\x00-\\x02a\u{ff}]{0,4}") {
        let key = |text: &str, descending: bool| {
            let sort = if descending { r#"{"v":-1}"# } else { r#"{"v":1}"# };
            let Sort::Fields(sort) = parse(sort).unwrap() else { unreachable!() };
            sort.key(&Object::from([("v", text)]))
        };
        prop_assert_eq!(key(&left, false).cmp(&key(&right, false)), left.as_bytes().cmp(right.as_bytes()));
        prop_assert_eq!(key(&left, true).cmp(&key(&right, true)), right.as_bytes().cmp(left.as_bytes()));
    }
}
