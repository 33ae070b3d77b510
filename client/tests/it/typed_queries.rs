//! Typed filters, updates, sorts and projections: the JSON they are, and what is refused before it
//! is sent. What a server makes of them is tested in the contract tests.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use astra_db::query::{Filter, Having, List, Map, Numeric};
use astra_db::table::{Duration, Timestamp, Uuid};
use astra_db::{
    Binary, CollectionDocument, Document, Error, Fields, Sort, TableRow, Udt, Update, Vector, doc,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::support::{Script, collection, failure, scripted};

/// A number of the program's own.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Count(u32);

impl Numeric for Count {}

/// A list of the program's own, and a map.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Tags(Vec<String>);

impl List for Tags {
    type Element = String;
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Votes(HashMap<String, Count>);

impl Map for Votes {
    type Key = String;
    type Value = Count;
}

#[derive(Serialize, Deserialize, CollectionDocument)]
#[collection(name = "reviews")]
#[serde(rename_all = "camelCase")]
struct Review {
    #[serde(rename = "_id")]
    id: String,
    star_count: i32,
    title: Option<String>,
    #[serde(rename = "a.b&c")]
    odd: bool,
    author: Option<Author>,
    authors: Vec<Author>,
    lines: BTreeMap<String, Line>,
    votes: Votes,
    tags: Option<Tags>,
    at: astra_db::Timestamp,
    extras: Document,
    #[serde(rename = "$vector")]
    vector: Option<Vector>,
    #[serde(rename = "$lexical")]
    lexical: Option<String>,
    #[serde(with = "text")]
    number: i32,
    #[astra_db(function = new_field)]
    new: bool,
    r#type: String,
}

#[derive(Clone, Serialize, Deserialize, Fields)]
struct Author {
    name: String,
    home: Option<Box<Address>>,
}

#[derive(Clone, Serialize, Deserialize, Fields)]
struct Address {
    #[serde(rename = "zip.code")]
    zip: i32,
    #[astra_db(function = set_field)]
    set: bool,
}

#[derive(Serialize, Deserialize, Fields)]
struct Line {
    count: Count,
}

impl Review {
    #[expect(clippy::new_ret_no_self, reason = "only its name matters")]
    fn new() -> &'static str {
        "a function of the program's own"
    }
}

/// A number as text.
mod text {
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(number: &i32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i32, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

fn text(part: impl Serialize) -> String {
    serde_json::to_string(&part).unwrap()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn a_comparison_is_what_one_would_write() {
    let at = astra_db::Timestamp::from_millis(5);
    let ada = || Author {
        name: "Ada".into(),
        home: None,
    };
    for (filter, json) in [
        (Review::star_count().eq(5), r#"{"starCount":5}"#),
        (Review::star_count().ne(5), r#"{"starCount":{"$ne":5}}"#),
        (Review::star_count().lt(5), r#"{"starCount":{"$lt":5}}"#),
        (Review::star_count().lte(5), r#"{"starCount":{"$lte":5}}"#),
        (Review::at().gt(at), r#"{"at":{"$gt":{"$date":5}}}"#),
        (Review::at().eq(at), r#"{"at":{"$date":5}}"#),
        (Review::title().gte("a"), r#"{"title":{"$gte":"a"}}"#),
        (Review::title().eq(None), r#"{"title":null}"#),
        (Review::title().eq(Some("a".to_owned())), r#"{"title":"a"}"#),
        (
            Review::id().is_in(["a", "b"]),
            r#"{"_id":{"$in":["a","b"]}}"#,
        ),
        (
            Review::id().not_in([&"a".to_owned()]),
            r#"{"_id":{"$nin":["a"]}}"#,
        ),
        (Review::odd().eq(true), r#"{"a&.b&&c":true}"#),
        (Review::odd().exists(), r#"{"a&.b&&c":{"$exists":true}}"#),
        (
            Review::odd().is_missing(),
            r#"{"a&.b&&c":{"$exists":false}}"#,
        ),
        (
            Review::author().name().eq("Ada"),
            r#"{"author.name":"Ada"}"#,
        ),
        (
            Review::author().home().zip().gt(1),
            r#"{"author.home.zip&.code":{"$gt":1}}"#,
        ),
        (
            Review::author().home().set_field().eq(true),
            r#"{"author.home.set":true}"#,
        ),
        (
            Review::authors().at(1).name().eq("Ada"),
            r#"{"authors.1.name":"Ada"}"#,
        ),
        (
            Review::authors().contains(ada()),
            r#"{"authors":{"$eq":{"name":"Ada","home":null}}}"#,
        ),
        (
            Review::lines().key("R&D.1").count().lt(Count(2)),
            r#"{"lines.R&&D&.1.count":{"$lt":2}}"#,
        ),
        (
            Review::votes().key("ada").gte(Count(1)),
            r#"{"votes.ada":{"$gte":1}}"#,
        ),
        (Review::tags().contains("a"), r#"{"tags":"a"}"#),
        (
            Review::tags().contains_any(["a"]),
            r#"{"tags":{"$in":["a"]}}"#,
        ),
        (
            Review::tags().contains_none(["a"]),
            r#"{"tags":{"$nin":["a"]}}"#,
        ),
        (
            Review::tags().contains_all(["a"]),
            r#"{"tags":{"$all":["a"]}}"#,
        ),
        (Review::tags().has_size(2), r#"{"tags":{"$size":2}}"#),
        (
            Review::lexical().matches("tea pot"),
            r#"{"$lexical":{"$match":"tea pot"}}"#,
        ),
        (
            Review::extras().nested(["x.y", "0"]).eq(1),
            r#"{"extras.x&.y.0":1}"#,
        ),
        (Review::authors().eq(vec![]), r#"{"authors":{"$eq":[]}}"#),
        (Review::extras().eq(doc!({})), r#"{"extras":{"$eq":{}}}"#),
        (Review::number().eq("7"), r#"{"number":"7"}"#),
        (Review::new_field().eq(true), r#"{"new":true}"#),
        (Review::r#type().eq("t"), r#"{"type":"t"}"#),
    ] {
        assert_eq!(text(filter), json);
    }
    assert_eq!(Review::new(), "a function of the program's own");
}

#[test]
fn conditions_go_together_however_they_are_combined() {
    let one = || Review::star_count().gte(1);
    let (five, title) = (|| Review::star_count().lte(5), || Review::title().eq("a"));
    for (filter, json) in [
        (Filter::default(), "{}"),
        (one().and(five()), r#"{"starCount":{"$gte":1,"$lte":5}}"#),
        (
            one().and(Review::star_count().eq(3)),
            r#"{"starCount":{"$gte":1,"$eq":3}}"#,
        ),
        (
            one().and(one()).and(title()),
            r#"{"starCount":{"$gte":1},"title":"a","$and":[{"starCount":{"$gte":1}}]}"#,
        ),
        (
            one().or(five()).or(title()),
            r#"{"$or":[{"starCount":{"$gte":1}},{"starCount":{"$lte":5}},{"title":"a"}]}"#,
        ),
        (
            title().and(one().or(five())).and(one().or(title())),
            r#"{"title":"a","$or":[{"starCount":{"$gte":1}},{"starCount":{"$lte":5}}],"$and":[{"$or":[{"starCount":{"$gte":1}},{"title":"a"}]}]}"#,
        ),
        (
            one().or(title().and(five())),
            r#"{"$or":[{"starCount":{"$gte":1}},{"$and":[{"title":"a"},{"starCount":{"$lte":5}}]}]}"#,
        ),
        (title().or(Filter::default()), "{}"),
        (Filter::default().or(title()), "{}"),
        (Filter::any([title(), Filter::default()]), "{}"),
        (!title(), r#"{"$not":{"title":"a"}}"#),
        (
            title().and(!one()),
            r#"{"title":"a","$not":{"starCount":{"$gte":1}}}"#,
        ),
        (
            Filter::all([title(), one()]),
            r#"{"title":"a","starCount":{"$gte":1}}"#,
        ),
        (Filter::any([title()]), r#"{"$or":[{"title":"a"}]}"#),
        (Filter::json(json!({"x": 1})), r#"{"x":1}"#),
        (
            title().and(Filter::json(json!({"x": 1}))),
            r#"{"title":"a","$and":[{"x":1}]}"#,
        ),
    ] {
        assert_eq!(text(filter), json);
    }
}

#[test]
fn a_change_is_what_one_would_write() {
    for (update, json) in [
        (Review::title().set("a"), r#"{"$set":{"title":"a"}}"#),
        (Review::title().set(None), r#"{"$set":{"title":null}}"#),
        (
            Review::author().home().unset(),
            r#"{"$unset":{"author.home":1}}"#,
        ),
        (Review::star_count().inc(-1), r#"{"$inc":{"starCount":-1}}"#),
        (Review::votes().key("a").inc(2), r#"{"$inc":{"votes.a":2}}"#),
        (
            Review::star_count().multiply(2),
            r#"{"$mul":{"starCount":2}}"#,
        ),
        (Review::star_count().min(1), r#"{"$min":{"starCount":1}}"#),
        (Review::star_count().max(1), r#"{"$max":{"starCount":1}}"#),
        (
            Review::title().rename(Review::title()),
            r#"{"$rename":{"title":"title"}}"#,
        ),
        (Review::at().set_to_now(), r#"{"$currentDate":{"at":true}}"#),
        (
            Review::id().set_on_insert("a"),
            r#"{"$setOnInsert":{"_id":"a"}}"#,
        ),
        (Review::tags().push("a"), r#"{"$push":{"tags":"a"}}"#),
        (
            Review::authors().push(Author {
                name: "Ada".into(),
                home: None,
            }),
            r#"{"$push":{"authors":{"$each":[{"name":"Ada","home":null}]}}}"#,
        ),
        (
            Review::tags().push_each(["a"]),
            r#"{"$push":{"tags":{"$each":["a"]}}}"#,
        ),
        (
            Review::tags().push_each_at(0, ["a"]),
            r#"{"$push":{"tags":{"$each":["a"],"$position":0}}}"#,
        ),
        (
            Review::tags().add_to_set("a"),
            r#"{"$addToSet":{"tags":{"$each":["a"]}}}"#,
        ),
        (Review::tags().pop_first(), r#"{"$pop":{"tags":-1}}"#),
        (Review::tags().pop_last(), r#"{"$pop":{"tags":1}}"#),
        (
            Review::title()
                .set("a")
                .and(Review::star_count().inc(1))
                .and(Review::odd().set(true)),
            r#"{"$set":{"title":"a","a&.b&&c":true},"$inc":{"starCount":1}}"#,
        ),
        (Update::default(), "{}"),
    ] {
        assert_eq!(text(update), json);
    }
}

#[test]
fn sorts_and_projections_are_what_one_would_write() {
    let by = Review::star_count()
        .desc()
        .then(Review::author().name().asc());
    assert_eq!(text(by), r#"{"starCount":-1,"author.name":1}"#);
    assert_eq!(Review::vector().near([1.0, 0.0]), Sort::vector([1.0, 0.0]));
    assert_eq!(Review::lexical().near_text("tea"), Sort::lexical("tea"));
    let only = Review::title()
        .include()
        .and(Review::author().name().include());
    assert_eq!(text(only), r#"{"title":1,"author.name":1}"#);
    assert_eq!(text(Review::title().exclude()), r#"{"title":0}"#);
    let some = Review::authors()
        .slice(-2)
        .and(Review::tags().slice_after(1, 2));
    assert_eq!(
        text(some),
        r#"{"authors":{"$slice":-2},"tags":{"$slice":[1,2]}}"#
    );
    assert_eq!(json!({ Review::odd(): 1 }), json!({"a&.b&&c": 1}));
}

#[derive(Serialize, Deserialize, TableRow)]
#[table(name = "vehicles")]
struct Vehicle {
    #[partition_key]
    id: Uuid,
    #[clustering(desc)]
    at: Timestamp,
    #[serde(rename = "a.b")]
    dotted: Option<String>,
    #[text_index]
    notes: Option<String>,
    doors: Option<i32>,
    tags: BTreeSet<String>,
    #[column(type = "set")]
    floats: Vec<f64>,
    #[serde(with = "astra_db::table::map")]
    mileage: BTreeMap<i32, i64>,
    extras: BTreeMap<String, String>,
    picture: Option<Binary>,
    warranty: Option<Duration>,
    #[vector(dimension = 2)]
    likeness: Option<Vector>,
    keeper: Option<Keeper>,
}

#[derive(Serialize, Deserialize, Udt)]
#[udt(name = "keeper")]
struct Keeper {
    name: String,
}

const ID: &str = "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55";

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn a_table_has_its_own_operators() {
    let id: Uuid = ID.parse().unwrap();
    for (filter, json) in [
        (Vehicle::id().eq(id), format!(r#"{{"id":"{ID}"}}"#)),
        (
            Vehicle::at().lt(Timestamp::from_millis(0)),
            r#"{"at":{"$lt":"1970-01-01T00:00:00Z"}}"#.to_owned(),
        ),
        // The names of columns are no paths.
        (Vehicle::dotted().eq("x"), r#"{"a.b":"x"}"#.to_owned()),
        (
            Vehicle::notes().matches("runs"),
            r#"{"notes":{"$match":"runs"}}"#.to_owned(),
        ),
        (
            Vehicle::tags().contains("a"),
            r#"{"tags":{"$in":["a"]}}"#.to_owned(),
        ),
        (
            Vehicle::floats().contains_all([1.5]),
            r#"{"floats":{"$all":[1.5]}}"#.to_owned(),
        ),
        (
            Vehicle::mileage().has_keys(Having::Any, [2024]),
            r#"{"mileage":{"$keys":{"$in":[2024]}}}"#.to_owned(),
        ),
        (
            Vehicle::extras().has_values(Having::None, ["a"]),
            r#"{"extras":{"$values":{"$nin":["a"]}}}"#.to_owned(),
        ),
        (
            Vehicle::extras().has_entries(Having::All, [("a", "b")]),
            r#"{"extras":{"$all":[["a","b"]]}}"#.to_owned(),
        ),
        (
            Vehicle::picture().eq(Binary::from(vec![1])),
            r#"{"picture":{"$binary":"AQ=="}}"#.to_owned(),
        ),
    ] {
        assert_eq!(text(filter), json);
    }
    for (update, json) in [
        (Vehicle::doors().set(4), r#"{"$set":{"doors":4}}"#),
        (Vehicle::doors().set(None), r#"{"$set":{"doors":null}}"#),
        (Vehicle::keeper().unset(), r#"{"$unset":{"keeper":1}}"#),
        (Vehicle::tags().push("a"), r#"{"$push":{"tags":"a"}}"#),
        (
            Vehicle::tags().pull_all(["a"]),
            r#"{"$pullAll":{"tags":["a"]}}"#,
        ),
        (
            Vehicle::extras().insert("a", "b"),
            r#"{"$push":{"extras":["a","b"]}}"#,
        ),
        (
            Vehicle::extras().insert_each([("a", "b")]),
            r#"{"$push":{"extras":{"$each":[["a","b"]]}}}"#,
        ),
        (
            Vehicle::mileage().remove_keys([2024]),
            r#"{"$pullAll":{"mileage":[2024]}}"#,
        ),
    ] {
        assert_eq!(text(update), json);
    }
    let near = Vehicle::likeness().near([1.0, 0.0]);
    assert_eq!(near, Sort::vector_column("likeness", [1.0, 0.0]));
}

#[tokio::test]
async fn what_a_column_cannot_be_filtered_by_is_not_sent() {
    let script = Script::of([]);
    let vehicles = scripted(&script).table_of::<Vehicle>();
    let month: Duration = "P1M".parse().unwrap();
    for (filter, reason) in [
        (
            Vehicle::likeness().eq(Vector::from([1.0, 0.0])),
            "it is a vector, so sort with `near`",
        ),
        (
            Vehicle::keeper().eq(None),
            "it is of a user-defined type, so filter by another column",
        ),
        (
            Vehicle::tags().eq(BTreeSet::new()),
            "it is a list or a set, so use `contains`",
        ),
        (
            Vehicle::floats().eq(vec![]),
            "it is a list or a set, so use `contains`",
        ),
        (
            Vehicle::extras().eq(BTreeMap::new()),
            "it is a map, so use `has_keys`",
        ),
        (
            Vehicle::picture().ne(Binary::from(vec![1])),
            "it is a blob, so use `eq`",
        ),
        (Vehicle::warranty().lt(month), "durations have no order"),
        (
            Vehicle::doors().matches("four"),
            "it is not text, so use `eq`",
        ),
        (Vehicle::doors().eq(None), "rows without a value in `doors`"),
        (
            Vehicle::doors().eq(1).or(Vehicle::doors().eq(None)),
            "without a value in `doors`",
        ),
        (!Vehicle::doors().eq(None), "without a value in `doors`"),
        (Filter::json(json!([])), "a filter has to be a JSON object"),
    ] {
        let error = failure(vehicles.find(filter).all().await);
        assert!(matches!(error, Error::Encode(_)), "{error:?}");
        assert!(error.to_string().contains(reason), "{error}");
    }
    assert_eq!(script.attempts(), 0);
}

#[tokio::test]
async fn what_cannot_be_updated_is_not_sent() {
    let script = Script::of([]);
    let vehicles = scripted(&script).table_of::<Vehicle>();
    let key = VehicleKey {
        id: ID.parse().unwrap(),
        at: Timestamp::from_millis(0),
    };
    let error = failure(
        vehicles
            .update_one(&key, Vehicle::at().set(Timestamp::now()))
            .await,
    );
    assert!(
        error
            .to_string()
            .contains("`at` is part of the primary key"),
        "{error}"
    );
    let twice = Vehicle::doors().set(1).and(Vehicle::doors().set(2));
    let error = failure(vehicles.update_one(&key, twice).await);
    assert!(
        error.to_string().contains("`$set` of `doors` twice"),
        "{error}"
    );
    assert_eq!(script.attempts(), 0);
}

#[tokio::test]
async fn what_nothing_can_match_is_not_sent() {
    let script = Script::of([]);
    for (nothing, reason) in [
        (Filter::<Review>::any([]), "`Filter::any` of no filters"),
        (!Filter::default(), "the opposite of everything"),
    ] {
        let error = failure(collection(&script).find(nothing).await);
        assert!(error.to_string().contains(reason), "{error}");
    }
    assert_eq!(script.attempts(), 0);
}

#[tokio::test]
async fn a_filter_without_conditions_is_no_accident() {
    let script = Script::of([]);
    let everything = Filter::<Review>::default;
    let error = failure(collection(&script).delete_many(everything()).await);
    assert!(error.to_string().contains("no condition"), "{error}");
    let error = failure(collection(&script).delete_one(everything()).await);
    assert!(error.to_string().contains("no condition"), "{error}");
    assert_eq!(script.attempts(), 0);
}

#[test]
fn a_key_that_is_no_text_is_refused() {
    #[derive(Serialize, Deserialize, CollectionDocument)]
    #[collection(name = "pairs")]
    struct Pairs {
        by_pair: BTreeMap<(i32, i32), i32>,
        numbers: BTreeMap<i32, i32>,
    }
    assert_eq!(text(Pairs::numbers().key(7).eq(1)), r#"{"numbers.7":1}"#);
    let refused = serde_json::to_string(&Pairs::by_pair().key((1, 2)).eq(1)).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("a key of a map has to be text"),
        "{refused}"
    );
    let refused = serde_json::to_string(&Pairs::by_pair().key((1, 2)).unset()).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("a key of a map has to be text"),
        "{refused}"
    );
}
