use proptest::prelude::*;

use std::collections::HashSet;

use super::*;
use crate::json;

const PRODUCT: &str = r#"{"_id":"p","name":"Kettle","dims":{"w":20,"parts":{"lid":1,"base":2}},"tags":["a","b","c","d"],"reviews":[{"by":"ana","votes":[1,2,3]},{"by":"bo"},7],"a.b":1,"$vector":[1,0]}"#;

fn value(text: &str) -> Value {
    json::parse(text.as_bytes()).unwrap()
}

fn projected(projection: &str) -> String {
    let projection = Projection::parse(Some(&value(projection))).unwrap();
    let document = value(PRODUCT).as_object().unwrap().clone();
    Value::from(projection.apply(document, None)).to_json()
}

fn fields(projection: &str) -> Vec<String> {
    value(&projected(projection))
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

#[test]
fn inclusion_keeps_the_id_and_what_is_named() {
    assert_eq!(projected(r#"{"name":1}"#), r#"{"_id":"p","name":"Kettle"}"#);
    assert_eq!(projected(r#"{"name":1,"_id":0}"#), r#"{"name":"Kettle"}"#);
    assert_eq!(
        projected(r#"{"dims.parts.lid":1}"#),
        r#"{"_id":"p","dims":{"parts":{"lid":1}}}"#
    );
    assert_eq!(
        projected(r#"{"dims":{"parts":{"base":true}}}"#),
        r#"{"_id":"p","dims":{"parts":{"base":2}}}"#
    );
    assert_eq!(
        projected(r#"{"reviews.by":-1}"#),
        r#"{"_id":"p","reviews":[{"by":"ana"},{"by":"bo"},7]}"#
    );
    assert_eq!(
        projected(r#"{"name.x":1}"#),
        r#"{"_id":"p","name":"Kettle"}"#
    );
    assert_eq!(projected(r#"{"a&.b":1}"#), r#"{"_id":"p","a.b":1}"#);
    assert_eq!(projected(r#"{"nope":1}"#), r#"{"_id":"p"}"#);
}

#[test]
fn exclusion_keeps_the_rest() {
    assert_eq!(
        fields(r#"{"name":0,"dims":false,"tags":0.0,"reviews":0}"#),
        ["_id", "a.b"]
    );
    assert_eq!(
        projected(r#"{"name":0,"dims.parts":0,"tags":0,"reviews.votes":0,"a&.b":0}"#),
        r#"{"_id":"p","dims":{"w":20},"reviews":[{"by":"ana"},{"by":"bo"},7]}"#
    );
    assert!(!fields(r#"{"_id":0}"#).contains(&"_id".to_owned()));
}

#[test]
fn the_vector_is_answered_only_if_asked_for() {
    let has_vector = |projection: &str| fields(projection).contains(&"$vector".to_owned());
    assert!(!has_vector("{}") && !has_vector(r#"{"name":0}"#) && !has_vector(r#"{"_id":1}"#));
    assert!(has_vector(r#"{"*":1}"#) && has_vector(r#"{"name":0,"$vector":1}"#));
    assert_eq!(
        fields(r#"{"name":1,"$vector":1}"#),
        ["_id", "name", "$vector"]
    );
    assert_eq!(fields(r#"{"$vector":1}"#).len(), 7);
    assert_eq!(projected(r#"{"*":0}"#), "{}");
}

#[test]
fn the_id_alone_does_not_choose_a_mode() {
    assert_eq!(fields(r#"{"_id":1}"#), fields("{}"));
    assert_eq!(
        fields(r#"{"_id":1,"tags":0}"#),
        ["_id", "name", "dims", "reviews", "a.b"]
    );
}

#[test]
fn slices_take_part_of_arrays_only() {
    for (slice, tags) in [
        ("1", r#"["a"]"#),
        ("0", "[]"),
        ("-1", r#"["d"]"#),
        ("99", r#"["a","b","c","d"]"#),
        ("-99", r#"["a","b","c","d"]"#),
        ("[1,2]", r#"["b","c"]"#),
        ("[-2,1]", r#"["c"]"#),
        ("[-99,2]", r#"["a","b"]"#),
        ("[9,1]", "[]"),
        ("[1,0]", "[]"),
        ("[0,99999999999999999999]", r#"["a","b","c","d"]"#),
    ] {
        let projected = value(&projected(&format!(r#"{{"tags":{{"$slice":{slice}}}}}"#)));
        let object = projected.as_object().unwrap();
        assert_eq!(object.get("tags").unwrap().to_json(), tags, "{slice}");
        assert_eq!(object.len(), 6, "the rest is kept");
    }
    assert_eq!(projected(r#"{"name":{"$slice":1}}"#), projected("{}"));
    assert_eq!(
        fields(r#"{"name":1,"tags":{"$slice":2}}"#),
        ["_id", "name", "tags"]
    );
}

#[test]
fn malformed_projections_say_what_is_wrong() {
    for text in ["null", "[]", "1", "\"name\""] {
        let error = Projection::parse(Some(&value(text))).unwrap_err();
        assert_eq!(
            error.kind,
            &projection::UNSUPPORTED_PROJECTION_DEFINITION,
            "{text}"
        );
    }
    for text in [
        r#"{"a":1,"b":0}"#,
        r#"{"a":0,"b":1}"#,
        r#"{"a":{"b":1,"c":0}}"#,
        r#"{"a":"yes"}"#,
        r#"{"a":null}"#,
        r#"{"a":[1]}"#,
        r#"{"":1}"#,
        r#"{"a..b":1}"#,
        r#"{"a&b":1}"#,
        r#"{"$a":1}"#,
        r#"{"$similarity":1}"#,
        r#"{"a":{"$first":1}}"#,
        r#"{"a":{"$slice":"1"}}"#,
        r#"{"a":{"$slice":1.5}}"#,
        r#"{"a":{"$slice":[1]}}"#,
        r#"{"a":{"$slice":[1,-1]}}"#,
        r#"{"a":{"$slice":1,"x":1}}"#,
        r#"{"a":1,"a.b":1}"#,
        r#"{"a.b":1,"a":1}"#,
        r#"{"a":{"b":1},"a.b":1}"#,
        r#"{"*":1,"a":1}"#,
        r#"{"a":{"*":1}}"#,
        r#"{"*":"x"}"#,
        r#"{"$vector":{"$slice":1}}"#,
        r#"{"$slice":1}"#,
    ] {
        let error = Projection::parse(Some(&value(text))).expect_err(text);
        assert_eq!(
            error.kind,
            &projection::UNSUPPORTED_PROJECTION_PARAM,
            "{text}"
        );
    }
}

#[test]
fn a_projection_of_whole_fields_is_known_as_such() {
    let of = |text: &str| {
        Projection::parse(Some(&value(text)))
            .unwrap()
            .whole_fields()
    };
    let names = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<HashSet<_>>()
    };
    let hidden = names(&["$lexical", "$vector", "$vectorize"]);
    assert_eq!(of("{}"), Some(WholeFields::AllBut(hidden.clone())));
    assert_eq!(of(r#"{"_id":1,"a":{}}"#), Some(WholeFields::AllBut(hidden)));
    assert_eq!(of(r#"{"*":1}"#), Some(WholeFields::AllBut(names(&[]))));
    assert_eq!(of(r#"{"*":0}"#), Some(WholeFields::Only(names(&[]))));
    assert_eq!(
        of(r#"{"b":1,"_id":0}"#),
        Some(WholeFields::Only(names(&["b"])))
    );
    let all_but = names(&["$lexical", "$vectorize", "b"]);
    assert_eq!(
        of(r#"{"b":0,"$vector":1}"#),
        Some(WholeFields::AllBut(all_but))
    );
    for text in [
        r#"{"a.b":1}"#,
        r#"{"a":{"b":0}}"#,
        r#"{"tags":{"$slice":1}}"#,
    ] {
        assert_eq!(of(text), None, "{text}");
    }
}

#[test]
fn nesting_ends_before_the_stack_does() {
    let nested = |levels: usize| {
        let text = format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
        Projection::parse(Some(&value(&text)))
    };
    assert!(nested(100).is_ok());
    assert_eq!(
        nested(999).unwrap_err().kind,
        &projection::UNSUPPORTED_PROJECTION_PARAM
    );
}

#[test]
fn similarity_comes_last() {
    let projection = Projection::parse(None).unwrap();
    let document = value(r#"{"_id":1,"$vector":[1]}"#)
        .as_object()
        .unwrap()
        .clone();
    assert_eq!(
        Value::from(projection.apply(document.clone(), Some(0.5))).to_json(),
        r#"{"_id":1,"$similarity":0.5}"#
    );
    assert_eq!(
        Value::from(projection.apply(document, Some(1.0))).to_json(),
        r#"{"_id":1,"$similarity":1.0}"#
    );
}

proptest! {
    /// A field is in exactly one of what a path includes and what it excludes.
    #[test]
    fn inclusion_and_exclusion_complement_each_other(paths in prop::collection::btree_set("[ab](\\.[ab]){0,2}", 1..3), texts in prop::collection::vec("[ab]", 1..4)) {
        let definition = |number: i32| paths.iter().map(|path| (path.clone(), number)).collect::<Object>().into();
        let (Ok(include), Ok(exclude)) = (Projection::parse(Some(&definition(1))), Projection::parse(Some(&definition(0)))) else { return Ok(()) };
        let document = texts.iter().fold(Value::from(1), |inner, name| Object::from([(name.as_str(), inner)]).into());
        let Value::Object(document) = document else { unreachable!() };
        let kept = leaves(&include.apply(document.clone(), None).into()) + leaves(&exclude.apply(document, None).into());
        // A scalar in the way of a path is in both.
        prop_assert!(kept == 1 || (kept == 2 && paths.iter().any(|path| path.split('.').count() > texts.len())));
    }
}

fn leaves(value: &Value) -> usize {
    match value {
        Value::Object(object) => object.values().map(leaves).sum(),
        _ => 1,
    }
}
