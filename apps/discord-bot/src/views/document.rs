//! One document.

use astra_db::Timestamp;

use crate::answer::text::{clip_to, escape};
use crate::answer::{Choice, Embed};
use crate::domain::document::Document;
use crate::views::json;

/// Room for the JSON of a document that is shown by itself.
const JSON_ROOM: usize = 3_800;
/// Characters of a name in one line with an id and a time.
const SHORT_NAME: usize = 60;

/// Everything about it.
pub fn whole(document: &Document) -> Embed {
    let line = by_line(document);
    let json = json::block(&document.body, JSON_ROOM);
    let embed =
        Embed::titled(escape(document.name.as_str())).with_description(format!("{line}\n{json}"));
    match document.revision.number {
        0 => embed,
        number => embed.with_footer(format!(
            "Revision {number} by {}",
            document.revision.author.name
        )),
    }
}

/// Its id, who wrote it, and when.
pub fn by_line(document: &Document) -> String {
    let author = escape(&clip_to(&document.author.name, SHORT_NAME));
    let time = moment(document.created_at);
    format!("`{}` by {author}, {time}", document.id.0)
}

/// What it is called, in bold.
pub fn name(document: &Document) -> String {
    format!("**{}**", escape(document.name.as_str()))
}

/// It as a completion: its name is shown, its id filled in.
pub fn choice(document: &Document) -> Option<Choice> {
    let name = clip_to(document.name.as_str(), SHORT_NAME);
    Choice::new(
        format!("{name} ({})", document.id.0),
        document.id.0.to_string(),
    )
}

/// A time that Discord shows in the reader's own time zone and language.
fn moment(time: Timestamp) -> String {
    format!("<t:{}:f>", time.as_millis().div_euclid(1_000))
}
