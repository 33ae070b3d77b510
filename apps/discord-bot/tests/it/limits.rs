//! No answer is longer than Discord takes, whatever it is made of. The numbers are written out here
//! from <https://discord.com/developers/docs/resources/message#embed-object-embed-limits> and its
//! neighbours, not taken from the code under test.

use discord_bot::answer::text::{clip_to, code_block, escape};
use discord_bot::answer::{
    Answer, Button, ButtonStyle, Choice, Choices, CustomId, Embed, InputStyle, Message, Modal,
    TextInput,
};
use discord_bot::commands;
use discord_bot::domain::command::{Command, Input};
use discord_bot::domain::document::{Author, Body, Document, Name};
use discord_bot::domain::field::Field;
use discord_bot::domain::filter::Filter;
use discord_bot::domain::id::{GuildId, InteractionId, Snowflake, UserId};
use discord_bot::domain::page::{Begin, Page, PageAt};
use discord_bot::domain::search::{Count, Order, Search};
use discord_bot::domain::{id::DocumentId, json};
use discord_bot::views;
use proptest::prelude::*;

/// Holds an answer to Discord's limits.
pub(crate) fn check(answer: &Answer) {
    match answer {
        Answer::Message(message) => check_message(message),
        Answer::Modal(modal) => check_modal(modal),
        Answer::Choices(choices) => {
            assert!(choices.iter().count() <= 25);
            for choice in choices.iter() {
                assert_length(choice.name(), 1, 100);
                assert_length(choice.value(), 1, 100);
            }
        }
    }
}

fn check_message(message: &Message) {
    let content = message.content().unwrap_or_default();
    assert_length(content, 0, 2_000);
    assert_closed(content);
    assert!(
        !content.is_empty() || message.the_embed().is_some(),
        "an empty message"
    );
    if let Some(embed) = message.the_embed() {
        check_embed(embed);
    }
    assert!(message.buttons().len() <= 5);
    let mut ids: Vec<&str> = message.buttons().iter().map(Button::custom_id).collect();
    for button in message.buttons() {
        assert_length(button.label(), 1, 80);
        assert_length(button.custom_id(), 1, 100);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(
        ids.len(),
        message.buttons().len(),
        "two buttons have one id"
    );
}

fn check_embed(embed: &Embed) {
    assert_length(embed.title(), 0, 256);
    assert_length(embed.description().unwrap_or_default(), 0, 4_096);
    assert_length(embed.footer().unwrap_or_default(), 0, 2_048);
    assert_closed(embed.title());
    assert_closed(embed.description().unwrap_or_default());
    assert!(embed.fields().len() <= 25);
    for field in embed.fields() {
        assert_length(&field.name, 1, 256);
        assert_length(&field.value, 1, 1_024);
        assert_closed(&field.name);
        assert_closed(&field.value);
        assert!(!field.name.trim().is_empty() && !field.value.trim().is_empty());
    }
    let fields = embed
        .fields()
        .iter()
        .map(|field| length(&field.name) + length(&field.value));
    let whole = fields.sum::<usize>()
        + length(embed.title())
        + embed.description().map_or(0, length)
        + embed.footer().map_or(0, length);
    assert!(whole <= 6_000, "{whole}");
}

fn check_modal(modal: &Modal) {
    assert_length(modal.title(), 1, 45);
    assert_length(modal.custom_id(), 1, 100);
    assert!((1..=5).contains(&modal.inputs().len()));
    for input in modal.inputs() {
        assert_length(input.label(), 1, 45);
        assert_length(input.id(), 1, 100);
        assert_length(input.placeholder().unwrap_or_default(), 0, 100);
        assert_length(input.value().unwrap_or_default(), 0, input.max_length());
        assert!((1..=4_000).contains(&input.max_length()));
    }
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

fn assert_length(text: &str, min: usize, max: usize) {
    let length = length(text);
    assert!(
        (min..=max).contains(&length),
        "{length} is not in {min}..={max}: {text}"
    );
}

/// A block of code that is begun is ended.
fn assert_closed(markdown: &str) {
    let fences = markdown.matches("```").count();
    assert_eq!(fences % 2, 0, "a block of code is left open: {markdown}");
}

/// Texts of all lengths, many of them full of what is special to Discord.
fn any_text() -> impl Strategy<Value = String> {
    let wild = prop::sample::select(vec![
        "`",
        "```",
        "*",
        "_",
        "@everyone",
        "<@1>",
        "\\",
        "🫖",
        "\u{200b}",
        "\n",
        " ",
        "\"",
        "a",
        "é",
        "\u{202e}",
    ]);
    prop_oneof![
        ".{0,40}",
        "\\PC{0,300}",
        (wild, 0..5_000_usize).prop_map(|(piece, count)| piece.repeat(count)),
        prop::collection::vec("[`*\\\\@<>a🫖\n ]", 0..400).prop_map(|pieces| pieces.concat()),
    ]
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any_text().prop_map(|text| clip_to(&text, 1_500).into()),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map("[a-z.&`*🫖]{1,12}", inner, 0..6)
                .prop_map(|fields| fields.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

fn any_body() -> impl Strategy<Value = Body> {
    prop::collection::btree_map("[a-z.&`*🫖]{1,12}", any_json(), 0..6).prop_filter_map(
        "longer than a window",
        |fields| {
            let fields: serde_json::Map<_, _> = fields.into_iter().collect();
            serde_json::Value::from(fields).to_string().parse().ok()
        },
    )
}

fn any_document() -> impl Strategy<Value = Document> {
    (any_text(), any_text(), any_body(), any::<u64>()).prop_map(|(name, author, body, id)| {
        let name: Name = clip_to(name.trim(), 100)
            .parse()
            .unwrap_or_else(|_| "x".parse().unwrap());
        let author = Author {
            id: UserId(Snowflake::new(id)),
            name: author,
        };
        let interaction = InteractionId(Snowflake::new(id));
        Document::new(GuildId(Snowflake::new(1)), interaction, author, name, body)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_parts_make_an_embed_too_long(
        title in any_text(), description in any_text(), footer in any_text(),
        fields in prop::collection::vec((any_text(), any_text()), 0..30),
    ) {
        let mut embed = Embed::titled(title).with_description(code_block("", &description));
        for (name, value) in fields {
            embed = embed.with_field(name, format!("{value}\n{}", code_block("json", &value)));
        }
        check_embed(&embed);
        check_embed(&embed.clone().with_footer(&footer).with_description(&footer).with_footer(footer));
    }

    #[test]
    fn no_parts_make_a_message_too_long(content in any_text(), labels in prop::collection::vec("\\PC{1,200}", 0..9)) {
        let mut message = Message::text(format!("x{content}"));
        for (number, label) in labels.iter().enumerate() {
            let custom_id = CustomId::new("find", &[&u64::MAX, &number]).unwrap();
            message = message.with_button(Button::new(label, custom_id, ButtonStyle::Primary));
        }
        check(&message.into());
    }

    #[test]
    fn no_parts_make_a_window_too_long(title in "\\PC{1,80}", label in "\\PC{1,80}", value in any_text(), hint in any_text(), max in 0..9_000_usize) {
        let custom_id = CustomId::new("update", &[&u64::MAX, &u32::MAX]).unwrap();
        let input = || TextInput::new("body", &label, InputStyle::Paragraph);
        let inputs = [
            input().filled_with(&value).hint(&hint),
            input().filled_with(&value).at_most(max),
            input().at_most(max).filled_with(&value),
            input(), input(), input(),
        ];
        check(&Modal::new(custom_id, title, inputs).into());
    }

    #[test]
    fn a_completion_that_cannot_be_filled_in_whole_is_not_offered(pairs in prop::collection::vec((any_text(), any_text()), 0..40)) {
        let choices = pairs.iter().filter_map(|(name, value)| Choice::new(name, value));
        check(&choices.collect::<Choices>().into());
    }

    #[test]
    fn any_document_is_shown_within_the_limits(document in any_document()) {
        check(&Message::embed(views::document::whole(&document)).into());
        check(&views::document::choice(&document).into_iter().collect::<Choices>().into());
    }

    #[test]
    fn any_page_is_shown_within_the_limits_with_all_of_its_documents(
        documents in prop::collection::vec(any_document(), 0..6), number in 1..2_000_u32, forward in any::<bool>(),
        counted in 0..1_001_u64, and_more in any::<bool>(), field in "[a-z]{1,100}",
    ) {
        let order = [Order::Newest, Order::Descending(field.parse::<Field>().unwrap())];
        for order in order {
            let search = Search::new(
                InteractionId(Snowflake::new(u64::MAX)), GuildId(Snowflake::new(1)), UserId(Snowflake::new(1)),
                Filter::everything(), order.clone(), Count { counted, and_more },
            );
            let id = DocumentId(Snowflake::new(u64::MAX));
            let at = PageAt { number, begin: if forward { Begin::After(id) } else { Begin::Before(id) } };
            let page = Page::new(&order, at, documents.clone());
            let shown = views::page::message("find", &search, at, &page).unwrap();
            prop_assert_eq!(shown.the_embed().unwrap().fields().len(), documents.len().min(5));
            for field in shown.the_embed().unwrap().fields() {
                prop_assert_eq!(field.value.matches("```").count(), 2, "{}", field.value);
            }
            check(&shown.into());
        }
    }

    #[test]
    fn no_text_escapes_its_escape_or_its_block(text in any_text()) {
        let escaped = escape(&text);
        prop_assert!(!escaped.contains("@everyone") && !escaped.contains("<@1"));
        prop_assert_eq!(code_block("json", &text).matches("```").count(), 2);
        let clipped = clip_to(&escaped, 50);
        let tail = clipped.trim_end_matches('…');
        prop_assert_eq!((tail.len() - tail.trim_end_matches('\\').len()) % 2, 0, "{}", clipped);
    }

    #[test]
    fn no_text_is_too_much_for_the_readers(text in any_text()) {
        let _ = json::value(&text);
        let _ = Filter::from_json(&text);
        let _ = text.parse::<Body>();
        let _ = text.parse::<PageAt>();
        if let Ok(order) = text.parse::<Order>() {
            prop_assert_eq!(order.to_string().parse::<Order>(), Ok(order));
        }
        if let Ok(filter) = Filter::everything().and_inputs(Some("a"), Some("in"), Some(&text)) {
            let stored = serde_json::to_string(&filter).unwrap();
            prop_assert_eq!(serde_json::from_str::<Filter>(&stored).unwrap(), filter);
        }
    }
}

#[test]
fn every_command_is_described_as_discord_takes_it() {
    let commands = commands::all();
    assert!(commands.len() <= 100);
    for Command {
        name,
        description,
        options,
        ..
    } in &commands
    {
        assert_name(name);
        assert_length(description, 1, 100);
        assert!(options.len() <= 25);
        assert!(
            options.is_sorted_by_key(|option| !option.is_required),
            "{name}: required options come first"
        );
        for option in options {
            assert_name(option.name);
            assert_length(option.description, 1, 100);
            match &option.input {
                Input::Text { max_length } | Input::Completed { max_length } => {
                    assert!((1..=6_000).contains(max_length));
                }
                Input::OneOf(choices) => {
                    assert!((1..=25).contains(&choices.len()));
                    for (words, value) in choices {
                        assert_length(words, 1, 100);
                        assert_length(value, 1, 100);
                    }
                }
            }
        }
    }
}

fn assert_name(name: &str) {
    let is_plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_'
    };
    assert!(
        (1..=32).contains(&name.len()) && name.bytes().all(is_plain),
        "{name}"
    );
}
