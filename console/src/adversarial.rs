//! Whatever is typed into the console: it is read or refused. All of it runs on a stack of 256 KiB, so that nothing descends as
//! deep as its input says; `PROPTEST_CASES` makes a long form of it.

use astra_db::Value;
use axum::extract::Query;
use proptest::prelude::*;
use test_support::small_stack::check;

use super::flash::DoneQuery;
use super::json_field::JsonField;
use super::target::Target;
use super::tree::{Room, Tree};
use super::{address, format, json};

/// Texts as deep, wide and long as a form may hold them, and texts of any characters.
pub(super) fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[",
        "{\"a\":",
        "[{\"\":[",
        "{\"$date\":",
        "]",
        "}",
        "\"",
        "\\u0000",
        "1",
        "-",
        "1e9",
        ".",
        ",",
        "{\"a\":1}",
        "list<",
        "map<text,",
        "vector<",
        ">",
        "<",
        "float,",
        "0x",
        "gg",
        "=",
        "&",
        "%",
        "/",
        "\u{202e}",
        "é",
        " ",
        "\r\n",
    ]);
    let repeated = (piece.clone(), 0..100_000_usize)
        .prop_map(|(piece, length)| piece.repeat(length / piece.len()));
    let closed = (
        1..400_usize,
        prop::sample::select(vec![("[", "]"), ("{\"a\":", "}"), ("{\"$date\":", "}")]),
    )
        .prop_map(|(depth, (open, close))| open.repeat(depth) + "1" + &close.repeat(depth));
    let wide = (1..4_000_usize).prop_map(|width| {
        let fields: Vec<String> = (0..width).map(|at| format!("\"f{at}\":[{at}]")).collect();
        format!("{{{}}}", fields.join(","))
    });
    let mixed = prop::collection::vec(piece, 0..300).prop_map(|pieces| pieces.concat());
    prop_oneof![repeated, closed, wide, mixed, any::<String>()]
}

#[test]
fn adversarial_json_is_read_and_shown_or_refused() {
    check(hostile(), |text| {
        let one = json::value(&text);
        if let Ok(value) = &one {
            assert_eq!(json::pretty(value).parse::<Value>().unwrap(), value.clone());
            for room in [Room::ENTRY, Room::PAGE, Room::ANSWER] {
                // What a text folds away and what escapes add is a multiple of it.
                assert!(Tree::of(value, room).to_string().len() < 4_000_000);
            }
        }
        if let Err(problem) = &one {
            assert!(problem.len() < text.len() + 200);
        }
        let mut field = JsonField::new(text.clone());
        assert!(field.object().is_some() != field.problem.is_some());
        drop(json::documents(&text));
    });
}

#[test]
fn adversarial_words_of_addresses_and_forms_are_read_or_left_out() {
    check(hostile(), |text| {
        let target = Target::from(text.as_str());
        assert!(target.to_string().len() <= text.len());
        let query = address::with_query("/x", &[("done", &text), ("filter", &text)]);
        if let Ok(uri) = query.parse() {
            let read = Query::<DoneQuery>::try_from_uri(&uri);
            assert!(read.is_ok_and(|Query(query)| query.done.is_none()));
        }
        assert!(format::visible(&text).chars().count() <= text.chars().count() * 6);
    });
}
