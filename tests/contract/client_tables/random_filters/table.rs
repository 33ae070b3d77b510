//! A table with a column of every kind that filters know, and rows whose values are known by their rank.
//!
//! A value is a number here: its place among those its column can have, which are written down in the order of the
//! database. Nothing in these tests reads or compares a value otherwise.

use std::fmt::Write as _;

use astra_db::schema::{ColumnType, Order, RegularIndex, TableDefinition, TypeDefinition};
use astra_db::{Database, Row, Table};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::value::RawValue;

/// The values of a column in ascending order, each in the ways it can be written.
#[derive(Clone, Debug)]
pub(super) struct Values(Vec<Vec<Box<RawValue>>>);

/// A value by its rank, and a way to write it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub(super) rank: usize,
    writing: u8,
}

#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: ColumnType,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    Scalar(Values, Use),
    /// A list or a set.
    Sequence(Values),
    Map(Values, Values),
}

/// What the server does with the values of a scalar column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// All comparisons, and sorts in memory.
    Everything,
    /// All comparisons.
    Comparing,
    /// `$eq`, `$ne`, `$in` and `$nin`.
    Equality,
    /// Equality without an operator.
    Shorthand,
}

/// What a row holds in a column.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Scalar(Option<Value>),
    Sequence(Vec<Value>),
    Map(Vec<(Value, Value)>),
}

/// The partition column, and the clustering columns, of which the first descends.
pub(super) const KEY: [&str; 3] = ["p", "at", "n"];

const SCALARS: [(&str, ColumnType, Use, &str); 20] = {
    use ColumnType as T;
    use Use::{Comparing, Equality, Everything, Shorthand};
    [
        ("p", T::Int, Everything, "[[-1], [2, 2.0, 20e-1], [3]]"),
        (
            "at",
            T::Timestamp,
            Everything,
            r#"[["-0044-03-15T12:00:00Z"], ["1969-12-31T23:59:59.999Z"], ["2024-01-31T12:00:00Z", "2024-01-31T14:00:00+02:00"],
                ["2024-01-31T12:00:00.001Z"], ["+12024-01-01T00:00:00Z"]]"#,
        ),
        (
            "n",
            T::VarInt,
            Everything,
            "[[-123456789012345678901234567890], [-1], [0, 0.0], [7, 7.0], [256], [1e30, 1000000000000000000000000000000],
              [1000000000000000000000000000001]]",
        ),
        (
            "a_text",
            T::Text,
            Everything,
            r#"[[""], ["A"], ["a", "\u0061"], ["ab"], ["it's \"so\""], ["é"], ["日本"]]"#,
        ),
        ("an_ascii", T::Ascii, Everything, r#"[["!"], ["a"], ["b~"]]"#),
        (
            "a_tinyint",
            T::TinyInt,
            Everything,
            "[[-128], [-1], [0, 0.0], [7, 7.0, 7e0], [127]]",
        ),
        ("a_smallint", T::SmallInt, Everything, "[[-32768], [5], [6], [32767]]"),
        ("an_int", T::Int, Everything, "[[-2], [1], [10, 1e1], [100]]"),
        (
            "a_bigint",
            T::BigInt,
            Everything,
            "[[-9223372036854775808], [0], [1e18, 1000000000000000000], [9223372036854775806], [9223372036854775807]]",
        ),
        (
            "a_decimal",
            T::Decimal,
            Everything,
            "[[-1e30], [-0.5, -0.50], [0, 0.0], [1.5, 1.50, 15e-1], [12345678901234567890.123456789],
              [12345678901234567890.1234567891], [1e40]]",
        ),
        (
            "a_float",
            T::Float,
            Everything,
            r#"[["-Infinity"], [-1.5], [0, 0.0], [0.1], [16777216, 1.6777216e7], ["Infinity", 1e40], ["NaN"]]"#,
        ),
        (
            "a_double",
            T::Double,
            Everything,
            r#"[["-Infinity"], [-1e300], [0.1, 1e-1], [0.30000000000000004], ["Infinity"], ["NaN"]]"#,
        ),
        ("a_boolean", T::Boolean, Everything, "[[false], [true]]"),
        (
            "a_date",
            T::Date,
            Everything,
            r#"[["-0044-03-15"], ["1969-12-31"], ["2024-02-29"], ["+12345-01-01"]]"#,
        ),
        (
            "a_time",
            T::Time,
            Everything,
            r#"[["00:00", "00:00:00"], ["00:00:00.000000001"], ["12:30", "12:30:00.0"], ["23:59:59.999999999"]]"#,
        ),
        // Of equal length and version, where all orders of UUIDs agree.
        (
            "a_uuid",
            T::Uuid,
            Everything,
            r#"[["00000000-0000-1000-8000-000000000001"], ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000A"],
                ["00ff0000-0000-4000-8000-000000000001"], ["01900000-0000-7000-8000-000000000001"]]"#,
        ),
        (
            "an_inet",
            T::Inet,
            Comparing,
            r#"[["::1", "0:0:0:0:0:0:0:1"], ["10.0.0.1"], ["10.0.0.2"], ["2001:db8::1", "2001:DB8:0:0:0:0:0:1"], ["fe80::1"]]"#,
        ),
        (
            "a_duration",
            T::Duration,
            Equality,
            r#"[["1h", "PT1H", "60m"], ["24h"], ["1d"], ["1mo", "P1M"], ["-1d"]]"#,
        ),
        (
            "a_blob",
            T::Blob,
            Shorthand,
            r#"[[{"$binary": ""}], [{"$binary": "AA=="}], [{"$binary": "AQI="}]]"#,
        ),
        // Tells rows apart; in no filter.
        ("number", T::Int, Shorthand, "[]"),
    ]
};

const DATES: &str = r#"[["-0001-01-01"], ["2024-02-29"], ["2024-03-01"]]"#;
const DOUBLES: &str = r#"[[-1], [0.5, 5e-1], ["Infinity"], ["NaN"]]"#;
const TEXTS: &str = r#"[[""], ["a"], ["b"], ["ü"]]"#;
const INTS: &str = "[[-1], [1, 1.0], [10, 1e1]]";
const POINTS: &str = r#"[[{"x": 1}, {"x": 1, "label": null}], [{"x": 1, "label": "a"}, {"label": "a", "x": 1.0}], [{"x": 2, "label": "a"}]]"#;

/// Rows of a table, more than a page.
const ROWS: usize = 90;

/// All columns, those of the key first.
pub(super) fn columns() -> Vec<Column> {
    use ColumnType as T;
    let scalars = SCALARS.iter().map(|(name, kind, usage, values)| Column {
        name,
        kind: kind.clone(),
        content: Content::Scalar(Values::new(values), *usage),
    });
    let sequences = [
        ("a_list", T::list(T::Double), DOUBLES),
        ("a_set", T::set(T::Date), DATES),
        ("points", T::list(T::user_defined("point")), POINTS),
    ];
    let sequences = sequences.map(|(name, kind, values)| Column {
        name,
        kind,
        content: Content::Sequence(Values::new(values)),
    });
    let maps = [
        ("a_text_map", T::map(T::Text, T::Int), TEXTS, INTS),
        ("an_int_map", T::map(T::Int, T::Text), INTS, TEXTS),
        ("a_date_map", T::map(T::Date, T::Double), DATES, DOUBLES),
    ];
    let maps = maps.map(|(name, kind, keys, values)| Column {
        name,
        kind,
        content: Content::Map(Values::new(keys), Values::new(values)),
    });
    scalars.chain(sequences).chain(maps).collect()
}

/// Two tables of the same rows, the second with an index of every column that can have one.
pub(super) async fn new_tables(
    db: &Database,
    columns: &[Column],
    rows: &[Vec<Cell>],
) -> [Table<Row>; 2] {
    let point = TypeDefinition::default()
        .field("x", ColumnType::Int)
        .field("label", ColumnType::Text);
    db.create_type("point", point).await.unwrap();
    let mut definition = TableDefinition::default();
    for column in columns {
        definition = definition.column(column.name, column.kind.clone());
    }
    let definition = definition
        .partition_by([KEY[0]])
        .partition_sort(KEY[1], Order::Descending)
        .partition_sort(KEY[2], Order::Ascending);
    let written = rows.iter().enumerate().map(|(number, row)| {
        let row: Row = written(columns, number, row).parse().unwrap();
        row
    });
    let written: Vec<Row> = written.collect();
    let bare = db.create_table("bare", &definition).await.unwrap();
    bare.insert_many(&written).await.unwrap();
    let indexed = db.create_table("indexed", &definition).await.unwrap();
    let with_index = columns.iter().filter(|column| {
        let is_key = column.name == KEY[0];
        !is_key
            && !matches!(
                column.content,
                Content::Scalar(_, Use::Equality | Use::Shorthand)
            )
    });
    for column in with_index {
        let index = RegularIndex::new(column.name);
        let name = format!("by_{}", column.name);
        indexed.create_index(name, index).await.unwrap();
    }
    indexed.insert_many(&written).await.unwrap();
    [bare, indexed]
}

/// Rows with different keys, and anything or nothing in the other columns.
pub(super) fn any_rows(columns: &[Column]) -> impl Strategy<Value = Vec<Vec<Cell>>> + use<> {
    let ranks = |column: usize| match &columns[column].content {
        Content::Scalar(values, _) => 0..values.0.len(),
        _ => 0..0,
    };
    let keys = ranks(0).flat_map(|p| ranks(1).map(move |at| (p, at)));
    let keys: Vec<_> = keys
        .flat_map(|(p, at)| ranks(2).map(move |n| (p, at, n)))
        .collect();
    let keys = proptest::sample::subsequence(keys, ROWS);
    let key = |(p, at, n): (usize, usize, usize)| {
        [p, at, n].map(|rank| Cell::Scalar(Some(Value::plain(rank))))
    };
    let others: Vec<_> = columns[KEY.len()..].iter().map(any_cell).collect();
    (keys, vec(others, ROWS)).prop_map(move |(keys, others)| {
        let rows = keys.into_iter().zip(others);
        rows.map(|(at, others)| key(at).into_iter().chain(others).collect())
            .collect()
    })
}

fn any_cell(column: &Column) -> BoxedStrategy<Cell> {
    match &column.content {
        Content::Scalar(values, _) if values.0.is_empty() => Just(Cell::Scalar(None)).boxed(),
        Content::Scalar(values, _) => proptest::option::weighted(0.8, values.any())
            .prop_map(Cell::Scalar)
            .boxed(),
        Content::Sequence(values) => vec(values.any(), 0..4).prop_map(Cell::Sequence).boxed(),
        Content::Map(keys, values) => {
            let entries = btree_map(0..keys.0.len(), values.any(), 0..4);
            let cell = |entries: std::collections::BTreeMap<usize, Value>| {
                let entries = entries.into_iter();
                Cell::Map(
                    entries
                        .map(|(key, value)| (Value::plain(key), value))
                        .collect(),
                )
            };
            entries.prop_map(cell).boxed()
        }
    }
}

/// A row as JSON. What has no value is left out.
fn written(columns: &[Column], number: usize, row: &[Cell]) -> String {
    let mut json = format!(r#"{{"number": {number}"#);
    for (column, cell) in columns.iter().zip(row) {
        let value = match (cell, &column.content) {
            (Cell::Scalar(Some(value)), Content::Scalar(values, _)) => values.write(*value),
            (Cell::Sequence(items), Content::Sequence(values)) => {
                let items: Vec<_> = items.iter().map(|item| values.write(*item)).collect();
                format!("[{}]", items.join(","))
            }
            (Cell::Map(entries), Content::Map(keys, values)) if !entries.is_empty() => {
                let entry = |(key, value): &(Value, Value)| {
                    format!("[{},{}]", keys.write(*key), values.write(*value))
                };
                let entries: Vec<_> = entries.iter().map(entry).collect();
                format!("[{}]", entries.join(","))
            }
            _ => continue,
        };
        let _ = write!(json, r#", "{}": {value}"#, column.name);
    }
    json + "}"
}

impl Values {
    fn new(json: &str) -> Self {
        Self(serde_json::from_str(json).unwrap())
    }

    pub(super) fn any(&self) -> impl Strategy<Value = Value> + use<> {
        let value = (0..self.0.len(), any::<u8>());
        value.prop_map(|(rank, writing)| Value { rank, writing })
    }

    pub(super) fn write(&self, value: Value) -> String {
        let ways = &self.0[value.rank];
        ways[usize::from(value.writing) % ways.len()]
            .get()
            .to_owned()
    }
}

impl Value {
    fn plain(rank: usize) -> Self {
        Self { rank, writing: 0 }
    }
}
