use proptest::prelude::*;

use super::matches::Condition;
use super::typed::typed;
use super::{DeletedKeys, Filter, Order, Place, Query, check_delete_many, place, sole_key};
use crate::error::{Kind, database, filter, warning};
use crate::json::parse;
use crate::table::column_type::{ColumnType, Element, Scalar};
use crate::table::definition::{Direction, TableDefinition};
use crate::table::index::{Index, IndexKind, Part};
use crate::table::row::{Row, key_bytes};
use crate::table::value::CqlValue;
use crate::text::{Analyzer, Folding};

/// Partitions by `p`, then `up` ascending and `down` descending, and columns of every kind beside the key.
fn table() -> TableDefinition {
    let column = |name: &str, column_type| (name.to_owned(), column_type);
    let scalar = |name, scalar| column(name, ColumnType::Scalar(scalar));
    let mut table = TableDefinition::new(
        vec![
            scalar("p", Scalar::Int),
            scalar("up", Scalar::Int),
            scalar("down", Scalar::Int),
        ],
        vec![Direction::Ascending, Direction::Descending],
        vec![
            scalar("Big", Scalar::Int),
            scalar("body", Scalar::Text),
            scalar("bytes", Scalar::Blob),
            scalar("folded", Scalar::Text),
            scalar("long", Scalar::Duration),
            scalar("n", Scalar::Int),
            scalar("name", Scalar::Text),
            column("list", ColumnType::List(Element::Scalar(Scalar::Text))),
            column(
                "map",
                ColumnType::Map(Scalar::Text, Element::Scalar(Scalar::Int)),
            ),
        ],
    );
    let folding = Folding {
        case_sensitive: false,
        ..Folding::default()
    };
    let standard = Analyzer::from_value(&"standard".into()).expect("an analyzer");
    for (column, kind) in [
        ("Big", IndexKind::Regular(Part::Whole, None)),
        ("body", IndexKind::Text(standard)),
        ("folded", IndexKind::Regular(Part::Whole, Some(folding))),
        ("list", IndexKind::Regular(Part::Values, None)),
        (
            "name",
            IndexKind::Regular(Part::Whole, Some(Folding::default())),
        ),
    ] {
        table.add_index(Index {
            name: format!("i_{column}"),
            column: column.to_owned(),
            kind,
        });
    }
    table
}

fn filter(json: &str) -> Result<Filter, &'static Kind> {
    let json = parse(json.as_bytes()).expect("JSON");
    Filter::parse(Some(&json), &table()).map_err(|error| error.kind)
}

fn planned(json: &str) -> (Option<&'static Kind>, Vec<&'static str>) {
    let filter = match filter(json) {
        Ok(filter) => filter,
        Err(kind) => return (Some(kind), Vec::new()),
    };
    let (error, warnings) = match Query::plan(&filter, &table(), Order::Free) {
        Ok(query) => (None, query.warnings),
        Err(refusal) => (Some(refusal.error.kind), refusal.warnings),
    };
    (
        error,
        warnings.iter().map(|warning| warning.kind.code).collect(),
    )
}

fn condition(json: &str) -> Condition {
    let filter = filter(json).expect("a filter");
    typed(&filter.root, &table())
        .expect("values that fit")
        .condition
}

/// A row with these values for columns beside a key of zeros.
fn row(values: &str) -> Row {
    let mut row = Row::of_key(
        vec![CqlValue::Int(0), CqlValue::Int(0), CqlValue::Int(0)],
        &table(),
    );
    let values = parse(values.as_bytes()).expect("JSON");
    for (name, value) in values.as_object().expect("an object") {
        let position = table().position(name).expect("a column");
        let value = table().columns()[position]
            .column_type
            .read(value)
            .expect("a value that fits");
        row.set(position, value);
    }
    row
}

#[test]
fn conditions_hold_for_rows_that_fulfil_them() {
    for (json, values, holds) in [
        (r#"{"n":1}"#, r#"{"n":1}"#, true),
        (r#"{"n":{"$ne":1}}"#, r#"{"n":2}"#, true),
        (r#"{"n":{"$ne":1}}"#, "{}", false),
        (r#"{"n":{"$nin":[1]}}"#, "{}", false),
        (r#"{"list":{"$nin":["a"]}}"#, "{}", true),
        (r#"{"list":{"$in":["a","b"]}}"#, r#"{"list":["b"]}"#, true),
        (r#"{"list":{"$all":["a","b"]}}"#, r#"{"list":["b"]}"#, false),
        (
            r#"{"$not":{"list":{"$all":["a","b"]}}}"#,
            r#"{"list":["b"]}"#,
            true,
        ),
        (
            r#"{"map":{"$keys":{"$in":["k"]}}}"#,
            r#"{"map":{"k":1}}"#,
            true,
        ),
        (
            r#"{"map":{"$VALUES":{"$all":[1,2]}}}"#,
            r#"{"map":{"k":1,"l":2}}"#,
            true,
        ),
        (
            r#"{"map":{"$in":[["k",2]]}}"#,
            r#"{"map":{"k":1,"l":2}}"#,
            false,
        ),
    ] {
        assert_eq!(
            condition(json).holds(&row(values)),
            holds,
            "{json} {values}"
        );
    }
}

#[test]
fn texts_are_compared_as_their_indexes_see_them() {
    for (json, values, holds) in [
        (r#"{"folded":"BOB"}"#, r#"{"folded":"bob"}"#, true),
        (r#"{"folded":{"$ne":"BOB"}}"#, r#"{"folded":"bob"}"#, true),
        (r#"{"name":"BOB"}"#, r#"{"name":"bob"}"#, false),
        (r#"{"body":"fox"}"#, r#"{"body":"The quick Fox"}"#, true),
        (
            r#"{"body":{"$match":"fox dog"}}"#,
            r#"{"body":"The quick Fox"}"#,
            false,
        ),
        (
            r#"{"body":{"$in":["dog","FOX quick"]}}"#,
            r#"{"body":"The quick Fox"}"#,
            true,
        ),
        (
            r#"{"body":{"$in":["dog","fox dog",""]}}"#,
            r#"{"body":"The quick Fox"}"#,
            false,
        ),
        (
            r#"{"body":{"$eq":"fox","$ne":"Fox"}}"#,
            r#"{"body":"Fox"}"#,
            false,
        ),
    ] {
        assert_eq!(
            condition(json).holds(&row(values)),
            holds,
            "{json} {values}"
        );
    }
}

#[test]
fn logical_operators_combine_tests() {
    for (json, values, holds) in [
        (r#"{"$or":[{"n":1,"name":"x"}]}"#, r#"{"n":1}"#, true),
        (
            r#"{"$and":[{"$or":[{"n":1},{"n":2}]},{"name":"x"}]}"#,
            r#"{"n":2,"name":"x"}"#,
            true,
        ),
        (
            r#"{"$not":{"n":1,"name":"x"}}"#,
            r#"{"n":1,"name":"y"}"#,
            true,
        ),
        (
            r#"{"bytes":{"$binary":"AQI="}}"#,
            r#"{"bytes":{"$binary":"AQI="}}"#,
            true,
        ),
    ] {
        assert_eq!(
            condition(json).holds(&row(values)),
            holds,
            "{json} {values}"
        );
    }
}

#[test]
fn filters_that_cannot_be_are_told_apart() {
    for (json, kind) in [
        ("[]", &filter::FILTER_UNSUPPORTED_DATA_TYPE),
        (r#"{"z":1}"#, &filter::UNKNOWN_TABLE_COLUMNS),
        (r#"{"n":[1]}"#, &filter::FILTER_INVALID_EXPRESSION),
        (r#"{"$nor":[{"n":1}]}"#, &filter::FILTER_INVALID_EXPRESSION),
        (
            r#"{"n":{"$regex":1}}"#,
            &filter::FILTER_UNSUPPORTED_OPERATOR,
        ),
        (r#"{"n":{"a":1}}"#, &filter::FILTER_UNSUPPORTED_DATA_TYPE),
        (r#"{"n":{"$in":1}}"#, &filter::FILTER_INVALID_EXPRESSION),
        (r#"{"n":"x"}"#, &filter::INVALID_FILTER_COLUMN_VALUES),
        (
            r#"{"bytes":{"$eq":{"$binary":"AQI="}}}"#,
            &filter::INVALID_FILTER_COLUMN_VALUES,
        ),
        (
            r#"{"list":{"$eq":"a"}}"#,
            &filter::INVALID_MAP_SET_LIST_FILTER,
        ),
        (r#"{"list":"a"}"#, &filter::INVALID_FILTER_COLUMN_VALUES),
        (
            r#"{"map":{"$in":[{"k":1}]}}"#,
            &filter::INVALID_MAP_SET_LIST_FILTER,
        ),
        (
            r#"{"long":{"$gt":"1h"}}"#,
            &filter::UNSUPPORTED_COMPARISON_FILTER_AGAINST_DURATION,
        ),
        (
            r#"{"name":{"$match":"a"}}"#,
            &filter::CANNOT_LEXICAL_FILTER_NON_INDEXED_COLUMNS,
        ),
        (
            r#"{"$not":{"body":{"$match":"a"}}}"#,
            &filter::FILTER_INVALID_EXPRESSION,
        ),
        (r#"{"n":{"$in":[]}}"#, &database::UNSUPPORTED_DATABASE_QUERY),
        (r#"{"n":{"$in":[null]}}"#, &database::INVALID_DATABASE_QUERY),
        (
            r#"{"$or":[{"p":1},{"p":2}]}"#,
            &database::INVALID_DATABASE_QUERY,
        ),
        (
            r#"{"p":1,"up":{"$gt":1},"down":2}"#,
            &database::INVALID_DATABASE_QUERY,
        ),
        (
            r#"{"$and":[{"n":1},{"n":{"$gt":0}}]}"#,
            &database::INVALID_DATABASE_QUERY,
        ),
    ] {
        assert_eq!(planned(json).0, Some(kind), "{json}");
    }
    let nested = format!("{}{{}}{}", r#"{"$not":"#.repeat(400), "}".repeat(400));
    assert_eq!(planned(&nested).0, Some(&filter::FILTER_INVALID_EXPRESSION));
}

#[test]
fn filters_of_collections_and_of_nothing_in_a_map_are_refused() {
    for (json, kind) in [
        (
            r#"{"map":{"$keys":{}}}"#,
            &filter::FILTER_UNSUPPORTED_OPERATOR,
        ),
        (r#"{"$vector":1}"#, &filter::FILTER_INVALID_EXPRESSION),
        (r#"{"$vectorize":"x"}"#, &filter::FILTER_INVALID_EXPRESSION),
    ] {
        assert_eq!(planned(json).0, Some(kind), "{json}");
    }
}

#[test]
fn slow_filters_are_told() {
    for (json, expected) in [
        ("{}", vec![&warning::ZERO_FILTER_OPERATIONS]),
        (r#"{"p":1}"#, vec![]),
        (r#"{"p":1,"up":2,"down":3}"#, vec![]),
        (r#"{"up":1}"#, vec![&warning::INCOMPLETE_PRIMARY_KEY_FILTER]),
        (
            r#"{"p":1,"down":1}"#,
            vec![&warning::INCOMPLETE_PRIMARY_KEY_FILTER],
        ),
        (
            r#"{"p":{"$gt":1}}"#,
            vec![&warning::QUERY_RETRIED_DUE_TO_INDEXING],
        ),
        (r#"{"n":1}"#, vec![&warning::MISSING_INDEX]),
        (r#"{"name":"x"}"#, vec![]),
        (r#"{"Big":1}"#, vec![&warning::MISSING_INDEX]),
        (r#"{"p":1,"name":"x"}"#, vec![&warning::MISSING_INDEX]),
        (
            r#"{"name":{"$ne":"x"}}"#,
            vec![&warning::NOT_EQUALS_UNSUPPORTED_BY_INDEXING],
        ),
        (
            r#"{"name":{"$gt":"x"}}"#,
            vec![&warning::COMPARISON_FILTER_UNSUPPORTED_BY_INDEXING],
        ),
        (
            r#"{"name":{"$nin":["x"]}}"#,
            vec![&warning::NOT_IN_FILTER_UNSUPPORTED_BY_INDEXING],
        ),
        (r#"{"list":{"$in":["x"]}}"#, vec![]),
        (
            r#"{"map":{"$keys":{"$in":["x"]}}}"#,
            vec![&warning::MISSING_INDEX],
        ),
        (
            r#"{"map":{"$keys":{"$in":["x"]}},"n":1}"#,
            vec![&warning::MISSING_INDEX, &warning::MISSING_INDEX],
        ),
    ] {
        let codes: Vec<_> = expected.iter().map(|kind| kind.code).collect();
        assert_eq!(planned(json), (None, codes), "{json}");
    }
}

#[test]
fn one_row_is_selected_by_its_whole_key() {
    let key = |json: &str| {
        filter(json).and_then(|filter| sole_key(&filter, &table()).map_err(|error| error.kind))
    };
    let zero = CqlValue::Int(0);
    assert_eq!(
        key(r#"{"down":0,"$and":[{"p":0},{"up":0}]}"#),
        Ok(vec![zero.clone(), zero.clone(), zero])
    );
    for (json, kind) in [
        ("{}", &filter::MISSING_FILTER_FOR_UPDATE_DELETE),
        (r#"{"z":1}"#, &filter::UNKNOWN_TABLE_COLUMNS),
        (
            r#"{"p":0,"n":1}"#,
            &filter::UNSUPPORTED_NON_PRIMARY_KEY_FILTER_FOR_UPDATE_DELETE,
        ),
        (
            r#"{"p":{"$in":[0]}}"#,
            &filter::UNSUPPORTED_FILTER_FOR_UPDATE_ONE_DELETE_ONE,
        ),
        (
            r#"{"p":0,"up":0}"#,
            &filter::MISSING_FULL_PRIMARY_KEY_FOR_UPDATE_DELETE,
        ),
        (
            r#"{"p":0,"up":0,"down":"x"}"#,
            &filter::INVALID_FILTER_COLUMN_VALUES,
        ),
        (
            r#"{"$or":[{"p":0,"up":0,"down":0}]}"#,
            &database::INVALID_DATABASE_QUERY,
        ),
    ] {
        assert_eq!(key(json), Err(kind), "{json}");
    }
}

#[test]
fn many_rows_are_deleted_by_leading_parts_of_the_key() {
    let deleted = |json: &str| {
        let keys = filter(json)
            .and_then(|filter| check_delete_many(&filter, &table()).map_err(|error| error.kind));
        keys.map(|keys| matches!(keys, DeletedKeys::All))
    };
    assert_eq!(deleted(r#"{"$and":[]}"#), Ok(true));
    for json in [
        r#"{"p":0}"#,
        r#"{"p":{"$in":[0,1]},"up":{"$gt":1,"$lt":5}}"#,
        r#"{"p":0,"up":0,"down":{"$ne":3}}"#,
    ] {
        assert_eq!(deleted(json), Ok(false), "{json}");
    }
    for (json, kind) in [
        (r#"{"up":0}"#, &filter::INVALID_PRIMARY_KEY_FILTER),
        (r#"{"p":0,"down":0}"#, &filter::INVALID_PRIMARY_KEY_FILTER),
        (
            r#"{"p":0,"n":0}"#,
            &filter::UNSUPPORTED_NON_PRIMARY_KEY_FILTER_FOR_UPDATE_DELETE,
        ),
        (r#"{"p":{"$gt":0}}"#, &database::INVALID_DATABASE_QUERY),
        (
            r#"{"p":0,"up":{"$gt":0},"down":1}"#,
            &database::INVALID_DATABASE_QUERY,
        ),
        (
            r#"{"p":0,"up":{"$eq":1,"$gt":0}}"#,
            &database::INVALID_DATABASE_QUERY,
        ),
        (
            r#"{"p":0,"$and":[{"up":{"$gt":0}},{"up":{"$gte":1}}]}"#,
            &database::INVALID_DATABASE_QUERY,
        ),
        (
            r#"{"$and":[{"p":0},{"p":0}]}"#,
            &database::INVALID_DATABASE_QUERY,
        ),
    ] {
        assert_eq!(deleted(json), Err(kind), "{json}");
    }
}

#[test]
fn no_partition_key_is_empty() {
    for (scalar, empty) in [(Scalar::Text, r#""""#), (Scalar::Blob, r#"{"$binary":""}"#)] {
        let key = vec![("key".to_owned(), ColumnType::Scalar(scalar))];
        let table = TableDefinition::new(key, Vec::new(), Vec::new());
        let json = parse(format!(r#"{{"key":{empty}}}"#).as_bytes()).expect("JSON");
        let filter = Filter::parse(Some(&json), &table).expect("a filter");
        let refused = Some(&database::INVALID_DATABASE_QUERY);
        let deleted = check_delete_many(&filter, &table).err();
        assert_eq!(deleted.map(|error| error.kind), refused);
        let found = Query::plan(&filter, &table, Order::Free).err();
        assert_eq!(found.map(|refusal| refusal.error.kind), refused);
    }
}

fn test_of_int() -> impl Strategy<Value = String> {
    let operator = prop::sample::select(vec!["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"]);
    let value = 0..4_i32;
    prop_oneof![
        (operator, value.clone())
            .prop_map(|(operator, value)| format!(r#"{{"{operator}":{value}}}"#)),
        prop::collection::vec(value, 1..3).prop_map(|values| format!(r#"{{"$in":{values:?}}}"#)),
    ]
}

fn tests_of_keys() -> impl Strategy<Value = String> {
    let column = prop::sample::select(vec!["p", "up", "down"]);
    let tests = prop::collection::vec((column, test_of_int()), 0..5);
    tests.prop_map(|tests| {
        let tests: Vec<_> = tests
            .iter()
            .map(|(column, test)| format!(r#"{{"{column}":{test}}}"#))
            .collect();
        format!(r#"{{"$and":[{}]}}"#, tests.join(","))
    })
}

proptest! {
    #[test]
    fn rows_that_fulfil_a_condition_lie_in_exactly_one_of_its_ranges(json in tests_of_keys(), key in prop::array::uniform3(0..4_i64)) {
        let (condition, table) = (condition(&json), table());
        let key: Vec<_> = key.into_iter().map(CqlValue::Int).collect();
        let bytes = key_bytes(&key, &table);
        let row = Row::of_key(key, &table);
        let Place::Ranges(ranges) = place(&condition, &table) else {
            panic!("a key has no look-up");
        };
        let containing = ranges.iter().filter(|range| range.contains(&bytes)).count();
        prop_assert!(containing <= 1);
        prop_assert!(containing == 1 || !condition.holds(&row), "{json}");
    }
}
