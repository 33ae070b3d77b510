//! Types and values of columns, as strangers to them type them.

use astra_db::schema::ColumnType;
use test_support::small_stack::check;

use super::cell::Cell;
use super::column_type::{parse, show};
use super::field;
use super::grid::Grid;
use crate::adversarial::hostile;

#[test]
fn adversarial_types_are_as_deep_as_the_api_takes_or_refused() {
    check(hostile(), |text| {
        if let Ok(kind) = parse(&text) {
            assert!(show(&kind).matches('<').count() <= 300);
        }
        let pairs = ["column", "type", "role"].map(|name| (name.to_owned(), text.clone()));
        drop(Grid::of_form(&pairs).with_spare().types());
    });
}

#[test]
fn adversarial_values_of_columns_are_read_or_refused() {
    check(hostile(), |text| {
        for kind in [
            "text",
            "int",
            "double",
            "decimal",
            "boolean",
            "timestamp",
            "duration",
            "inet",
            "blob",
        ] {
            let kind = parse(kind).unwrap();
            if let Ok(Some(value)) = field::read(&kind, &text) {
                assert!(Cell::new(&kind, Some(&value)).text.chars().count() <= 121 * 6);
                drop(field::text(&kind, Some(&value)));
            }
        }
        for kind in [
            ColumnType::vector(3),
            ColumnType::list(ColumnType::Text),
            parse("map<int, list<set<text>>>").unwrap(),
        ] {
            if let Ok(Some(value)) = field::read(&kind, &text) {
                assert!(Cell::new(&kind, Some(&value)).text.chars().count() <= 121 * 6);
                drop(field::text(&kind, Some(&value)));
            }
        }
    });
}
