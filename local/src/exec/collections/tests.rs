//! The index against asking every document.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::matches::{each_match, parse};
use super::*;
use crate::commands::Level;
use crate::definition::CollectionDefinition;
use crate::json::{Object, Value};
use crate::language::filter::Filter;
use crate::limits::Limits;
use crate::plan::Wanted;
use crate::providers::Providers;
use crate::request::{Decoded, decode};
use crate::storage::documents::Place;
use crate::storage::{Storage, StorageError};

const PATHS: [&str; 8] = ["a", "b", "c", "a.b", "a.0", "b.a", "c.1.a", "b.a.c"];

fn scalar() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Json::from),
        (-3..4_i64).prop_map(Json::from),
        prop_oneof![Just(1.5), Just(-0.25)].prop_map(Json::from),
        "[ab]{0,2}".prop_map(Json::from),
        // Long texts have only a beginning and a hash in the index.
        (94..99_usize, "[ac]{0,1}").prop_map(|(length, end)| Json::from("b".repeat(length) + &end)),
        (-1..2_i64).prop_map(|ms| json!({"$date": ms})),
    ]
}

fn value() -> impl Strategy<Value = Json> {
    scalar().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![vec(inner.clone(), 0..4).prop_map(Json::from), fields(inner)]
    })
}

fn fields(value: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    vec((prop::sample::select(vec!["a", "b", "c"]), value), 0..3).prop_map(|fields| {
        Json::Object(
            fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    })
}

fn comparison() -> impl Strategy<Value = Json> {
    let ordered = prop::sample::select(vec!["$gt", "$gte", "$lt", "$lte"]);
    let operation = prop_oneof![
        value().prop_map(|value| json!({"$eq": value})),
        value().prop_map(|value| json!({"$ne": value})),
        (ordered, scalar()).prop_map(|(operator, value)| json!({operator: value})),
        vec(value(), 0..4).prop_map(|values| json!({"$in": values})),
        vec(value(), 0..3).prop_map(|values| json!({"$nin": values})),
        vec(value(), 1..3).prop_map(|values| json!({"$all": values})),
        (0..4_u8).prop_map(|size| json!({"$size": size})),
        any::<bool>().prop_map(|exists| json!({"$exists": exists})),
    ];
    (prop::sample::select(PATHS.to_vec()), operation)
        .prop_map(|(path, operation)| json!({path: operation}))
}

fn filter() -> impl Strategy<Value = Json> {
    comparison().prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(|members| json!({"$and": members})),
            vec(inner.clone(), 1..4).prop_map(|members| json!({"$or": members})),
            inner.prop_map(|member| json!({"$not": member})),
        ]
    })
}

struct Fixture {
    storage: Storage,
    collection: Arc<Collection>,
}

impl Fixture {
    fn new() -> Self {
        let storage = Storage::in_memory(1 << 30).expect("a storage");
        let made: Result<_, StorageError> = storage.write(|writer| {
            writer.create_keyspace("shop", "{}")?;
            writer.create_collection("shop", "things", CollectionDefinition::default())
        });
        Self {
            storage,
            collection: made.expect("a collection"),
        }
    }

    fn run(&self, command: &Json) -> Result<Answer, ApiError> {
        let limits = Limits::default();
        let body = command.to_string();
        let Ok(Decoded {
            command,
            arguments: Ok(mut arguments),
        }) = decode(Level::Target, body.as_bytes(), &limits)
        else {
            panic!("not a data command: {body}");
        };
        let call = Call {
            storage: &self.storage,
            limits: &limits,
            providers: &Providers::default(),
            keyspace: "shop",
            name: "things",
        };
        (command.run)(&call, command.name, &mut arguments)
    }

    fn insert(&self, documents: &[Json]) {
        for (id, document) in documents.iter().enumerate() {
            let mut document = document.clone();
            document["_id"] = json!(id);
            self.run(&json!({"insertOne": {"document": document}}))
                .expect("an insert");
        }
    }

    fn filter(&self, filter: &Json) -> Result<Filter, ApiError> {
        let value = crate::json::parse(filter.to_string().as_bytes()).expect("JSON");
        Filter::parse(Some(&value), &self.collection.rules.indexing, None)
    }

    fn planned(&self, filter: &Filter, wanted: Wanted) -> Vec<Place> {
        let mut found = Vec::new();
        let read: Result<(), ApiError> = self.storage.read(|reader| {
            each_match(reader, &self.collection, filter, wanted, |matching| {
                found.push(matching.place);
                let more = wanted.limit.is_none_or(|limit| found.len() < limit);
                Ok(if more {
                    std::ops::ControlFlow::Continue(())
                } else {
                    std::ops::ControlFlow::Break(())
                })
            })
        });
        read.expect("a read");
        found
    }

    fn asked(&self, filter: &Filter) -> Vec<Place> {
        let mut found = Vec::new();
        let all = self.documents();
        found.extend(
            all.iter()
                .filter(|(_, document)| filter.matches(document))
                .map(|(id, _)| *id),
        );
        found
    }

    fn documents(&self) -> Vec<(Place, Object)> {
        let mut all = Vec::new();
        let read: Result<(), ApiError> = self.storage.read(|reader| {
            reader.scan_in_order(&self.collection, Place::BEGINNING, |id, json| {
                all.push((id, parse(json)?));
                Ok(std::ops::ControlFlow::Continue(()))
            })
        });
        read.expect("a read");
        all
    }

    fn entries(&self) -> Vec<(String, Vec<u8>, i64)> {
        let read: Result<_, StorageError> = self
            .storage
            .read(|reader| reader.all_entries(&self.collection));
        read.expect("a read")
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn a_filter_finds_by_its_plan_what_it_matches(
        documents in vec(fields(value()), 1..24),
        filters in vec(filter(), 1..24),
    ) {
        let fixture = Fixture::new();
        fixture.insert(&documents);
        for source in filters {
            // Some operators refuse some operands; then there is nothing to compare.
            let Ok(filter) = fixture.filter(&source) else { continue };
            let expected = fixture.asked(&filter);
            let mut all = fixture.planned(&filter, Wanted::ALL);
            all.sort();
            prop_assert_eq!(&all, &expected, "{}", source);
            let first = fixture.planned(&filter, Wanted::first(100));
            prop_assert_eq!(&first, &expected, "in order: {}", source);
            let mut paged = Vec::new();
            loop {
                let page = fixture.planned(&filter, Wanted::page(paged.last().copied(), 2));
                paged.extend(&page);
                if page.len() < 2 {
                    break;
                }
            }
            prop_assert_eq!(&paged, &expected, "paged: {}", source);
            let counted = fixture.run(&json!({"countDocuments": {"filter": source}})).expect("a count");
            prop_assert_eq!(counted.status.get("count"), Some(&Value::from(expected.len())), "count: {}", source);
        }
    }

    #[test]
    fn after_updates_and_deletes_the_index_is_that_of_a_fresh_insert(
        documents in vec(fields(value()), 1..6),
        changes in vec((0..6_usize, prop::sample::select(PATHS.to_vec()), value(), 0..5_u8), 1..24),
    ) {
        let fixture = Fixture::new();
        fixture.insert(&documents);
        for (id, path, value, kind) in changes {
            let command = match kind {
                0 => json!({"updateOne": {"filter": {"_id": id}, "update": {"$unset": {path: 1}}}}),
                1 => json!({"updateOne": {"filter": {"_id": id}, "update": {"$push": {path: value}}}}),
                2 => json!({"findOneAndReplace": {"filter": {"_id": id}, "replacement": {path: value}}}),
                3 if id == 0 => json!({"deleteMany": {"filter": {path: {"$exists": true}}}}),
                _ => json!({"updateOne": {"filter": {"_id": id}, "update": {"$set": {path: value}}}}),
            };
            // What cannot be pushed to or set is refused and must leave no trace either.
            let _ = fixture.run(&command);
        }
        let fresh = Fixture::new();
        for (_, document) in fixture.documents() {
            let document: Json = serde_json::from_str(&document.to_json()).expect("JSON");
            fresh.run(&json!({"insertOne": {"document": document}})).expect("an insert");
        }
        prop_assert_eq!(fixture.entries(), fresh.entries());
    }
}

#[test]
fn a_plan_looks_at_few_documents_where_the_index_knows_few() {
    let fixture = Fixture::new();
    for start in (0..4000).step_by(100) {
        let documents: Vec<Json> = (start..start + 100)
            .map(|n| json!({"_id": n, "n": n, "half": n % 2, "rare": n % 1000}))
            .collect();
        fixture
            .run(&json!({"insertMany": {"documents": documents}}))
            .expect("an insert");
    }
    for (source, looked_at, exact) in [
        (json!({"_id": {"$in": [1, 2, 3]}}), 3, true),
        (json!({"_id": 1, "n": 1}), 1, false),
        (json!({"rare": 7}), 4, true),
        (json!({"half": 0, "rare": 7}), 4, false),
        (json!({"half": 0, "rare": 7, "n": {"$lt": 3}}), 3, false),
        (json!({"n": {"$gte": 3000, "$lt": 3005}}), 5, true),
        (
            json!({"$and": [{"n": {"$gte": 3000}}, {"half": 0, "n": {"$lt": 3005}}]}),
            5,
            false,
        ),
        (json!({"n": {"$gt": 5, "$lt": 5}}), 0, true),
        (json!({"$or": [{"rare": 7}, {"n": {"$lt": 3}}]}), 7, true),
        (
            json!({"$or": [{"rare": 7}, {"n": {"$ne": 3}}]}),
            4000,
            false,
        ),
        (json!({"rare": {"$ne": 7}}), 4000, false),
        (json!({"nowhere": 1}), 0, true),
        // Half of all documents in the order of an index are more work than a page of a scan.
        (json!({"n": {"$lt": 3999}}), 4000, false),
    ] {
        let filter = fixture.filter(&source).expect("a filter");
        let wanted = Wanted::first(50);
        let read: Result<_, ApiError> = fixture.storage.read(|reader| {
            let plan = crate::plan::choose(reader, &fixture.collection, &filter, wanted)?;
            let mut seen = 0;
            super::matches::each_number(reader, &fixture.collection, &plan, None, |_| {
                seen += 1;
                Ok(std::ops::ControlFlow::Continue(()))
            })?;
            Ok((seen, plan.exact))
        });
        assert_eq!(read.expect("a plan"), (looked_at, exact), "{source}");
    }
}
