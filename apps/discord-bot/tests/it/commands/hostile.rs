//! What strangers send to see what happens.

use proptest::prelude::*;

use super::{Room, modal, refusal, text};

/// Texts that have broken bots before.
const WILD: [&str; 12] = [
    "@everyone @here <@1> <@&2> <#3>",
    "**bold** __line__ ~~gone~~ ||hidden|| `code`",
    "```\nfence\n```",
    "``````",
    "> quote\n# heading\n- list",
    "[click](https://evil.example) https://evil.example discord.gg/evil",
    "\u{202e}gnihtyna\u{2066}",
    "\u{200b}\u{feff}",
    "👩‍👩‍👧‍👦🫖🏳️‍🌈",
    "Z̷͈̐a̶̹͝l̷̩͘g̵̢̈o̵̳͝",
    "\\",
    "';--\"${7*7}{{7*7}}<script>",
];

#[tokio::test]
async fn wild_text_is_kept_as_it_is_and_shown_without_effect() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    for wild in WILD {
        let name = wild.split_whitespace().collect::<Vec<_>>().join(" ");
        let body = serde_json::json!({ "text": wild, wild: [wild, { "deep": wild }] }).to_string();
        if wild.trim().is_empty() {
            continue;
        }
        let id = ada.insert(&name, &body).await;
        let window = modal(ada.command("update", &[("id", &id)]).await);
        assert_eq!(window.inputs()[0].value(), Some(&*name));
        let kept: serde_json::Value =
            serde_json::from_str(window.inputs()[1].value().unwrap()).unwrap();
        assert_eq!(
            kept,
            serde_json::from_str::<serde_json::Value>(&body).unwrap()
        );
        for answer in [
            ada.says("get", &[("id", &id)]).await,
            ada.says("find", &[]).await,
            ada.says("delete", &[("id", &id)]).await,
        ] {
            let outside_of_code = outside_of_code(&text(&answer));
            for mark in [
                "@everyone",
                "@here",
                "<@1",
                "<#",
                "](http",
                "https://",
                "**bold",
                "||hidden",
                "\u{202e}",
            ] {
                assert!(!outside_of_code.contains(mark), "{mark}: {outside_of_code}");
            }
        }
        assert_eq!(
            ada.finds(&[
                ("field", "text"),
                ("value", &serde_json::Value::from(wild).to_string())
            ])
            .await
            .len(),
            1
        );
    }
}

/// Discord shows what is between fences as it is.
fn outside_of_code(text: &str) -> String {
    let parts: Vec<&str> = text.split("```").collect();
    assert_eq!(parts.len() % 2, 1, "a fence is left open: {text}");
    parts.into_iter().step_by(2).collect()
}

#[tokio::test]
async fn json_that_is_none_too_much_or_a_command_is_refused_in_words_and_handed_back() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    let deep = format!("{}1{}", "{\"a\":".repeat(20), "}".repeat(20));
    let wide: Vec<String> = (0..250).map(|n| format!("\"a{n}\":{n}")).collect();
    for (body, word) in [
        ("{", "not JSON"),
        ("nonsense", "not JSON"),
        ("{\"a\": NaN}", "not JSON"),
        ("{\"a\": 1} {\"b\": 2}", "not JSON"),
        ("[1]", "braces"),
        ("\"text\"", "braces"),
        ("{\"$set\": {\"guild\": \"x\"}}", "dollar"),
        ("{\"a\": {\"$vector\": [1]}}", "dollar"),
        ("{\"\": 1}", "no name"),
        (&deep, "levels"),
        (&format!("{{{}}}", wide.join(",")), "fields"),
        (&format!("{{\"a\": {}}}", "9".repeat(99)), "digits"),
        (&"[".repeat(4_000), "not JSON"),
    ] {
        let answer = ada.submit("insert", "Teapot", body).await;
        assert!(refusal(&answer).contains(word), "{body}: {answer:?}");
        assert!(
            text(&answer).contains(&body[..body.len().min(50)]),
            "{answer:?}"
        );
    }
    let nameless = ada.submit("insert", " \n ", "{\"a\": 1}").await;
    assert!(refusal(&nameless).contains("1 to 100 characters"));
    assert!(text(&nameless).contains("\"a\": 1"));
    assert_eq!(
        ada.says("count", &[]).await.content(),
        Some("This server has **0 documents**.")
    );
}

#[tokio::test]
async fn what_is_handed_back_stays_in_its_block_of_code_however_long_it_is() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    for typed in [
        "`".repeat(4_000),
        format!("{}{}", "a".repeat(3_990), "`".repeat(10)),
        "🫖`".repeat(1_333),
        "**loud** @everyone ```".repeat(181),
    ] {
        let answer = ada.submit("insert", "Teapot", &typed).await;
        assert!(refusal(&answer).contains("not JSON"), "{answer:?}");
        let outside = outside_of_code(&text(&answer));
        assert!(!outside.contains("loud"), "{outside}");
    }
}

#[tokio::test]
async fn fields_that_are_called_like_the_bots_own_stay_in_the_body() {
    let room = Room::open().await;
    let (ada, eve) = (room.person(1, 1), room.person(2, 2));
    let body = serde_json::json!({
        "_id": "1", "guild": eve.guild(), "author": {"id": "1"}, "key": "x", "revision": {"number": 99}, "name": "x",
    });
    let id = ada.insert("Teapot", &body.to_string()).await;
    assert!(eve.finds(&[]).await.is_empty());
    assert_eq!(
        ada.finds(&[("field", "body.name"), ("value", "x")]).await,
        ["Teapot"]
    );
    let window = modal(ada.command("update", &[("id", &id)]).await);
    assert_eq!(
        ada.submit(window.custom_id(), "Pot", "{}").await.content(),
        Some("Changed:")
    );
}

#[tokio::test]
async fn the_longest_values_are_kept_and_shown_in_part_with_a_notice() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    for n in 0..6 {
        let letter = ["a", "é", "`", "*", "\\u0041", "\\n"][n];
        let text = letter.repeat(3_900 / letter.len().max(1));
        ada.insert(
            &format!("{} {n}", "N".repeat(98)),
            &format!("{{\"text\": \"{text}\"}}"),
        )
        .await;
    }
    let page = ada.says("find", &[]).await;
    assert!(text(&page).contains("more characters)"), "{page:?}");
    for id in ada.complete("get", "id", "").await {
        ada.says("get", &[("id", &id)]).await;
        ada.command("update", &[("id", &id)]).await;
    }
    let long = ada
        .says("get", &[("id", &ada.complete("get", "id", "").await[5])])
        .await;
    assert!(
        text(&long).contains("more characters are not shown"),
        "{long:?}"
    );
    let too_long = format!("{{\"text\": \"{}\"}}", "茶".repeat(3_000));
    let answer = ada.submit("insert", "Tea", &too_long).await;
    assert!(refusal(&answer).contains("bytes in one text"), "{answer:?}");
}

#[tokio::test]
async fn filters_and_orders_that_are_none_are_refused_in_words() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    ada.insert("Teapot", "{\"a\": 1}").await;
    for options in [
        [("filter", "{\"$or\": [{}]}")],
        [("filter", "{\"a\": {\"$ne\": 1}}")],
        [("filter", "{\"a\": {\"regex\": \".*\"}}")],
        [("filter", "{\"guild.$x\": 1}")],
        [("filter", "not json")],
        [("field", "$where")],
        [("field", "a..b")],
        [("operator", "eq")],
        [("sort", "$natural")],
        [("sort", "--a")],
    ] {
        let mut options = options.to_vec();
        if options[0].0 == "field" {
            options.push(("value", "1"));
        }
        let answer = ada.says("find", &options).await;
        if options[0] == ("sort", "--a") {
            // A field may be called so.
            assert!(answer.the_embed().is_some());
            continue;
        }
        assert!(!refusal(&answer).is_empty(), "{options:?}: {answer:?}");
    }
    let wild_path = ada
        .says("find", &[("field", "R&D.&"), ("value", "1")])
        .await;
    assert!(
        text(&wild_path).contains("Nothing matches"),
        "{wild_path:?}"
    );
}

#[tokio::test]
async fn forged_buttons_windows_and_commands_are_answered() {
    let room = Room::open().await;
    let ada = room.person(1, 1);
    ada.insert("Teapot", "{}").await;
    for custom_id in [
        "",
        ":",
        "find",
        "find:",
        "find:x:1",
        "find:1:0",
        "find:1:99999999999",
        "find:1:1a2:3",
        "find:99999999999999999999:1",
        "delete:1:2:yes",
        "delete:::",
        "insert",
        "update:1:0",
        &"x".repeat(10_000),
    ] {
        assert!(
            !refusal(&ada.press(custom_id).await).is_empty(),
            "{custom_id}"
        );
    }
    for custom_id in [
        "",
        "find:1:1",
        "update",
        "update:1",
        "update:1:-1",
        "update:x:0",
        "insert:1",
    ] {
        let answer = ada.submit(custom_id, "Name", "{\"typed\": 1}").await;
        assert!(!refusal(&answer).is_empty(), "{custom_id}");
    }
    assert!(!refusal(&ada.says("drop", &[]).await).is_empty());
    assert_eq!(ada.finds(&[]).await, ["Teapot"]);
}

/// JSON as it may be typed, with numbers that no machine has room for.
fn any_typed_json() -> impl Strategy<Value = String> {
    let number = prop::sample::select(vec![
        "0",
        "-0",
        "1e999",
        "-1E-999",
        "12345678901234567890",
        "0.10",
        "1E+05",
        "3.14159265358979323846264338",
    ]);
    let leaf = prop_oneof![
        number.prop_map(str::to_owned),
        "[a-z`*@<>]{0,9}".prop_map(|text| serde_json::Value::from(text).to_string()),
        prop::sample::select(vec!["null", "true", "NaN", "[]", "{}"]).prop_map(str::to_owned),
    ];
    let value = leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|values| format!("[{}]", values.join(","))),
            prop::collection::vec(("[a-z.$&]{0,3}", inner), 0..4).prop_map(object),
        ]
    });
    prop::collection::vec(("[a-z.&_]{1,4}", value), 0..4).prop_map(object)
}

fn object(fields: Vec<(String, String)>) -> String {
    let fields = fields
        .into_iter()
        .map(|(name, value)| format!("\"{name}\":{value}"));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

#[test]
fn whatever_json_is_typed_it_is_kept_exactly_or_refused_in_words() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let room = runtime.block_on(Room::open());
    let ada = room.person(1, 1);
    let id = runtime.block_on(ada.insert("Old", "{}"));
    let config = ProptestConfig {
        cases: 150,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let kept = std::cell::Cell::new(0);
    proptest!(config, |(typed in any_typed_json())| {
        runtime.block_on(async {
            let inserted = ada.submit("insert", "New", &typed).await;
            let window = modal(ada.command("update", &[("id", &id)]).await);
            let changed = ada.submit(window.custom_id(), "Old", &typed).await;
            if inserted.content() != Some("Inserted:") {
                assert!(refusal(&inserted).ends_with('.') && refusal(&changed).ends_with('.'), "{inserted:?}");
                return;
            }
            assert_eq!(changed.content(), Some("Changed:"), "{typed}");
            let window = modal(ada.command("update", &[("id", &id)]).await);
            let stored: astra_db::Value = window.inputs()[1].value().unwrap().parse().unwrap();
            assert_eq!(stored, typed.parse().unwrap(), "{typed}");
            kept.set(kept.get() + 1);
        });
    });
    runtime.block_on(ada.says("find", &[("sort", "a")]));
    assert!(kept.get() > 10, "next to nothing was kept: {}", kept.get());
}
