//! What the last form did, told by the page it leads to.

use serde::Deserialize;

/// The query of a page that forms lead to: `?done=saved`. Only these words are told, so that no link can put words into the
/// console's mouth.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(default)]
pub(super) struct DoneQuery {
    #[serde(deserialize_with = "lenient")]
    pub(super) done: Option<Done>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    Created,
    Inserted,
    Saved,
    Deleted,
    Dropped,
}

impl Done {
    const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Created, "created", "Created."),
        (Self::Inserted, "inserted", "Inserted."),
        (Self::Saved, "saved", "Saved."),
        (Self::Deleted, "deleted", "Deleted."),
        (Self::Dropped, "dropped", "Dropped."),
    ];

    /// For people.
    pub(super) fn sentence(self) -> &'static str {
        self.entry().2
    }

    /// A page with the word of what was done.
    pub(super) fn at(self, path: &str) -> String {
        let sign = if path.contains('?') { '&' } else { '?' };
        format!("{path}{sign}done={}", self.entry().1)
    }

    fn entry(self) -> (Self, &'static str, &'static str) {
        let known = Self::ALL.into_iter().find(|(done, ..)| *done == self);
        known.unwrap_or((self, "", ""))
    }
}

fn lenient<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Done>, D::Error> {
    let word = String::deserialize(deserializer)?;
    let known = Done::ALL.into_iter().find(|(_, known, _)| *known == word);
    Ok(known.map(|(done, ..)| done))
}
