//! A page of a search.

use shared::numbers::grouped;

use crate::answer::text::escape;
use crate::answer::{Button, ButtonStyle, CustomId, Embed, MalformedCustomId, Message};
use crate::domain::page::{PAGE_SIZE, Page, PageAt};
use crate::domain::search::{Count, Search};
use crate::views::{document, json};

/// Room for the JSON of one of five documents: with their names and by-lines they fit into an embed.
const JSON_ROOM: usize = 650;
/// Characters of a single value in it.
const LONGEST_VALUE: usize = 120;

/// The page as a message with its buttons, whose ids begin with `command`.
pub fn message(
    command: &str,
    search: &Search,
    at: PageAt,
    page: &Page,
) -> Result<Message, MalformedCustomId> {
    let mut embed = Embed::titled(title(search)).with_footer(footer(search, at));
    if page.documents.is_empty() {
        embed = embed.with_description(if search.filter.is_everything() {
            "There are no documents yet: `/insert` makes one."
        } else {
            "Nothing matches. `/find` without options shows everything there is."
        });
    }
    for found in &page.documents {
        let line = document::by_line(found);
        let json = json::digest(&found.body, JSON_ROOM, LONGEST_VALUE);
        embed = embed.with_field(escape(found.name.as_str()), format!("{line}\n{json}"));
    }
    let mut message = Message::embed(embed);
    if page.previous.is_some() || page.next.is_some() {
        for (label, to) in [("Previous", page.previous), ("Next", page.next)] {
            message = message.with_button(button(command, search, label, at, to)?);
        }
    }
    Ok(message)
}

fn button(
    command: &str,
    search: &Search,
    label: &str,
    at: PageAt,
    to: Option<PageAt>,
) -> Result<Button, MalformedCustomId> {
    // A button that cannot be pressed needs an id too, and a different one from the other's.
    let custom_id = match to {
        Some(to) => CustomId::new(command, &[&search.id.0, &to])?,
        None => CustomId::new(command, &[&search.id.0, &at])?,
    };
    let mut button = Button::new(label, custom_id, ButtonStyle::Secondary);
    button.is_enabled = to.is_some();
    Ok(button)
}

fn title(search: &Search) -> String {
    format!("{} found", total(search.total))
}

/// `1 document`, `7 documents`, `1,000+ documents`.
pub fn total(count: Count) -> String {
    match count {
        Count {
            counted: 1,
            and_more: false,
        } => "1 document".to_owned(),
        Count {
            counted,
            and_more: false,
        } => format!("{} documents", grouped(counted)),
        Count {
            counted,
            and_more: true,
        } => format!("{}+ documents", grouped(counted)),
    }
}

fn footer(search: &Search, at: PageAt) -> String {
    let number = at.number;
    let page = if search.total.and_more {
        format!("Page {number}")
    } else {
        let pages = search
            .total
            .counted
            .div_ceil(PAGE_SIZE as u64)
            .max(u64::from(number));
        format!("Page {number} of {pages}")
    };
    format!("{page}, order: {}", search.order)
}
