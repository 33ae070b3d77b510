//! Habits of the real server that no recorded answer shows: they are those of its source, at the version the recorded
//! answers are of (<https://github.com/stargate/data-api/tree/v1.0.51>).

use serde_json::{Value, json};

use crate::{codes, send, shop};

/// What is left of a document after an update, or the codes of the errors.
fn updated(document: &str, update: &str) -> Result<Value, Vec<String>> {
    let engine = shop();
    send(&engine, "shop", r#"{"createCollection":{"name":"carts"}}"#);
    let insert = format!(r#"{{"insertOne":{{"document":{document}}}}}"#);
    let inserted = send(&engine, "shop/carts", &insert);
    assert!(inserted.get("errors").is_none(), "{inserted}");
    let update = format!(
        r#"{{"findOneAndUpdate":{{"update":{update},"projection":{{"_id":0}},"options":{{"returnDocument":"after"}}}}}}"#
    );
    let answer = send(&engine, "shop/carts", &update);
    if answer.get("errors").is_some() {
        return Err(codes(&answer).into_iter().map(str::to_owned).collect());
    }
    Ok(answer["data"]["document"].clone())
}

/// The `_id`s of the documents a filter selects, in order.
fn selected(documents: &Value, filter: &str) -> Vec<u64> {
    let engine = shop();
    send(&engine, "shop", r#"{"createCollection":{"name":"carts"}}"#);
    let insert = json!({"insertMany": {"documents": documents}});
    let inserted = send(&engine, "shop/carts", &insert.to_string());
    assert!(inserted.get("errors").is_none(), "{inserted}");
    let find = format!(r#"{{"find":{{"filter":{filter},"sort":{{"_id":1}}}}}}"#);
    let answer = send(&engine, "shop/carts", &find);
    let found = answer["data"]["documents"].as_array().expect("documents");
    found
        .iter()
        .map(|document| document["_id"].as_u64().expect("a number"))
        .collect()
}

#[test]
fn changes_below_others_are_told_only_of_the_first_path() {
    let conflict = Err(vec!["UNSUPPORTED_UPDATE_OPERATION_PARAM".to_owned()]);
    let document = r#"{"b":{"x":1}}"#;
    for update in [
        r#"{"$set":{"b":{},"b.x":2}}"#,
        r#"{"$set":{"b.x":2},"$unset":{"b":1}}"#,
        r#"{"$set":{"b":{},"ba":1,"b.x.y":2}}"#,
        r#"{"$set":{"a":1,"b":2},"$inc":{"b":1}}"#,
    ] {
        assert_eq!(updated(document, update), conflict, "{update}");
    }
    assert_eq!(
        updated(document, r#"{"$set":{"a":1,"b":{"y":1},"b.x":2}}"#),
        Ok(json!({"a": 1, "b": {"x": 2, "y": 1}}))
    );
    assert_eq!(
        updated(document, r#"{"$set":{"a":1,"b.x":2},"$unset":{"b":1}}"#),
        Ok(json!({"a": 1}))
    );
}

#[test]
fn pull_all_is_known_though_collections_do_not_have_it() {
    for (update, code) in [
        (r#"{"$pullAll":{"a":[1]}}"#, "UNSUPPORTED_UPDATE_OPERATION"),
        (r#"{"$pullAll":5}"#, "UNSUPPORTED_UPDATE_DATA_TYPE"),
        (
            r#"{"$pullAll":{"a":[1]},"$set":{"_id":1}}"#,
            "UNSUPPORTED_UPDATE_OPERATOR_FOR_DOC_ID",
        ),
        (
            r#"{"$pullAll":{"a":[1]},"$nope":{}}"#,
            "UNSUPPORTED_UPDATE_OPERATION",
        ),
    ] {
        assert_eq!(
            updated("{}", update),
            Err(vec![code.to_owned()]),
            "{update}"
        );
    }
}

#[test]
fn a_negation_of_several_groups_negates_each() {
    let documents = json!([
        {"_id": 0, "a": 1, "b": 1, "c": 1, "d": 1},
        {"_id": 1, "a": 1, "b": 1},
        {"_id": 2, "c": 1},
        {"_id": 3},
    ]);
    let groups = r#"{"$not":{"$and":[{"a":1},{"b":1}],"$or":[{"c":1},{"d":1}]}}"#;
    assert_eq!(selected(&documents, groups), [3]);
    let inside_or = format!(r#"{{"$or":[{groups},{{"d":1}}]}}"#);
    assert_eq!(selected(&documents, &inside_or), [0, 1, 2, 3]);
    let with_comparison = r#"{"$not":{"a":1,"$or":[{"c":1},{"d":1}]}}"#;
    assert_eq!(selected(&documents, with_comparison), [1, 2, 3]);
}

#[test]
fn empty_lists_count_only_where_there_is_no_other_list() {
    let documents = json!([{"_id": 0, "a": 1, "b": 1}, {"_id": 1, "a": 1, "b": 2}, {"_id": 2}]);
    for (filter, ids) in [
        (r#"{"a":{"$in":[]}}"#, &[][..]),
        (r#"{"a":{"$in":[]},"b":1}"#, &[]),
        (r#"{"a":{"$in":[]},"b":{"$in":[2]}}"#, &[1]),
        (r#"{"a":{"$nin":[]},"b":{"$nin":[2]}}"#, &[0, 2]),
        (r#"{"$or":[{"a":{"$in":[]}}]}"#, &[0, 1, 2]),
        (r#"{"$or":[{"a":{"$in":[]}},{"b":1}]}"#, &[0]),
        (r#"{"$or":[{"a":{"$nin":[]}},{"b":1}]}"#, &[0, 1, 2]),
        (r#"{"$or":[{"a":{"$nin":[]}},{"b":{"$nin":[2]}}]}"#, &[0, 2]),
        (
            r#"{"$and":[{"$or":[{"a":{"$nin":[]}},{"b":7}]},{"b":1}]}"#,
            &[0],
        ),
        (r#"{"$or":[{"$and":[{"a":{"$in":[]}}]},{"b":2}]}"#, &[1]),
        (r#"{"$not":{"a":{"$nin":[]}}}"#, &[]),
        (r#"{"_id":{"$in":[]}}"#, &[]),
        (r#"{"_id":{"$nin":[]},"b":2}"#, &[1]),
    ] {
        assert_eq!(selected(&documents, filter), ids, "{filter}");
    }
}

#[test]
fn parts_of_uuids_may_be_short() {
    let documents = json!([{"_id": 0, "u": {"$uuid": "1-2-3-4-5"}}]);
    for filter in [
        r#"{"u":{"$uuid":"1-2-3-4-5"}}"#,
        r#"{"u":{"$uuid":"00000001-0002-0003-0004-000000000005"}}"#,
        r#"{"u":"00000001-0002-0003-0004-000000000005"}"#,
    ] {
        assert_eq!(selected(&documents, filter), [0], "{filter}");
    }
}

#[test]
fn what_cannot_be_read_is_told_though_there_is_nothing_to_do_it_to() {
    let engine = shop();
    for (path, body, code) in [
        (
            "shop/nope",
            r#"{"updateOne":{"filter":{},"update":{"$nope":{}}}}"#,
            "UNSUPPORTED_UPDATE_OPERATION",
        ),
        (
            "shop/nope",
            r#"{"updateMany":{"filter":{"a":{"$nope":1}},"update":{"$set":5}}}"#,
            "UNSUPPORTED_UPDATE_DATA_TYPE",
        ),
        (
            "shop/nope",
            r#"{"updateOne":{"filter":{},"update":{"$set":{"_id":1}}}}"#,
            "UNKNOWN_COLLECTION_OR_TABLE",
        ),
        (
            "shop/nope",
            r#"{"updateOne":{"update":{"$nope":{}},"bogus":1}}"#,
            "UNSUPPORTED_UPDATE_OPERATION",
        ),
        (
            "shop/nope",
            r#"{"createIndex":{"name":"i","definition":{"column":{"m":"$entries"}}}}"#,
            "INVALID_FORMAT_FOR_INDEX_CREATION_COLUMN",
        ),
        (
            "shop/nope",
            r#"{"alterTable":{"operation":{"rename":{}}}}"#,
            "COMMAND_UNKNOWN",
        ),
        (
            "shop/nope",
            r#"{"alterTable":{"operation":{"add":{}}}}"#,
            "UNKNOWN_COLLECTION_OR_TABLE",
        ),
        (
            "nope",
            r#"{"createTable":{"name":"t","definition":{"columns":{"id":"TEXT"},"primaryKey":"id"}}}"#,
            "UNKNOWN_PRIMITIVE_DATA_TYPE",
        ),
        (
            "nope",
            r#"{"createTable":{"name":"t","definition":{"columns":{"id":"list"},"primaryKey":"id"}}}"#,
            "UNKNOWN_KEYSPACE",
        ),
        (
            "nope",
            r#"{"createType":{"name":"t","definition":{"fields":{"a":{"type":"nope"}}},"options":{"bogus":1}}}"#,
            "UNKNOWN_DATA_TYPE",
        ),
        (
            "nope",
            r#"{"alterType":{"name":"t","rename":{"fields":{"a":[]}}}}"#,
            "REQUEST_STRUCTURE_MISMATCH",
        ),
    ] {
        assert_eq!(codes(&send(&engine, path, body)), [code], "{body}");
    }
}

#[test]
fn fields_of_types_that_are_no_object_are_no_fields() {
    let engine = shop();
    for (body, code) in [
        (
            r#"{"createType":{"name":"t","definition":{"fields":[]}}}"#,
            "MISSING_FIELDS_FOR_TYPE_CREATION",
        ),
        (
            r#"{"createType":{"name":"t","definition":{"fields":"a"}}}"#,
            "MISSING_FIELDS_FOR_TYPE_CREATION",
        ),
        (
            r#"{"alterType":{"name":"t","add":{"fields":["a"]}}}"#,
            "MISSING_ALTER_TYPE_OPERATIONS",
        ),
    ] {
        assert_eq!(codes(&send(&engine, "shop", body)), [code], "{body}");
    }
}

#[test]
fn clauses_are_told_in_the_order_of_the_real_server() {
    let engine = shop();
    send(&engine, "shop", r#"{"createCollection":{"name":"carts"}}"#);
    for (body, code) in [
        (
            r#"{"findOneAndUpdate":{"projection":{"a":"x"},"update":{"$set":{"_id":1}}}}"#,
            "UNSUPPORTED_PROJECTION_PARAM",
        ),
        (
            r#"{"findOneAndReplace":{"projection":5,"replacement":{"$vector":[1],"$vectorize":"x"}}}"#,
            "INVALID_USAGE_OF_VECTORIZE",
        ),
        (
            r#"{"find":{"sort":{"a":1},"projection":5,"options":{"pageState":"x"}}}"#,
            "SORT_CLAUSE_INVALID",
        ),
        (
            r#"{"find":{"sort":{"a":1},"projection":5,"options":{"pageState":""}}}"#,
            "UNSUPPORTED_PROJECTION_DEFINITION",
        ),
        (
            r#"{"updateOne":{"filter":{"_id":{"$in":[]}},"update":{},"options":{"upsert":true}}}"#,
            "FILTER_UNSUPPORTED_DATA_TYPE",
        ),
    ] {
        assert_eq!(codes(&send(&engine, "shop/carts", body)), [code], "{body}");
    }
}

#[test]
fn reranking_is_refused_for_the_sort_before_the_filter() {
    let engine = shop();
    send(&engine, "shop", r#"{"createCollection":{"name":"carts"}}"#);
    for (command, code) in [
        (
            r#"{"filter":{"$x":1},"sort":{"$hybrid":"a"}}"#,
            "UNSUPPORTED_VECTOR_SORT_FOR_COLLECTION",
        ),
        (
            r#"{"sort":{"$hybrid":{"$vector":[]}}}"#,
            "SHRED_BAD_VECTOR_SIZE",
        ),
        (
            r#"{"sort":{"$hybrid":{"$vector":["a"]}}}"#,
            "SHRED_BAD_VECTOR_VALUE",
        ),
        (
            r#"{"sort":{"$hybrid":{"$vector":{"$date":1}}}}"#,
            "REQUEST_STRUCTURE_MISMATCH",
        ),
    ] {
        let body = format!(r#"{{"findAndRerank":{command}}}"#);
        let answer = send(&engine, "shop/carts", &body);
        assert_eq!(codes(&answer), [code], "{command}");
    }
}

#[test]
fn a_dropped_column_of_a_user_type_does_not_come_back() {
    let engine = shop();
    for command in [
        r#"{"createType":{"name":"person","definition":{"fields":{"name":"text"}}}}"#,
        r#"{"createTable":{"name":"towns","definition":{"columns":{"id":"text","mayor":{"type":"userDefined","udtName":"person"},"people":{"type":"list","valueType":{"type":"userDefined","udtName":"person"}},"size":"int"},"primaryKey":"id"}}}"#,
    ] {
        assert_eq!(send(&engine, "shop", command), json!({"status": {"ok": 1}}));
    }
    let drop = r#"{"alterTable":{"operation":{"drop":{"columns":["mayor","people","size"]}}}}"#;
    let dropped = send(&engine, "shop/towns", drop);
    assert_eq!(dropped, json!({"status": {"ok": 1}}));
    let add = |column: &str| {
        let body =
            format!(r#"{{"alterTable":{{"operation":{{"add":{{"columns":{{{column}}}}}}}}}}}"#);
        let answer = send(&engine, "shop/towns", &body);
        answer["errors"][0]["errorCode"].clone()
    };
    for column in [
        r#""mayor":{"type":"userDefined","udtName":"person"}"#,
        r#""people":{"type":"list","valueType":{"type":"userDefined","udtName":"person"}}"#,
    ] {
        assert_eq!(
            add(column),
            "CANNOT_ADD_PREVIOUSLY_DROPPED_COLUMN",
            "{column}"
        );
    }
    assert_eq!(add(r#""size":"int""#), Value::Null);
}

#[test]
fn what_is_wrong_before_the_json_is_told_first() {
    let engine = shop();
    for (body, code) in [
        ("[", "REQUEST_STRUCTURE_MISMATCH"),
        (r#"[{"find":{}}"#, "REQUEST_STRUCTURE_MISMATCH"),
        (r#"{"dance":{"#, "COMMAND_UNKNOWN"),
        (r#"{"dance":{},}"#, "COMMAND_UNKNOWN"),
        (r#"{"dance":}"#, "REQUEST_NOT_JSON"),
        (r#"{"dance""#, "REQUEST_NOT_JSON"),
        (r#"{"find":["#, "REQUEST_STRUCTURE_MISMATCH"),
        (r#"{"find":{},"count":{"#, "REQUEST_STRUCTURE_MISMATCH"),
        (r#"{"find":{},"count"}"#, "REQUEST_NOT_JSON"),
        (r#"{"find":{},"find":{}}"#, "REQUEST_NOT_JSON"),
        (r#"{"find":{"bogus":1,}}"#, "COMMAND_FIELD_UNKNOWN"),
        (r#"{"find":{"bogus":[}}"#, "COMMAND_FIELD_UNKNOWN"),
        (r#"{"find":{"bogus":}}"#, "REQUEST_NOT_JSON"),
        (r#"{"find":{"filter":{"a":NaN}}}"#, "REQUEST_NOT_JSON"),
        (
            r#"{"find":{"options":{"limit":{"a":"#,
            "REQUEST_STRUCTURE_MISMATCH",
        ),
        (r#"{"find":{"options":{"limit":1,}}}"#, "REQUEST_NOT_JSON"),
        (
            r#"{"createIndex":{"name":{"name":1},"definition":{},}}"#,
            "REQUEST_STRUCTURE_MISMATCH",
        ),
    ] {
        assert_eq!(codes(&send(&engine, "shop/carts", body)), [code], "{body}");
    }
}
