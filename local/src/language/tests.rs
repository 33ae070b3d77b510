//! Whatever a request holds, the language answers or refuses; it does not panic.

use proptest::prelude::*;

use super::filter::{Comparison, Filter};
use super::projection::Projection;
use super::sort::Sort;
use super::update::{Replacement, Update, upsert_document};
use crate::document::entries::index_entries;
use crate::document::{CollectionRules, insert, prepare};
use crate::indexing::Indexing;
use crate::json::{self, Number, Object, Value};

/// Names of every kind the language gives a meaning to.
const NAMES: &[&str] = &[
    "a",
    "b",
    "0",
    "1",
    "700",
    "",
    ".",
    "a.b",
    "a.0",
    "a..b",
    "a.",
    "a&.b",
    "a&",
    "é",
    "*",
    "_id",
    "_id.x",
    "$",
    "$x",
    "$vector",
    "$vector.0",
    "$vectorize",
    "$lexical",
    "$hybrid",
    "$similarity",
    "$date",
    "$uuid",
    "$objectId",
    "$binary",
    "$and",
    "$or",
    "$not",
    "$nor",
    "$eq",
    "$ne",
    "$in",
    "$nin",
    "$all",
    "$gt",
    "$gte",
    "$lt",
    "$lte",
    "$exists",
    "$size",
    "$match",
    "$slice",
    "$each",
    "$position",
    "$type",
    "$addToSet",
    "$currentDate",
    "$inc",
    "$max",
    "$min",
    "$mul",
    "$pop",
    "$push",
    "$rename",
    "$set",
    "$setOnInsert",
    "$unset",
];

const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "1.0",
    "1.5",
    "0e0",
    "1e400",
    "-1e-400",
    "1e1000000000",
    "1e99999999999999999999",
    "9223372036854775808",
    "-9223372036854775808",
    "1e-2147483648",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        prop::sample::select(NUMBERS).prop_map(|text| Number::new(text).into()),
        prop::sample::select(NAMES).prop_map(Value::from),
        Just(Value::from("3f2504e0-4f89-41d3-9a0c-0305e82c3301")),
        Just(Value::from("P4AAAAAAAAAAAAAA")),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(NAMES), inner), 0..4)
                .prop_map(|fields| fields.into_iter().collect::<Object>().into()),
        ]
    })
}

fn any_object() -> impl Strategy<Value = Object> {
    prop::collection::vec((prop::sample::select(NAMES), any_json()), 0..5)
        .prop_map(|fields| fields.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_filter_is_answered_or_refused(filter in any_object(), document in any_object()) {
        if let Ok(filter) = Filter::parse(Some(&filter.into()), &Indexing::Everything, None) {
            filter.matches(&document);
            filter.id_keys();
            let _ = filter.top_level().iter().map(Comparison::lookup).count();
            let _ = upsert_document(&filter);
        }
    }

    #[test]
    fn any_update_is_applied_or_refused(update in any_object(), document in any_object(), inserting: bool) {
        let rules = CollectionRules::default();
        if let Ok(update) = Update::parse(&update.into())
            && let Ok(applied) = update.apply(&document, inserting, 0)
        {
            let _ = prepare(applied.document, &rules);
        }
    }

    #[test]
    fn any_document_is_stored_or_refused(document in any_object(), existing in any_object()) {
        let rules = CollectionRules::default();
        let _ = Replacement::new(document.clone()).and_then(|replacement| replacement.apply(&existing));
        let embed = |texts: &[String]| Ok(vec![vec![1.0, 0.0]; texts.len()]);
        if let Ok(outcomes) = insert::prepare_all(vec![document.into()], &rules, embed) {
            for prepared in outcomes.into_iter().flatten() {
                index_entries(&prepared.document, &rules);
                // What is stored can be read, and stored again as it is.
                let again = json::parse_stored(&prepared.json).unwrap();
                prop_assert_eq!(again, Value::from(prepared.document.clone()));
                prop_assert_eq!(prepare(prepared.document, &rules).unwrap().json, prepared.json);
            }
        }
    }

    #[test]
    fn any_sort_and_projection_is_answered_or_refused(clause in any_object(), document in any_object()) {
        if let Ok(Sort::Fields(sort)) = Sort::parse(Some(&clause.clone().into()), &Indexing::Everything, false) {
            sort.key(&document);
        }
        if let Ok(projection) = Projection::parse(Some(&clause.into())) {
            projection.apply(document, Some(0.5));
        }
    }
}
