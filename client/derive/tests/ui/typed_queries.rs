//! Filters and updates that do not go with their fields.

use std::collections::BTreeMap;

use astra_db::{CollectionDocument, Fields, TableRow, Udt};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, CollectionDocument)]
#[collection(name = "reviews")]
struct Review {
    rating: i32,
    title: Option<String>,
    author: Author,
    votes: BTreeMap<String, i32>,
    tags: Vec<String>,
}

#[derive(Serialize, Deserialize, Fields)]
struct Author {
    name: String,
}

#[derive(Serialize, Deserialize, TableRow)]
#[table(name = "vehicles")]
struct Vehicle {
    #[partition_key]
    id: i32,
    doors: i32,
    keeper: Keeper,
}

#[derive(Serialize, Deserialize, Udt)]
#[udt(name = "keeper")]
struct Keeper {
    name: String,
}

fn values() {
    Review::rating().lte("two");
    Review::title().eq(2);
    Review::votes().key("ada").set("many");
    Review::tags().contains(2);
}

fn operators() {
    Review::title().inc(1);
    Review::rating().push(1);
    Review::rating().key("a");
}

fn nested() {
    Review::author().nmae().eq("Ada");
    Vehicle::keeper().name().eq("Ada");
}

fn tables() {
    Vehicle::doors().inc(1);
    Vehicle::doors().exists();
}

fn of_two_structs() {
    Review::rating().eq(5).and(Vehicle::doors().eq(5));
}

fn main() {}
