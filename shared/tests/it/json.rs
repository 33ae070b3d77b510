//! How deep a text is nested, compared with what a parser meets.

use proptest::prelude::*;
use serde_json::Value;
use shared::json::depth;

fn depth_of(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(depth_of).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth_of).max().unwrap_or(0),
        _ => 0,
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        "[\\[\\]{}\"\\\\a]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(8, 64, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[\\[\\]{}\"\\\\b]{0,4}", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_depth_of_json_is_that_of_its_value(value in any_json()) {
        prop_assert_eq!(depth(value.to_string().as_bytes()), depth_of(&value));
    }
}

#[test]
fn what_is_not_json_is_counted_too() {
    assert_eq!(depth(b"]]]{}"), 1);
    assert_eq!(depth(b"[[[\"[["), 3);
    assert_eq!(depth("{\"a\":".repeat(1_000_000).as_bytes()), 1_000_000);
}
