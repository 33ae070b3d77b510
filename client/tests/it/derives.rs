//! What the derives make of structs, beside what one would write by hand.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use astra_db::model::ColumnValue as _;
use astra_db::schema::{
    ColumnType, DefaultIdType, IndexDefinition, IndexedColumn, Order, RegularIndex, ServiceOptions,
    SimilarityMetric, TableDefinition, TextIndex, TypeDefinition, VectorIndex, VectorOptions,
};
use astra_db::table::{Date, Double, Duration, Float, Time, Timestamp, Uuid};
use astra_db::{Binary, CollectionDefinition, CollectionDocument, Number, TableRow, Udt, Vector};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Clone, Serialize, Deserialize, Udt)]
#[udt(name = "address")]
#[serde(rename_all = "camelCase")]
struct Address {
    street_name: Option<String>,
    #[column(type = "ascii")]
    zip: String,
    since: Date,
}

#[derive(Clone, Serialize, Deserialize, TableRow)]
#[table(name = "vehicles", partition = VehiclesOfOwner)]
#[serde(rename_all = "camelCase")]
struct Vehicle {
    #[clustering(desc)]
    seen_at: Timestamp,
    #[partition_key]
    owner_id: Uuid,
    #[partition_key]
    #[column(type = "ascii")]
    region: String,
    #[clustering]
    #[serde(rename = "nr")]
    number: i64,
    #[index(case_sensitive = false, normalize = true, ascii = true)]
    make: String,
    #[index]
    tags: BTreeSet<String>,
    #[index(keys)]
    #[index(values, name = "by_extra")]
    extras: HashMap<String, String>,
    #[text_index(analyzer = "english")]
    r#type: String,
    #[vector(dimension = 3)]
    #[vector_index(metric = "dot_product", source_model = "openai-v3-small")]
    likeness: Option<Vector>,
    #[vector(provider = "nvidia", model = "NV-Embed-QA")]
    summary: Option<String>,
    #[column(type = "varint")]
    mileage: Number,
    keeper: Option<Address>,
    keepers: Vec<Address>,
    #[column(type = "set")]
    addresses: Option<Vec<Address>>,
    #[serde(skip)]
    seen: bool,
}

#[test]
fn a_row_defines_its_table_as_one_would_by_hand() {
    let by_hand = TableDefinition::default()
        .column("seenAt", ColumnType::Timestamp)
        .column("ownerId", ColumnType::Uuid)
        .column("region", ColumnType::Ascii)
        .column("nr", ColumnType::BigInt)
        .column("make", ColumnType::Text)
        .column("tags", ColumnType::set(ColumnType::Text))
        .column(
            "extras",
            ColumnType::map(ColumnType::Text, ColumnType::Text),
        )
        .column("type", ColumnType::Text)
        .column("likeness", ColumnType::vector(3))
        .column(
            "summary",
            ColumnType::vectorize(ServiceOptions::new("nvidia", "NV-Embed-QA")),
        )
        .column("mileage", ColumnType::VarInt)
        .column("keeper", ColumnType::user_defined("address"))
        .column(
            "keepers",
            ColumnType::list(ColumnType::user_defined("address")),
        )
        .column(
            "addresses",
            ColumnType::set(ColumnType::user_defined("address")),
        )
        .partition_by(["ownerId", "region"])
        .partition_sort("seenAt", Order::Descending)
        .partition_sort("nr", Order::Ascending);
    assert_eq!(Vehicle::definition(), by_hand);
    assert_eq!(Vehicle::TABLE_NAME, "vehicles");
}

#[test]
fn a_row_defines_its_indexes() {
    let indexes = Vehicle::indexes().into_iter();
    let indexes: Vec<_> = indexes
        .map(|index| (index.name, index.definition))
        .collect();
    let make = RegularIndex::new("make")
        .case_sensitive(false)
        .normalize(true)
        .ascii(true);
    let likeness = VectorIndex::new("likeness")
        .metric(SimilarityMetric::DotProduct)
        .source_model("openai-v3-small");
    let by_hand: [(&str, IndexDefinition); 6] = [
        ("vehicles_make_idx", make.into()),
        ("vehicles_tags_idx", "tags".into()),
        (
            "vehicles_extras_keys_idx",
            IndexedColumn::Keys("extras".into()).into(),
        ),
        ("by_extra", IndexedColumn::Values("extras".into()).into()),
        (
            "vehicles_type_idx",
            TextIndex::new("type").analyzer("english").into(),
        ),
        ("vehicles_likeness_idx", likeness.into()),
    ];
    assert_eq!(
        indexes,
        by_hand.map(|(name, index)| (name.to_owned(), index))
    );
}

#[test]
fn a_row_knows_the_types_its_columns_need() {
    let by_hand = TypeDefinition::default()
        .field("streetName", ColumnType::Text)
        .field("zip", ColumnType::Ascii)
        .field("since", ColumnType::Date);
    assert_eq!(Address::definition(), by_hand);
    let types = Vehicle::types();
    let types: Vec<_> = types.iter().collect();
    assert_eq!(types, [("address", &by_hand)]);
}

#[test]
fn a_field_is_called_as_serde_writes_it() {
    let names = [
        String::from(Vehicle::seen_at()),
        Vehicle::number().into(),
        Vehicle::r#type().into(),
    ];
    assert_eq!(names, ["seenAt", "nr", "type"]);
}

fn vehicle() -> Vehicle {
    Vehicle {
        seen_at: "2024-01-31T12:00:00Z".parse().unwrap(),
        owner_id: "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55".parse().unwrap(),
        region: "eu".into(),
        number: 7,
        make: "Volvo".into(),
        tags: BTreeSet::new(),
        extras: HashMap::new(),
        r#type: "estate".into(),
        likeness: None,
        summary: None,
        mileage: 12.into(),
        keeper: None,
        keepers: Vec::new(),
        addresses: None,
        seen: true,
    }
}

#[test]
fn a_key_is_a_filter_for_its_row_and_reads_back() {
    let key: VehicleKey = vehicle().key();
    let filter = json!({
        "ownerId": "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55",
        "region": "eu",
        "seenAt": "2024-01-31T12:00:00Z",
        "nr": 7,
    });
    assert_eq!(serde_json::to_value(&key).unwrap(), filter);
    assert_eq!(serde_json::from_value::<VehicleKey>(filter).unwrap(), key);
}

#[test]
fn a_partition_key_is_a_filter_for_its_rows() {
    let Vehicle {
        owner_id, region, ..
    } = vehicle();
    let partition = VehiclesOfOwner { owner_id, region };
    let filter = json!({"ownerId": "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55", "region": "eu"});
    assert_eq!(serde_json::to_value(&partition).unwrap(), filter);
}

#[test]
fn columns_are_called_what_serde_writes() {
    let written = serde_json::to_value(vehicle()).unwrap();
    let read: Vehicle = serde_json::from_value(written.clone()).unwrap();
    assert!(!read.seen, "a skipped field is not read either");
    let written: BTreeSet<&str> = written
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let definition = Vehicle::definition();
    let defined: BTreeSet<&str> = definition.columns.iter().map(|(name, _)| name).collect();
    assert_eq!(defined, written);
}

/// The names of a struct with fields of every awkward shape, by a rule of serde's.
macro_rules! naming {
    ($($rule:literal => $name:ident),*) => {$({
        #[derive(Default, Serialize, Deserialize, CollectionDocument)]
        #[collection(name = "naming")]
        #[serde(rename_all = $rule)]
        struct $name {
            plain: bool,
            two_words: bool,
            _leading: bool,
            trailing_: bool,
            with_digit_2x: bool,
            r#type: bool,
            #[serde(rename = "as.it&is")]
            given: bool,
        }
        let written = astra_db::Document::encode(&$name::default()).unwrap();
        let written: Vec<&str> = written.iter().map(|(name, _)| name).collect();
        let paths = [
            $name::plain(), $name::two_words(), $name::_leading(), $name::trailing_(),
            $name::with_digit_2x(), $name::r#type(),
        ];
        assert_eq!(paths.map(String::from), written[..6], $rule);
        assert_eq!($name::given().path(), "as&.it&&is");
    })*};
}

#[test]
fn every_renaming_rule_of_serde_is_followed() {
    naming!(
        "lowercase" => Lower, "UPPERCASE" => Upper, "PascalCase" => Pascal, "camelCase" => Camel,
        "snake_case" => Snake, "SCREAMING_SNAKE_CASE" => Screaming, "kebab-case" => Kebab,
        "SCREAMING-KEBAB-CASE" => ScreamingKebab
    );
}

#[test]
fn every_type_of_column_has_a_type_of_rust() {
    let types = [
        (String::column_type(), ColumnType::Text),
        (i8::column_type(), ColumnType::TinyInt),
        (i16::column_type(), ColumnType::SmallInt),
        (i32::column_type(), ColumnType::Int),
        (i64::column_type(), ColumnType::BigInt),
        (i128::column_type(), ColumnType::VarInt),
        (Number::column_type(), ColumnType::Decimal),
        (Float::column_type(), ColumnType::Float),
        (Double::column_type(), ColumnType::Double),
        (bool::column_type(), ColumnType::Boolean),
        (Date::column_type(), ColumnType::Date),
        (Time::column_type(), ColumnType::Time),
        (Timestamp::column_type(), ColumnType::Timestamp),
        (Duration::column_type(), ColumnType::Duration),
        (Uuid::column_type(), ColumnType::Uuid),
        (IpAddr::column_type(), ColumnType::Inet),
        (Binary::column_type(), ColumnType::Blob),
        (
            Option::<BTreeMap<i32, Address>>::column_type(),
            ColumnType::map(ColumnType::Int, ColumnType::user_defined("address")),
        ),
    ];
    for (derived, by_hand) in types {
        assert_eq!(derived, by_hand);
    }
}

#[derive(Serialize, Deserialize, CollectionDocument)]
#[collection(
    name = "songs",
    default_id = "uuidv7",
    vector(
        dimension = 1024,
        metric = "euclidean",
        source_model = "other",
        provider = "nvidia",
        model = "NV-Embed-QA"
    ),
    lexical = "english",
    rerank = false,
    deny("notes.private")
)]
struct Song {
    #[serde(rename = "_id")]
    id: Option<astra_db::DocumentId>,
    #[not_indexed]
    lyrics: String,
    #[serde(rename = "a.b")]
    #[not_indexed]
    dotted: String,
}

#[test]
fn a_document_defines_its_collection_as_one_would_by_hand() {
    let vector = VectorOptions::default()
        .dimension(1024)
        .metric(SimilarityMetric::Euclidean)
        .source_model("other")
        .service(ServiceOptions::new("nvidia", "NV-Embed-QA"));
    let by_hand = CollectionDefinition::default()
        .default_id(DefaultIdType::UuidV7)
        .vector_options(vector)
        .indexing_deny(["lyrics", "a&.b", "notes.private"])
        .lexical("english")
        .no_rerank();
    assert_eq!(Song::definition(), by_hand);
    assert_eq!((Song::COLLECTION_NAME, Song::id().path()), ("songs", "_id"));
}

#[derive(Serialize, Deserialize, CollectionDocument)]
#[collection(
    name = "notes",
    vector(provider = "local", model = "hash-ngrams"),
    lexical = "standard",
    rerank(provider = "local", model = "reciprocal-rank-fusion")
)]
struct Note {
    #[serde(rename = "$vectorize")]
    text: String,
    #[serde(rename = "$lexical")]
    words: String,
}

#[test]
fn a_document_names_its_services_and_the_texts_they_are_given() {
    let vector = VectorOptions::default().service(ServiceOptions::new("local", "hash-ngrams"));
    let by_hand = CollectionDefinition::default()
        .vector_options(vector)
        .lexical("standard")
        .rerank(ServiceOptions::new("local", "reciprocal-rank-fusion"));
    assert_eq!(Note::definition(), by_hand);
    assert_eq!(
        (Note::text().path(), Note::words().path()),
        ("$vectorize", "$lexical")
    );
}

mod of_another_module {
    //! Fields and keys are as visible as the struct is.

    #[derive(serde::Serialize, serde::Deserialize, astra_db::TableRow)]
    #[table(name = "counters", key = CounterId)]
    pub(super) struct Counter {
        #[partition_key]
        pub(super) name: String,
    }
}

#[test]
fn a_key_may_be_named_otherwise() {
    let counter = of_another_module::Counter {
        name: "visits".into(),
    };
    let key: of_another_module::CounterId = counter.key();
    assert_eq!(key.name, "visits");
}

/// Seconds outside, a timestamp in the table.
mod seconds {
    use astra_db::table::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(at: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        Timestamp::from_millis(at * 1000).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
        Timestamp::deserialize(from).map(|at| at.as_millis() / 1000)
    }
}

#[derive(Serialize, Deserialize, TableRow)]
#[table(name = "readings")]
struct Reading {
    #[partition_key]
    sensor: String,
    #[clustering]
    #[serde(with = "seconds")]
    #[column(type = "timestamp")]
    at: i64,
}

#[test]
fn a_key_is_written_as_its_row_is() {
    let reading = Reading {
        sensor: "roof".into(),
        at: 60,
    };
    let written = json!({"sensor": "roof", "at": "1970-01-01T00:01:00Z"});
    assert_eq!(serde_json::to_value(reading.key()).unwrap(), written);
    assert_eq!(
        serde_json::from_value::<ReadingKey>(written).unwrap(),
        reading.key()
    );
    let at = Reading::definition()
        .columns
        .get("at")
        .unwrap()
        .kind
        .clone();
    assert_eq!(at, ColumnType::Timestamp);
}

mod of_a_renamed_crate {
    //! As in a program that reaches the crate through another one.

    mod client {
        pub(super) use astra_db::*;
    }

    use client::{CollectionDocument, Fields, TableRow, Udt};
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, TableRow)]
    #[astra_db(crate = "self::client")]
    #[table(name = "counters")]
    pub(super) struct Counter {
        #[partition_key]
        pub(super) name: String,
        #[index]
        pub(super) place: Place,
    }

    #[derive(Clone, Serialize, Deserialize, Udt)]
    #[astra_db(crate = "self::client")]
    #[udt(name = "place")]
    pub(super) struct Place {
        pub(super) city: String,
    }

    #[derive(Serialize, Deserialize, CollectionDocument)]
    #[astra_db(crate = "self::client")]
    #[collection(name = "shelves", vector(dimension = 3))]
    pub(super) struct Shelf {
        pub(super) label: Label,
    }

    #[derive(Serialize, Deserialize, Fields)]
    #[astra_db(crate = "self::client")]
    pub(super) struct Label {
        pub(super) text: String,
    }
}

#[test]
fn the_crate_may_be_called_otherwise() {
    use of_a_renamed_crate::{Counter, CounterKey, Place, Shelf};
    let counter = Counter {
        name: "visits".into(),
        place: Place {
            city: "Rome".into(),
        },
    };
    let key: CounterKey = counter.key();
    assert_eq!(
        serde_json::to_value(&key).unwrap(),
        json!({"name": "visits"})
    );
    assert_eq!(Counter::types().iter().next().unwrap().0, "place");
    let filter = Shelf::label().text().eq("a");
    assert_eq!(
        serde_json::to_value(&filter).unwrap(),
        json!({"label.text": "a"})
    );
}
