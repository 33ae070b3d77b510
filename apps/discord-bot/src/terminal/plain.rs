//! Discord's markdown, of which the bot uses a little, as plain text.

use astra_db::table::Timestamp;

/// The text as Discord would show it: without the marks of bold, slanted and code, escapes, and the
/// invisible spaces that take mentions apart, and with times written out.
pub(super) fn text(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    for (number, part) in markdown.split("```").enumerate() {
        // Every other part is code. Its first line names the language.
        if number % 2 == 1 {
            let code = part.split_once('\n').map_or(part, |(_, code)| code);
            plain.push_str(&code.trim_end_matches('\n').replace('\u{200b}', ""));
            plain.push('\n');
        } else {
            plain.push_str(&prose(part));
        }
    }
    plain.trim_end().to_owned()
}

fn prose(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        rest = match letter {
            '\\' => {
                let mut letters = after.chars();
                plain.extend(letters.next());
                letters.as_str()
            }
            '<' if after.starts_with("t:") => time(after, &mut plain),
            '*' | '`' | '\u{200b}' => after,
            letter => {
                plain.push(letter);
                after
            }
        };
    }
    plain
}

/// `t:1790000000:f>` in UTC; answers what comes after it.
fn time<'a>(after: &'a str, plain: &mut String) -> &'a str {
    let end = after.find('>');
    let (mark, rest) = end.map_or((after, ""), |end| (&after[..end], &after[end + 1..]));
    let seconds = mark
        .split(':')
        .nth(1)
        .and_then(|seconds| seconds.parse::<i64>().ok());
    let written = seconds
        .and_then(|seconds| seconds.checked_mul(1_000))
        .map(|millis| Timestamp::from_millis(millis).to_string());
    // `2026-09-21T14:13:20Z` to the minute.
    if let Some((date, time)) = written.as_deref().and_then(|text| text.split_once('T')) {
        let minute = time.get(..5).unwrap_or(time);
        plain.extend([date, " ", minute, " UTC"]);
    }
    rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::answer::text::{code_block, escape};
    use test_support::small_stack::{config, repeated, run};

    #[test]
    fn what_was_escaped_comes_out_as_it_was() {
        for wild in [
            "**bold** _x_ `code`",
            "@everyone <@1> #a",
            r"back\slash",
            "a*b*c ```",
        ] {
            assert_eq!(text(&escape(wild)), wild, "{}", escape(wild));
        }
    }

    #[test]
    fn marks_go_and_times_are_written_out() {
        assert_eq!(
            text("**Chess** by `7`, <t:1790000000:f>.\n```json\n{\"a*\": 1}\n```"),
            "Chess by 7, 2026-09-21 14:13 UTC.\n{\"a*\": 1}"
        );
        assert_eq!(text(&code_block("", "```")), "```");
    }

    #[test]
    fn adversarial_markdown_is_drawn_in_no_more_room() {
        let piece = prop_oneof![
            "[`*\\\\<t:>\u{200b}\n🫖]{1,9}",
            prop::sample::select(vec![
                "```",
                "<t:9223372036854775807:f>",
                "<t:-1",
                "\\",
                "``"
            ])
            .prop_map(str::to_owned),
        ];
        proptest!(config(), |(markdown in repeated(piece))| {
            run(move || {
                // A time is written out in a little more.
                assert!(text(&markdown).len() <= markdown.len() * 4 + 32);
            });
        });
    }
}
