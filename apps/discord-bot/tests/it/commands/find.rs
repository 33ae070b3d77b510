//! Filters, orders and pages.

use discord_bot::answer::Placement;
use discord_bot::domain::document::{Author, Body, Document};
use discord_bot::domain::id::UserId;

use super::{Person, Room, button, names, refusal, text};

async fn shelf(ada: Person<'_>) {
    for (name, body) in [
        (
            "Chess",
            r#"{"players": {"max": 2}, "minutes": 60, "tags": ["board", "old"], "owner": "Ada"}"#,
        ),
        (
            "go",
            r#"{"players": {"max": 2}, "minutes": 90.5, "tags": ["board"], "owner": null}"#,
        ),
        (
            "Hearts",
            r#"{"players": {"max": 6}, "minutes": 45, "tags": ["cards"], "owner": "Grace"}"#,
        ),
        (
            "7",
            r#"{"players": {"max": 7}, "minutes": "seven", "solo": true}"#,
        ),
    ] {
        ada.insert(name, body).await;
    }
}

/// The options of `/find`, and the names it finds.
type Question = (
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

const QUESTIONS: [Question; 15] = [
    (&[("field", "owner"), ("value", "Ada")], &["Chess"]),
    (
        &[("field", "minutes"), ("operator", "gte"), ("value", "60")],
        &["go", "Chess"],
    ),
    (&[("field", "minutes"), ("value", "seven")], &["7"]),
    (&[("field", "tags"), ("value", "board")], &["go", "Chess"]),
    (&[("field", "tags.1"), ("value", "old")], &["Chess"]),
    (
        &[
            ("field", "players.max"),
            ("operator", "in"),
            ("value", "6, 7"),
        ],
        &["7", "Hearts"],
    ),
    (
        &[
            ("field", "owner"),
            ("operator", "exists"),
            ("value", "false"),
        ],
        &["7"],
    ),
    (&[("field", "owner"), ("value", "null")], &["go"]),
    (
        &[("field", "owner"), ("operator", "ne"), ("value", "Ada")],
        &["7", "Hearts", "go"],
    ),
    (&[("field", "solo"), ("value", "true")], &["7"]),
    (&[("field", "name"), ("value", "7")], &["7"]),
    (
        &[("filter", r#"{"minutes": {"gt": 45, "lt": 90}}"#)],
        &["Chess"],
    ),
    (
        &[
            ("filter", r#"{"tags": "board"}"#),
            ("field", "owner"),
            ("value", "Ada"),
        ],
        &["Chess"],
    ),
    (
        &[(
            "filter",
            r#"{"players.max": {"in": [2, 6]}, "owner": {"nin": ["Ada"]}}"#,
        )],
        &["Hearts", "go"],
    ),
    (&[("filter", "{}")], &["7", "Hearts", "go", "Chess"]),
];

#[tokio::test]
async fn documents_are_found_by_a_field_or_by_json() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    shelf(ada).await;
    let author = text(&ada.says("find", &[]).await);
    assert!(author.contains("by person"), "{author}");
    for (options, expected) in QUESTIONS {
        assert_eq!(ada.finds(options).await, expected, "{options:?}");
        let counted = text(&ada.says("count", options).await);
        assert!(
            counted.contains(&expected.len().to_string()),
            "{options:?}: {counted}"
        );
    }
}

#[tokio::test]
async fn documents_are_found_by_who_wrote_them() {
    let room = Room::open().await;
    let (ada, grace) = (room.person(1, 1), room.person(1, 2));
    ada.insert("Chess", "{}").await;
    grace.insert("Hearts", "{}").await;
    let mention = format!("<@{}>", grace.id.0);
    assert_eq!(
        ada.finds(&[("field", "author"), ("value", &mention)]).await,
        ["Hearts"]
    );
}

#[tokio::test]
async fn documents_come_in_any_order_asked_for() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    shelf(ada).await;
    for (sort, expected) in [
        ("newest", ["7", "Hearts", "go", "Chess"]),
        ("oldest", ["Chess", "go", "Hearts", "7"]),
        ("name", ["7", "Chess", "go", "Hearts"]),
        ("-name", ["Hearts", "go", "Chess", "7"]),
        ("minutes", ["Hearts", "Chess", "go", "7"]),
        ("-players.max", ["7", "Hearts", "Chess", "go"]),
    ] {
        assert_eq!(ada.finds(&[("sort", sort)]).await, expected, "{sort}");
    }
}

#[tokio::test]
async fn pages_of_five_lead_to_the_end_and_back_again_in_every_order() {
    let room = Room::open().await;
    for count in [0_usize, 1, 5, 6, 10, 11] {
        let ada = room.person(count as u64 + 1, 1);
        for n in 0..count {
            ada.insert(&format!("Game {n:02}"), &format!("{{\"n\": {n}}}"))
                .await;
        }
        let rising: Vec<String> = (0..count).map(|n| format!("Game {n:02}")).collect();
        let falling: Vec<String> = rising.iter().rev().cloned().collect();
        for (sort, expected) in [
            ("newest", &falling),
            ("oldest", &rising),
            ("n", &rising),
            ("-name", &falling),
        ] {
            let mut page = ada.says("find", &[("sort", sort)]).await;
            let mut there = vec![names(&page)];
            while let Some(next) = button(&page, "Next") {
                page = ada.press(&next).await;
                assert_eq!(page.placement(), Placement::Update);
                there.push(names(&page));
            }
            assert_eq!(&there.concat(), expected, "{count} by {sort}");
            assert!(
                there.iter().rev().skip(1).all(|page| page.len() == 5),
                "{there:?}"
            );
            let mut back = vec![names(&page)];
            while let Some(previous) = button(&page, "Previous") {
                page = ada.press(&previous).await;
                back.push(names(&page));
            }
            back.reverse();
            assert_eq!(back, there, "{count} by {sort}");
        }
    }
}

#[tokio::test]
async fn what_is_inserted_and_deleted_meanwhile_shows_nothing_twice_and_hides_nothing() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    let mut ids = Vec::new();
    for n in 0..12 {
        ids.push(ada.insert(&format!("Game {n}"), "{}").await);
    }
    let first = ada.says("find", &[]).await;
    assert_eq!(
        names(&first),
        ["Game 11", "Game 10", "Game 9", "Game 8", "Game 7"]
    );
    ada.insert("Game 12", "{}").await;
    for gone in [&ids[8], &ids[7]] {
        let question = ada.says("delete", &[("id", gone)]).await;
        ada.press(&button(&question, "Delete").unwrap()).await;
    }
    let second = ada.press(&button(&first, "Next").unwrap()).await;
    assert_eq!(
        names(&second),
        ["Game 6", "Game 5", "Game 4", "Game 3", "Game 2"]
    );
}

#[tokio::test]
async fn the_buttons_of_a_search_work_for_a_day_and_for_whoever_searched() {
    let room = Room::open().await;
    let (ada, grace) = (room.person(1, 1), room.person(1, 2));
    for n in 0..6 {
        ada.insert(&format!("Game {n}"), "{}").await;
    }
    let page = ada.says("find", &[]).await;
    let next = button(&page, "Next").unwrap();
    assert!(refusal(&grace.press(&next).await).contains("whoever searched"));
    room.pass_hours(23);
    assert_eq!(names(&ada.press(&next).await).len(), 1);
    room.pass_hours(2);
    assert!(refusal(&ada.press(&next).await).contains("kept for a day"));
}

#[tokio::test]
async fn a_count_beyond_what_the_database_counts_says_so() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    let author = Author {
        id: UserId(ada.id.0),
        name: "Ada".to_owned(),
    };
    let documents = (0..1_001).map(|_| {
        let name = "Game".parse().unwrap();
        Document::new(
            ada.guild(),
            room.new_id(),
            author.clone(),
            name,
            Body::default(),
        )
    });
    let collection = room.database.collection::<Document>("documents");
    collection
        .insert_many(documents.collect::<Vec<_>>())
        .await
        .unwrap();
    let counted = ada.says("count", &[]).await;
    assert_eq!(
        counted.content(),
        Some("This server has **1,000+ documents**.")
    );
    let found = ada.says("find", &[]).await;
    assert!(text(&found).contains("1,000+ documents found"), "{found:?}");
}

#[tokio::test]
async fn fields_are_offered_as_documents_have_them() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    shelf(ada).await;
    ada.insert(
        "Odd",
        r#"{"a.b": 1, "name": "inside", "$": 1}"#.replace("\"$\"", "\"€\"").as_str(),
    )
    .await;
    assert_eq!(ada.complete("find", "field", "ma").await, ["players.max"]);
    let all = ada.complete("count", "field", "").await;
    assert!(
        all.starts_with(&["name".to_owned(), "author".to_owned()]),
        "{all:?}"
    );
    assert!(
        all.contains(&"body.name".to_owned()) && !all.contains(&"a.b".to_owned()),
        "{all:?}"
    );
    for field in all {
        let found = ada
            .says("find", &[("field", &field), ("operator", "exists")])
            .await;
        assert!(!names(&found).is_empty(), "{field}");
    }
    assert_eq!(
        ada.complete("find", "sort", "min").await,
        ["minutes", "-minutes"]
    );
    assert!(ada.complete("find", "value", "x").await.is_empty());
}

#[tokio::test]
async fn more_documents_than_the_database_sorts_are_still_found_in_the_order_of_time() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    let author = Author {
        id: UserId(ada.id.0),
        name: "Ada".to_owned(),
    };
    for n in 0..3 {
        ada.insert(&format!("Before {n}"), "{}").await;
        room.pass_hours(1_000);
    }
    let flood = (0..10_050).map(|n| {
        let name = format!("Flood {n}").parse().unwrap();
        Document::new(
            ada.guild(),
            room.new_id(),
            author.clone(),
            name,
            Body::default(),
        )
    });
    let collection = room.database.collection::<Document>("documents");
    collection
        .insert_many(flood.collect::<Vec<_>>())
        .await
        .unwrap();
    room.pass_hours(1_000);
    ada.insert("After", "{}").await;
    room.pass_hours(1_000);

    let newest = ada.says("find", &[]).await;
    assert_eq!(names(&newest)[..2], ["After", "Flood 10049"]);
    let next = ada.press(&button(&newest, "Next").unwrap()).await;
    assert_eq!(names(&next)[0], "Flood 10045");
    let oldest = ada.says("find", &[("sort", "oldest")]).await;
    assert_eq!(names(&oldest)[2..4], ["Before 2", "Flood 0"]);
    let by_name = ada.says("find", &[("sort", "name")]).await;
    assert!(
        refusal(&by_name).contains("sorts no more than that"),
        "{by_name:?}"
    );
}
