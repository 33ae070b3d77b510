//! What strangers type, as deep, as long and as wide as they like: it is read or refused on a small
//! stack, and what is read can be shown, written and dropped there.

use discord_bot::answer::Message;
use discord_bot::domain::document::{Author, Body, Document, Name};
use discord_bot::domain::field::Field;
use discord_bot::domain::filter::Filter;
use discord_bot::domain::id::{GuildId, InteractionId, Snowflake, UserId};
use discord_bot::domain::json;
use discord_bot::domain::operator::Operator;
use discord_bot::domain::page::{Page, PageAt};
use discord_bot::domain::search::{Count, Order, Search};
use discord_bot::views;
use proptest::prelude::*;
use test_support::small_stack::{config, run};

use crate::commands::Room;
use crate::limits;

/// A few, around the limits, or very many.
fn any_size() -> impl Strategy<Value = usize> {
    prop_oneof![
        0..12_usize,
        45..55_usize,
        95..205_usize,
        490..510_usize,
        3_900..4_100_usize,
        4_000..100_000_usize
    ]
}

/// JSON of one kind in great number, closed or not.
fn any_json() -> impl Strategy<Value = String> {
    let nested = prop::sample::select(vec![("[", "]"), ("{\"a\":", "}"), ("[{\"a\":[", "]}]")]);
    let many = prop::sample::select(vec![
        ("[0", ",0", "]"),
        ("{\"a\":\"", "\\u0060", "\"}"),
        ("{\"a\":\"", "🫖", "\"}"),
        ("{\"", "é", "\":1}"),
        ("{\"a\":1", "0", "}"),
        ("{\"a\":1e", "9", "}"),
        ("{\"a\":0", ",\"b\":1", "}"),
        ("{\"a\":{\"in\":[1", ",2", "]}}"),
    ]);
    prop_oneof![
        (nested, any_size(), any_size(), any::<bool>()).prop_map(
            |((open, close), depth, inner, is_closed)| {
                let close = if is_closed { close } else { "" };
                let inner = "1".repeat(inner % 60);
                let wrapped = format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
                format!("{{\"a\":{wrapped}}}")
            }
        ),
        (many, any_size())
            .prop_map(|((begin, piece, end), count)| begin.to_owned() + &piece.repeat(count) + end),
        any_size().prop_map(|count| {
            let fields: Vec<String> = (0..count).map(|n| format!("\"a{n}\":{n}")).collect();
            format!("{{{}}}", fields.join(","))
        }),
        "[\\[{\":,1\\]}\\\\]{0,300}",
    ]
}

/// A path, a page, an id: pieces and separators in great number.
fn any_word() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            ".", "a.", "$", "body.", "1", "a", "b", "-", ":", "🫖", "<@"
        ])
        .prop_map(str::to_owned),
        "[a-c0-9.:$-]{1,6}",
    ];
    (piece, any_size()).prop_map(|(piece, count)| piece.repeat(count))
}

/// A sentence for a member is not as long as what it is about.
fn refused(problem: &impl std::fmt::Display) {
    let sentence = problem.to_string();
    assert!(sentence.chars().count() < 500, "{sentence}");
}

fn show(body: Body) {
    let author = Author {
        id: UserId(Snowflake::new(1)),
        name: "ada".to_owned(),
    };
    let id = InteractionId(Snowflake::new(u64::MAX));
    let guild = GuildId(Snowflake::new(1));
    let name: Name = "Teapot".parse().unwrap();
    let document = Document::new(guild, id, author, name, body);
    let stored = serde_json::to_string(&document).unwrap();
    assert_eq!(serde_json::from_str::<Document>(&stored).unwrap(), document);
    limits::check(&Message::embed(views::document::whole(&document)).into());
    let total = Count {
        counted: 1,
        and_more: false,
    };
    let (user, filter) = (UserId(Snowflake::new(1)), Filter::everything());
    let search = Search::new(id, guild, user, filter, Order::Newest, total);
    let page = Page::new(&search.order, PageAt::FIRST, vec![document]);
    let shown = views::page::message("find", &search, PageAt::FIRST, &page).unwrap();
    limits::check(&shown.into());
}

fn keep(filter: &Filter) {
    assert!(filter.conditions().len() <= 20);
    let stored = serde_json::to_string(filter).unwrap();
    assert_eq!(serde_json::from_str::<Filter>(&stored).unwrap(), *filter);
}

#[test]
fn adversarial_json_is_read_or_refused() {
    proptest!(config(), |(typed in any_json())| {
        run(move || {
            match typed.parse::<Body>() {
                Ok(body) => show(body),
                Err(problem) => refused(&problem),
            }
            match Filter::from_json(&typed) {
                Ok(filter) => keep(&filter),
                Err(problem) => refused(&problem),
            }
            for operator in [None, Some("in"), Some("exists")] {
                let filter = Filter::everything();
                match filter.and_inputs(Some("a"), operator, Some(&typed)) {
                    Ok(filter) => keep(&filter),
                    Err(problem) => refused(&problem),
                }
            }
        });
    });
}

#[test]
fn adversarial_words_are_read_or_refused() {
    proptest!(config(), |(typed in any_word())| {
        run(move || read_words(&typed));
    });
}

fn read_words(typed: &str) {
    match typed.parse::<Field>() {
        Ok(field) => assert_eq!(field.to_string().parse(), Ok(field)),
        Err(problem) => refused(&problem),
    }
    match typed.parse::<Order>() {
        Ok(order) => assert_eq!(order.to_string().parse(), Ok(order)),
        Err(problem) => refused(&problem),
    }
    if let Ok(page) = typed.parse::<PageAt>() {
        assert!(page.skip() < 10_000);
    }
    if let Ok(id) = typed.parse::<Snowflake>() {
        assert_eq!(id.to_string(), typed);
    }
    if let Ok(name) = typed.parse::<Name>() {
        assert!(name.as_str().encode_utf16().count() <= 100);
    }
    if let Err(problem) = typed.parse::<Operator>() {
        refused(&problem);
    }
    let filter = Filter::everything();
    if let Err(problem) = filter.and_inputs(Some(typed), Some(typed), Some(typed)) {
        refused(&problem);
    }
}

#[test]
fn adversarial_buttons_and_windows_are_answered() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let room = runtime.block_on(Room::open());
    let ada = room.person(1, 1);
    let command = prop::sample::select(vec!["find:", "delete:", "insert:", "update:", ""]);
    proptest!(config(), |(command in command, rest in any_word(), typed in any_json())| {
        let custom_id = command.to_owned() + &rest;
        runtime.block_on(async {
            let kind = discord_bot::request::Kind::Component { custom_id: custom_id.clone() };
            ada.ask(room.new_id(), kind).await;
            ada.submit(&custom_id, &rest, &typed).await;
        });
    });
}

#[test]
fn adversarial_limits_are_where_the_sentences_say() {
    run(|| {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let wide = |count: usize| format!("[{}]", vec!["1"; count].join(","));
        let path = |count: usize| vec!["a"; count].join(".");
        assert!(json::value(&nested(json::MAX_DEPTH)).is_ok());
        assert!(json::value(&wide(json::MAX_VALUES)).is_ok());
        assert!(path(json::MAX_DEPTH).parse::<Field>().is_ok());
        for more in [1, 23, 24, 25, 119, 120, 121, 1_900, 100_000] {
            assert!(json::value(&nested(json::MAX_DEPTH + more)).is_err());
            assert!(json::value(&wide(json::MAX_VALUES + more)).is_err());
            assert!(path(json::MAX_DEPTH + more).parse::<Field>().is_err());
        }
    });
}
