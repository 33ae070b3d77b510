use super::{Sort, Sorted};
use crate::definition::Metric;
use crate::error::{Kind, database, document, sort, warning};
use crate::json::parse;
use crate::table::column_type::{ColumnType, Scalar, VectorType};
use crate::table::definition::{Direction, TableDefinition};
use crate::table::filter::Filter;
use crate::table::index::{Index, IndexKind};

fn table() -> TableDefinition {
    let scalar = |name: &str, scalar| (name.to_owned(), ColumnType::Scalar(scalar));
    let vector = |name: &str| {
        let vector = VectorType {
            dimension: 2,
            service: None,
        };
        (name.to_owned(), ColumnType::Vector(vector))
    };
    let mut table = TableDefinition::new(
        vec![
            scalar("p", Scalar::Text),
            scalar("up", Scalar::Int),
            scalar("down", Scalar::Int),
        ],
        vec![Direction::Ascending, Direction::Descending],
        vec![
            scalar("n", Scalar::Int),
            scalar("t", Scalar::Text),
            vector("v"),
            vector("w"),
        ],
    );
    table.add_index(Index {
        name: "near".to_owned(),
        column: "v".to_owned(),
        kind: IndexKind::Vector(Metric::Cosine, "other".to_owned()),
    });
    table
}

fn checked(json: &str, limit: Option<u32>, skips: bool) -> Result<Sort, &'static Kind> {
    let json = parse(json.as_bytes()).expect("JSON");
    let sort = Sort::parse(Some(&json), &table()).map_err(|error| error.kind)?;
    sort.check(&table(), limit, skips)
        .map_err(|error| error.kind)?;
    Ok(sort)
}

#[test]
fn sorts_that_cannot_be_are_told_apart() {
    for (json, kind) in [
        ("[]", &sort::SORT_CLAUSE_INVALID),
        (r#"{"z":1}"#, &sort::CANNOT_SORT_UNKNOWN_COLUMNS),
        (r#"{"n":1.0}"#, &sort::INVALID_REGULAR_SORT_EXPRESSION),
        (r#"{"n":[1]}"#, &sort::CANNOT_VECTOR_SORT_NON_VECTOR_COLUMNS),
        (
            r#"{"n":"x"}"#,
            &sort::CANNOT_VECTORIZE_SORT_NON_VECTOR_COLUMN,
        ),
        (
            r#"{"t":"x"}"#,
            &sort::CANNOT_LEXICAL_SORT_NON_INDEXED_COLUMNS,
        ),
        (
            r#"{"v":[1,2],"n":1}"#,
            &sort::CANNOT_SORT_ON_SPECIAL_WITH_OTHERS,
        ),
        (r#"{"v":1}"#, &sort::INVALID_VECTOR_SORT_EXPRESSION),
        (r#"{"v":[]}"#, &document::SHRED_BAD_VECTOR_SIZE),
        (r#"{"v":["a"]}"#, &document::SHRED_BAD_VECTOR_VALUE),
        (r#"{"v":{"a":1}}"#, &sort::SORT_CLAUSE_VALUE_INVALID),
        (
            r#"{"v":[1]}"#,
            &sort::CANNOT_VECTOR_SORT_ON_MISMATCHED_VECTOR_DIMENSIONS,
        ),
        (
            r#"{"w":[1,2]}"#,
            &sort::CANNOT_VECTOR_SORT_NON_INDEXED_VECTOR_COLUMNS,
        ),
        (
            r#"{"v":"x"}"#,
            &sort::CANNOT_VECTORIZE_SORT_WHEN_MISSING_VECTORIZE_DEFINITION,
        ),
    ] {
        assert_eq!(checked(json, None, false), Err(kind), "{json}");
    }
    assert_eq!(
        checked(r#"{"v":[1,2]}"#, Some(1001), false),
        Err(&sort::CANNOT_VECTOR_SORT_WITH_LIMIT_EXCEEDS_MAX)
    );
    assert_eq!(
        checked(r#"{"v":[1,2]}"#, None, true),
        Err(&sort::CANNOT_VECTOR_SORT_WITH_SKIP_OPTION)
    );
    assert_eq!(
        checked(r#"{"v":[1,2]}"#, Some(1000), false),
        Ok(Sort::Vector(5, vec![1.0, 2.0]))
    );
}

#[test]
fn the_key_sorts_what_it_can_and_memory_the_rest() {
    let decided = |filter: &str, json: &str, skips| {
        let Ok(Sort::Columns(columns)) = checked(json, None, skips) else {
            panic!("{json} is no sort by columns");
        };
        let filter = Filter::parse(Some(&parse(filter.as_bytes()).expect("JSON")), &table())
            .expect("a filter");
        match Sorted::decide(&columns, &filter, &table(), skips) {
            Sorted::ByKey(backwards) => Ok(backwards),
            Sorted::InMemory(error) | Sorted::Impossible(error) => Err(error.kind),
        }
    };
    let one = r#"{"p":"x"}"#;
    assert_eq!(decided(one, r#"{"up":1}"#, false), Ok(false));
    assert_eq!(
        decided(r#"{"p":{"$in":["x"]}}"#, r#"{"up":1,"down":-1}"#, false),
        Ok(false)
    );
    assert_eq!(decided(one, r#"{"up":-1,"down":1}"#, false), Ok(true));
    for (filter, json, skips, kind) in [
        (
            one,
            r#"{"up":1,"down":1}"#,
            false,
            &database::INVALID_DATABASE_QUERY,
        ),
        (
            one,
            r#"{"up":1}"#,
            true,
            &warning::IN_MEMORY_SORTING_DUE_SKIP_OPTIONS,
        ),
        (
            one,
            r#"{"up":1,"n":1}"#,
            false,
            &warning::IN_MEMORY_SORTING_DUE_TO_NON_PARTITION_SORTING,
        ),
        (
            one,
            r#"{"p":1}"#,
            false,
            &warning::IN_MEMORY_SORTING_DUE_TO_NON_PARTITION_SORTING,
        ),
        (
            one,
            r#"{"down":1}"#,
            false,
            &warning::IN_MEMORY_SORTING_DUE_TO_OUT_OF_ORDER_PARTITION_SORTING,
        ),
        (
            "{}",
            r#"{"up":1}"#,
            false,
            &warning::IN_MEMORY_SORTING_DUE_TO_PARTITION_KEY_NOT_RESTRICTED,
        ),
    ] {
        assert_eq!(decided(filter, json, skips), Err(kind), "{filter} {json}");
    }
}
