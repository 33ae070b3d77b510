use proptest::prelude::*;

use super::*;
use crate::error::{self, Kind, document};
use crate::indexing::Indexing;
use crate::json;
use crate::language::filter::Filter;

const CART: &str = r#"{"_id":"c","owner":"ana","total":10,"ratio":2.5,"note":null,"items":["pen","ink","pen"],"qty":[1,2,3],"ship":{"city":"Riga"},"lines":[{"n":1}]}"#;
const NOW: i64 = 1_700_000_000_000;

fn value(text: &str) -> Value {
    json::parse(text.as_bytes()).unwrap()
}

fn object(text: &str) -> Object {
    value(text).as_object().unwrap().clone()
}

fn apply(update: &str, document: &str, inserting: bool) -> Result<Applied, ApiError> {
    Update::parse(&value(update))?.apply(&object(document), inserting, NOW)
}

/// The document after an update, and whether it counts as modified.
fn updated(update: &str, document: &str) -> (String, bool) {
    let applied = apply(update, document, false).expect(update);
    (Value::from(applied.document).to_json(), applied.modified)
}

/// One field of the cart after an update, and whether it counts as modified.
fn field(update: &str, name: &str) -> (String, bool) {
    let applied = apply(update, CART, false).expect(update);
    let text = applied
        .document
        .get(name)
        .map_or("missing".to_owned(), Value::to_json);
    (text, applied.modified)
}

fn changed(text: &str) -> (String, bool) {
    (text.to_owned(), true)
}

fn unchanged(text: &str) -> (String, bool) {
    (text.to_owned(), false)
}

fn refused(update: &str) -> &'static Kind {
    apply(update, CART, false).expect_err(update).kind
}

fn assert_refused(kind: &'static Kind, updates: &[&str]) {
    for update in updates {
        assert_eq!(refused(update), kind, "{update}");
    }
}

#[test]
fn set_writes_at_any_path_and_makes_what_is_missing() {
    assert_eq!(
        field(r#"{"$set":{"ship.box.w":4}}"#, "ship"),
        changed(r#"{"city":"Riga","box":{"w":4}}"#)
    );
    assert_eq!(
        field(r#"{"$set":{"items.5":"x"}}"#, "items"),
        changed(r#"["pen","ink","pen",null,null,"x"]"#)
    );
    assert_eq!(
        field(r#"{"$set":{"lines.2.n":3}}"#, "lines"),
        changed(r#"[{"n":1},null,{"n":3}]"#)
    );
    assert_eq!(field(r#"{"$set":{"x&.y":1}}"#, "x.y"), changed("1"));
    assert_eq!(field(r#"{"$set":{"m.0":1}}"#, "m"), changed(r#"{"0":1}"#));
}

#[test]
fn arrays_are_not_filled_up_beyond_what_can_be_stored() {
    assert!(apply(r#"{"$set":{"a.700000":1}}"#, r#"{"a":[],"b":[]}"#, false).is_ok());
    let error = apply(
        r#"{"$set":{"a.700000":1,"b.700000":1}}"#,
        r#"{"a":[],"b":[]}"#,
        false,
    )
    .unwrap_err();
    assert_eq!(error.kind, &document::SHRED_DOC_LIMIT_VIOLATION);
    assert!(apply(r#"{"$set":{"m.1700000000000":1}}"#, r#"{"m":{}}"#, false).is_ok());
}

#[test]
fn set_counts_unless_the_representation_is_the_same() {
    assert_eq!(field(r#"{"$set":{"total":10}}"#, "total"), unchanged("10"));
    assert_eq!(
        field(r#"{"$set":{"total":10.0}}"#, "total"),
        changed("10.0")
    );
    assert_eq!(
        field(r#"{"$set":{"ratio":2.50}}"#, "ratio"),
        unchanged("2.5")
    );
    assert_eq!(
        field(r#"{"$set":{"note":null}}"#, "note"),
        unchanged("null")
    );
    assert!(updated(r#"{"$set":{"o":{"b":1,"a":2}}}"#, r#"{"o":{"a":2,"b":1}}"#).1);
}

#[test]
fn unset_removes_fields_and_leaves_null_in_arrays() {
    assert_eq!(
        field(r#"{"$unset":{"owner":1}}"#, "owner"),
        changed("missing")
    );
    assert_eq!(
        field(r#"{"$unset":{"qty.1":1}}"#, "qty"),
        changed("[1,null,3]")
    );
    assert_eq!(
        field(r#"{"$unset":{"nope.x":1}}"#, "owner"),
        unchanged("\"ana\"")
    );
}

#[test]
fn numbers_are_added_exactly() {
    assert_eq!(field(r#"{"$inc":{"total":-15}}"#, "total"), changed("-5"));
    assert_eq!(
        field(r#"{"$inc":{"total":0.25}}"#, "total"),
        changed("10.25")
    );
    assert_eq!(field(r#"{"$inc":{"total":0}}"#, "total"), unchanged("10"));
    assert_eq!(field(r#"{"$inc":{"total":0.0}}"#, "total"), changed("10"));
    assert_eq!(
        field(r#"{"$inc":{"ratio":0.0}}"#, "ratio"),
        unchanged("2.5")
    );
    assert_eq!(field(r#"{"$inc":{"fresh":3}}"#, "fresh"), changed("3"));
    assert_eq!(
        field(r#"{"$inc":{"qty.4":1}}"#, "qty"),
        changed("[1,2,3,null,1]")
    );
}

#[test]
fn numbers_are_multiplied_exactly() {
    assert_eq!(field(r#"{"$mul":{"total":3}}"#, "total"), changed("30"));
    assert_eq!(field(r#"{"$mul":{"total":1.0}}"#, "total"), unchanged("10"));
    assert_eq!(field(r#"{"$mul":{"ratio":0.1}}"#, "ratio"), changed("0.25"));
    assert_eq!(field(r#"{"$mul":{"fresh":4}}"#, "fresh"), changed("0"));
    assert!(!updated(r#"{"$mul":{"a":7}}"#, r#"{"a":0}"#).1);
}

#[test]
fn min_and_max_know_an_order_of_all_types() {
    let ascending = [
        "null",
        "-1",
        "2",
        "\"a\"",
        r#"{"$date":1}"#,
        r#"{"$date":2}"#,
        "[]",
        "[1]",
        "false",
        "true",
    ];
    for (at, low) in ascending.iter().enumerate() {
        for high in &ascending[at + 1..] {
            let (low_document, high_document) =
                (format!(r#"{{"v":{low}}}"#), format!(r#"{{"v":{high}}}"#));
            assert_eq!(
                updated(&format!(r#"{{"$max":{{"v":{high}}}}}"#), &low_document),
                (high_document.clone(), true)
            );
            assert_eq!(
                updated(&format!(r#"{{"$max":{{"v":{low}}}}}"#), &high_document),
                (high_document.clone(), false)
            );
            assert_eq!(
                updated(&format!(r#"{{"$min":{{"v":{low}}}}}"#), &high_document),
                (low_document, true)
            );
        }
    }
    assert_eq!(
        field(r#"{"$max":{"total":10.0}}"#, "total"),
        unchanged("10")
    );
    assert_eq!(
        field(r#"{"$min":{"fresh":"x"}}"#, "fresh"),
        changed("\"x\"")
    );
}

#[test]
fn push_adds_at_a_position_and_always_counts() {
    assert_eq!(field(r#"{"$push":{"qty":4}}"#, "qty"), changed("[1,2,3,4]"));
    assert_eq!(
        field(r#"{"$push":{"qty":{"$each":[]}}}"#, "qty"),
        changed("[1,2,3]")
    );
    assert_eq!(
        field(r#"{"$push":{"qty":{"$each":[9,8],"$position":1}}}"#, "qty"),
        changed("[1,9,8,2,3]")
    );
    assert_eq!(
        field(r#"{"$push":{"qty":{"$position":-1,"$each":[7]}}}"#, "qty"),
        changed("[1,2,7,3]")
    );
    assert_eq!(
        field(r#"{"$push":{"qty":{"$each":[7],"$position":-99}}}"#, "qty"),
        changed("[7,1,2,3]")
    );
    assert_eq!(
        field(r#"{"$push":{"qty":{"$each":[7],"$position":99}}}"#, "qty"),
        changed("[1,2,3,7]")
    );
    assert_eq!(
        field(r#"{"$push":{"made":["n"]}}"#, "made"),
        changed(r#"[["n"]]"#)
    );
    assert_eq!(
        field(r#"{"$push":{"made":{"$each":[{"$date":1}]}}}"#, "made"),
        changed(r#"[{"$date":1}]"#)
    );
}

#[test]
fn add_to_set_adds_what_is_new_by_representation() {
    assert!(!field(r#"{"$addToSet":{"items":"pen"}}"#, "items").1);
    assert_eq!(
        field(r#"{"$addToSet":{"qty":1.0}}"#, "qty"),
        changed("[1,2,3,1.0]")
    );
    assert_eq!(
        field(r#"{"$addToSet":{"qty":{"$each":[3,4,4]}}}"#, "qty"),
        changed("[1,2,3,4]")
    );
    assert_eq!(
        field(r#"{"$addToSet":{"fresh":{"$each":[]}}}"#, "fresh"),
        unchanged("[]")
    );
    assert!(
        updated(
            r#"{"$addToSet":{"a":{"x":1,"y":2}}}"#,
            r#"{"a":[{"y":2,"x":1}]}"#
        )
        .1
    );
}

#[test]
fn pop_takes_from_either_end() {
    assert_eq!(field(r#"{"$pop":{"qty":1}}"#, "qty"), changed("[1,2]"));
    assert_eq!(field(r#"{"$pop":{"qty":-1.9}}"#, "qty"), changed("[2,3]"));
    assert!(!updated(r#"{"$pop":{"a":1}}"#, r#"{"a":[]}"#).1);
    assert_eq!(
        field(r#"{"$pop":{"nope":1}}"#, "nope"),
        unchanged("missing")
    );
}

#[test]
fn rename_moves_a_field_over_another() {
    assert_eq!(
        updated(r#"{"$rename":{"a":"b.c"}}"#, r#"{"a":1,"b":{"c":2}}"#),
        changed(r#"{"b":{"c":1}}"#)
    );
    assert_eq!(
        updated(r#"{"$rename":{"a":"b","b":"c"}}"#, r#"{"a":1,"b":2}"#),
        changed(r#"{"c":1}"#)
    );
    assert_eq!(
        updated(r#"{"$rename":{"a":"a.b"}}"#, r#"{"a":1}"#),
        changed(r#"{"a":{"b":1}}"#)
    );
    assert_eq!(
        updated(r#"{"$rename":{"x":"y"}}"#, r#"{"a":1}"#),
        unchanged(r#"{"a":1}"#)
    );
    assert_eq!(
        refused(r#"{"$rename":{"items.0":"x"}}"#),
        &update::UNSUPPORTED_UPDATE_OPERATION_PATH
    );
    assert_eq!(
        refused(r#"{"$rename":{"owner":"items.0"}}"#),
        &update::UNSUPPORTED_UPDATE_OPERATION_PATH
    );
}

#[test]
fn the_current_date_is_the_time_that_is_given() {
    assert_eq!(
        field(r#"{"$currentDate":{"at":true}}"#, "at"),
        changed(r#"{"$date":1700000000000}"#)
    );
    assert!(field(r#"{"$currentDate":{"at":{"$type":"date"}}}"#, "at").1);
}

#[test]
fn operators_run_in_alphabetical_order_whatever_was_sent() {
    assert_eq!(
        updated(
            r#"{"$set":{"z":1,"b":1},"$inc":{"y":1},"$addToSet":{"x":1}}"#,
            "{}"
        )
        .0,
        r#"{"x":[1],"y":1,"b":1,"z":1}"#
    );
}

#[test]
fn set_on_insert_waits_for_an_insert() {
    let update = r#"{"$setOnInsert":{"_id":"new","a":1}}"#;
    assert_eq!(
        updated(update, r#"{"_id":"c"}"#),
        unchanged(r#"{"_id":"c"}"#)
    );
    let applied = apply(update, r#"{"_id":"c"}"#, true).unwrap();
    assert_eq!(
        Value::from(applied.document).to_json(),
        r#"{"_id":"new","a":1}"#
    );
}

#[test]
fn a_vector_and_its_text_do_not_outlive_each_other() {
    let both = r#"{"$vector":[1],"$vectorize":"t"}"#;
    assert_eq!(
        updated(r#"{"$set":{"$vector":[2]}}"#, both).0,
        r#"{"$vector":[2]}"#
    );
    assert_eq!(
        updated(r#"{"$set":{"$vectorize":null}}"#, both).0,
        r#"{"$vector":null,"$vectorize":null}"#
    );
    assert_eq!(updated(r#"{"$unset":{"$vectorize":1}}"#, both).0, "{}");
    assert_eq!(updated(r#"{"$unset":{"$vector":1}}"#, both).0, "{}");
    let to_embed = |text: &str| {
        let Value::Object(document) = value(both) else {
            panic!("an object");
        };
        let update = Update::parse(&value(text)).unwrap();
        update.apply(&document, false, 0).unwrap().text
    };
    assert_eq!(
        to_embed(r#"{"$set":{"$vectorize":"x"}}"#).as_deref(),
        Some("x")
    );
    assert_eq!(to_embed(r#"{"$set":{"$vectorize":"t"}}"#), None);
    assert_eq!(
        refused(r#"{"$set":{"$vectorize":5}}"#),
        &document::INVALID_VECTORIZE_VALUE_TYPE
    );
    assert_eq!(
        refused(r#"{"$set":{"$vector":[1],"$vectorize":"x"}}"#),
        &schema::INVALID_USAGE_OF_VECTORIZE
    );
}

#[test]
fn malformed_updates_say_what_is_wrong() {
    assert_refused(
        &update::UNSUPPORTED_UPDATE_DATA_TYPE,
        &["[]", r#"{"$set":"x"}"#],
    );
    assert_refused(
        &update::UNSUPPORTED_UPDATE_OPERATION,
        &[
            r#"{"owner":"x"}"#,
            r#"{"$pullAll":{"a":[1]}}"#,
            r#"{"$SET":{"a":1}}"#,
        ],
    );
    assert_refused(
        &update::UNSUPPORTED_UPDATE_OPERATION_PARAM,
        &[
            r#"{"$rename":{"owner":5}}"#,
            r#"{"$inc":{"total":"1"}}"#,
            r#"{"$push":{"$x":1}}"#,
            r#"{"$push":{"qty":{"$position":1}}}"#,
            r#"{"$push":{"qty":{"$each":1}}}"#,
            r#"{"$push":{"qty":{"$each":[1],"$position":1.5}}}"#,
            r#"{"$pop":{"qty":2}}"#,
            r#"{"$currentDate":{"at":false}}"#,
            r#"{"$currentDate":{"at":{"$type":"timestamp"}}}"#,
            r#"{"$set":{"a":1},"$inc":{"a":1}}"#,
            r#"{"$set":{"a":1,"a.b":1}}"#,
            r#"{"$set":{"a.b":1},"$unset":{"a-":1,"a":1}}"#,
        ],
    );
    assert_refused(
        &update::UNSUPPORTED_UPDATE_OPERATION_TARGET,
        &[
            r#"{"$inc":{"owner":1}}"#,
            r#"{"$push":{"owner":1}}"#,
            r#"{"$addToSet":{"note":1}}"#,
            r#"{"$pop":{"owner":1}}"#,
        ],
    );
}

#[test]
fn paths_that_cannot_be_followed_are_refused() {
    assert_refused(
        &update::UNSUPPORTED_UPDATE_OPERATION_PATH,
        &[
            r#"{"$set":{"a..b":1}}"#,
            r#"{"$set":{"a&b":1}}"#,
            r#"{"$set":{"":1}}"#,
            r#"{"$set":{"owner.x":1}}"#,
            r#"{"$set":{"note.x":1}}"#,
            r#"{"$set":{"items.first":1}}"#,
            r#"{"$set":{"items.-1":1}}"#,
            r#"{"$rename":{"owner":"owner"}}"#,
        ],
    );
    assert_refused(
        &document::SHRED_DOC_LIMIT_VIOLATION,
        &[
            r#"{"$set":{"items.999999999":1}}"#,
            r#"{"$inc":{"total":1e1000000000}}"#,
        ],
    );
}

#[test]
fn operators_do_not_work_on_every_field() {
    assert_refused(
        &update::UNSUPPORTED_UPDATE_OPERATOR_FOR_DOC_ID,
        &[r#"{"$set":{"_id":1}}"#, r#"{"$rename":{"owner":"_id"}}"#],
    );
    assert_refused(
        &update::UNSUPPORTED_UPDATE_OPERATION_MODIFIER,
        &[
            r#"{"$inc":{"$vector":1}}"#,
            r#"{"$mul":{"$x":1}}"#,
            r#"{"$push":{"d":{"$date":1}}}"#,
            r#"{"$addToSet":{"qty":{"$each":[1],"$position":0}}}"#,
        ],
    );
    assert_refused(
        &update::UNSUPPORTED_UPDATE_OPERATOR_FOR_VECTOR,
        &[r#"{"$push":{"$vector":1}}"#],
    );
    assert_refused(
        &update::UNSUPPORTED_UPDATE_OPERATOR_FOR_VECTORIZE,
        &[r#"{"$pop":{"$vectorize":1}}"#],
    );
    assert_refused(
        &update::UNSUPPORTED_UPDATE_OPERATOR_FOR_LEXICAL,
        &[r#"{"$rename":{"owner":"$lexical"}}"#],
    );
}

#[test]
fn an_upsert_starts_from_what_the_filter_asks_to_be_equal() {
    let started = |filter: &str| {
        let filter = Filter::parse(Some(&value(filter)), &Indexing::Everything, None).unwrap();
        upsert_document(&filter).map(|document| Value::from(document).to_json())
    };
    for (filter, document) in [
        (
            r#"{"_id":"x","a":1,"b.c":{"$eq":100}}"#,
            r#"{"_id":"x","a":1,"b":{"c":100}}"#,
        ),
        (
            r#"{"a&.b":1,"s":{"x":1},"l":{"$eq":[1,2]}}"#,
            r#"{"a.b":1,"l":[1,2],"s":{"x":1}}"#,
        ),
        (
            r#"{"d":{"$date":5},"u":{"$uuid":"3F2504E0-4F89-41D3-9A0C-0305E82C3301"}}"#,
            r#"{"u":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","d":{"$date":5}}"#,
        ),
        (
            r#"{"a":{"$gt":1},"b":{"$in":[1]},"c":{"$ne":1},"d":{"$exists":true}}"#,
            "{}",
        ),
        (r#"{"$and":[{"a":1}],"$or":[{"b":1}]}"#, "{}"),
        (r#"{"$not":{"a":{"$ne":1}}}"#, r#"{"a":1}"#),
        (
            r#"{"a":{"$ne":null},"b":{"$ne":[1]}}"#,
            r#"{"a":null,"b":[1]}"#,
        ),
        (r#"{"_id":{"$in":["x"]}}"#, "{}"),
        (
            r#"{"_id":"x","a":1,"b":{"$in":[]}}"#,
            r#"{"_id":"x","a":1}"#,
        ),
        (
            r#"{"a":{"x":1},"l":{"$eq":[1]},"a.y":2,"n":null,"s":"t"}"#,
            r#"{"s":"t","a":{"x":1},"n":null,"l":[1]}"#,
        ),
        (r#"{"l":{"$eq":[1]},"l.0":"t"}"#, r#"{"l":[1]}"#),
    ] {
        assert_eq!(started(filter).unwrap(), document, "{filter}");
    }
    for filter in [
        r#"{"_id":{"$in":["x","y"]}}"#,
        r#"{"a":{"$eq":[[1]]}}"#,
        r#"{"a":{"b":{}}}"#,
    ] {
        assert_eq!(
            started(filter).unwrap_err().kind,
            &error::filter::FILTER_UNSUPPORTED_DATA_TYPE,
            "{filter}"
        );
    }
    assert_eq!(
        started(r#"{"a":1,"a.b":2}"#).unwrap_err().kind,
        &update::UNSUPPORTED_UPDATE_OPERATION_PATH
    );
}

#[test]
fn a_replacement_keeps_the_id_and_nothing_else() {
    let replaced = |replacement: &str, existing: &str| {
        let applied = Replacement::new(object(replacement))
            .and_then(|replacement| replacement.apply(&object(existing)));
        applied.map(|applied| (Value::from(applied.document).to_json(), applied.modified))
    };
    let existing = r#"{"_id":"a","x":1,"y":2}"#;
    assert_eq!(
        replaced(r#"{"z":1}"#, existing).unwrap(),
        changed(r#"{"_id":"a","z":1}"#)
    );
    assert_eq!(
        replaced(r#"{"x":1,"y":2}"#, existing).unwrap(),
        unchanged(existing)
    );
    assert!(replaced(r#"{"y":2,"x":1}"#, existing).unwrap().1);
    assert!(replaced(r#"{"x":1.0,"y":2}"#, existing).unwrap().1);
    assert_eq!(
        replaced(r#"{"_id":"a"}"#, existing).unwrap(),
        changed(r#"{"_id":"a"}"#)
    );
    assert_eq!(
        replaced(r#"{"_id":"n","z":1}"#, "{}").unwrap().0,
        r#"{"_id":"n","z":1}"#
    );
    assert_eq!(
        replaced(r#"{"_id":"b"}"#, existing).unwrap_err().kind,
        &document::DOCUMENT_REPLACE_DIFFERENT_DOCID
    );
}

proptest! {
    #[test]
    fn many_values_are_added_as_few_are(values in prop::collection::vec(prop_oneof![
        Just("1"), Just("1.0"), Just("10e-1"), Just("100"), Just("1e2"), Just("\"1\""), Just("null"), Just("[1]"), Just("[1.0]"),
        Just(r#"{"a":1,"b":2}"#), Just(r#"{"b":2,"a":1}"#), Just("true"), Just("[[],\"\"]"), Just("[\"\",[]]"),
    ], 8..20)) {
        let at_once = format!(r#"{{"$addToSet":{{"v":{{"$each":[{}]}}}}}}"#, values.join(","));
        let at_once = apply(&at_once, r#"{"v":[1,null]}"#, false).unwrap().document;
        let one_by_one = values.iter().fold(object(r#"{"v":[1,null]}"#), |document, value| {
            let update = Update::parse(&self::value(&format!(r#"{{"$addToSet":{{"v":{{"$each":[{value}]}}}}}}"#)));
            update.unwrap().apply(&document, false, NOW).unwrap().document
        });
        prop_assert_eq!(at_once, one_by_one);
    }

    #[test]
    fn an_update_that_does_not_count_changes_nothing(
        operator in prop_oneof![Just("$set"), Just("$unset"), Just("$max"), Just("$min"), Just("$addToSet"), Just("$inc"), Just("$mul"), Just("$pop")],
        path in prop_oneof![Just("a"), Just("b"), Just("b.c"), Just("d"), Just("d.1"), Just("e.f")],
        argument in prop_oneof![Just("1"), Just("-1"), Just("0"), Just("null"), Just("\"x\""), Just("[1]")],
    ) {
        let document = r#"{"a":1,"b":{"c":null},"d":[1,"x"]}"#;
        if let Ok(applied) = apply(&format!(r#"{{"{operator}":{{"{path}":{argument}}}}}"#), document, false)
            // A path to add to is made even if nothing is added; that does not reach the database.
            && !applied.modified && operator != "$addToSet"
        {
            prop_assert_eq!(Value::from(applied.document).to_json(), document);
        }
    }

    #[test]
    fn setting_twice_counts_once(path in "[a-c](\\.[a-c0-2]){0,2}", argument in prop_oneof![Just("1"), Just("1.5"), Just("[{}]"), Just("{\"k\":1e2}")]) {
        let update = format!(r#"{{"$set":{{"{path}":{argument}}}}}"#);
        let once = apply(&update, "{}", false).unwrap();
        prop_assert!(once.modified);
        let twice = Update::parse(&value(&update)).unwrap().apply(&once.document, false, NOW).unwrap();
        prop_assert!(!twice.modified);
        prop_assert_eq!(once.document, twice.document);
    }
}
