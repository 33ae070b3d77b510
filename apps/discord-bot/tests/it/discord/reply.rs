//! What people see of an answer.

use std::time::Duration;

use serde_json::Value;

use super::Exchange;

/// What the bot has answered to one interaction.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) interaction_id: u64,
    /// The type of the first answer: 4 message, 5 deferred, 6 deferred update, 7 update, 8 choices, 9 form.
    pub(crate) kind: u64,
    /// How long the first answer took.
    pub(crate) elapsed: Duration,
    pub(crate) data: Value,
    /// The message as it stands now; a message deleted again is none.
    pub(crate) message: Option<Value>,
    /// Whether people see that the bot is thinking.
    pub(crate) is_loading: bool,
    pub(crate) followups: Vec<Value>,
}

/// `None` while there is no first answer.
pub(crate) fn reply(interaction_id: u64, exchange: &Exchange) -> Option<Reply> {
    let (elapsed, callback) = exchange.callback.clone()?;
    Some(Reply {
        interaction_id,
        kind: callback["type"].as_u64().unwrap(),
        elapsed,
        data: callback["data"].clone(),
        message: exchange.message.clone(),
        is_loading: exchange.is_loading,
        followups: exchange.followups.clone(),
    })
}

impl Reply {
    /// Everything people read: the message, or the follow-up where the message is gone.
    pub(crate) fn text(&self) -> String {
        let seen = self.message.iter().chain(&self.followups);
        seen.map(message_text).collect::<Vec<_>>().join("\n")
    }

    /// What Discord reads as markdown: neither footers nor blocks of code.
    pub(crate) fn markdown(&self) -> String {
        let mut seen: Vec<Value> = self
            .message
            .iter()
            .chain(&self.followups)
            .cloned()
            .collect();
        for embed in seen
            .iter_mut()
            .filter_map(|message| message["embeds"].as_array_mut())
            .flatten()
        {
            embed["footer"] = Value::Null;
        }
        let text = seen.iter().map(message_text).collect::<Vec<_>>().join("\n");
        text.split("```").step_by(2).collect()
    }

    /// Whether only the one who asked sees it.
    pub(crate) fn is_ephemeral(&self) -> bool {
        let seen = self
            .followups
            .last()
            .or(self.message.as_ref())
            .expect("a message");
        seen["flags"].as_u64().unwrap_or(0) & 64 != 0
    }

    /// Whether a message of its own says something to the one who asked alone.
    pub(crate) fn is_new_and_ephemeral(&self) -> bool {
        self.kind == 4 && self.is_ephemeral()
    }

    /// The first number in it.
    pub(crate) fn number(&self) -> u64 {
        let text = self.text().replace(',', "");
        let mut numbers = text.split(|char: char| !char.is_ascii_digit());
        let number = numbers.find_map(|digits| digits.parse().ok());
        number.unwrap_or_else(|| panic!("no number: {self:#?}"))
    }

    /// What an input of a form is filled with.
    pub(crate) fn input(&self, name: &str) -> String {
        let mut rows = self.data["components"].as_array().expect("a form").iter();
        let row = rows
            .find(|row| row["components"][0]["custom_id"] == name)
            .expect("the input");
        row["components"][0]["value"]
            .as_str()
            .unwrap_or("")
            .to_owned()
    }

    /// The id of the button with this label; a button that is greyed out is none.
    pub(crate) fn button(&self, label: &str) -> Option<String> {
        let seen = self.followups.last().or(self.message.as_ref())?;
        let rows = seen["components"].as_array()?.iter();
        let mut buttons = rows.flat_map(|row| row["components"].as_array().into_iter().flatten());
        let button = buttons.find(|button| {
            button["disabled"] != true
                && button["label"]
                    .as_str()
                    .is_some_and(|text| text.contains(label))
        })?;
        button["custom_id"].as_str().map(str::to_owned)
    }

    #[track_caller]
    pub(crate) fn must_show(self, text: &str) -> Self {
        assert!(self.text().contains(text), "`{text}` is not in {self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn must_not_show(self, text: &str) -> Self {
        assert!(!self.text().contains(text), "`{text}` is in {self:#?}");
        self
    }
}

fn message_text(message: &Value) -> String {
    let mut lines = vec![message["content"].as_str().unwrap_or("").to_owned()];
    for embed in message["embeds"].as_array().into_iter().flatten() {
        for part in [
            &embed["author"]["name"],
            &embed["title"],
            &embed["description"],
        ] {
            lines.extend(part.as_str().map(str::to_owned));
        }
        for field in embed["fields"].as_array().into_iter().flatten() {
            lines.push(format!(
                "{}: {}",
                field["name"].as_str().unwrap(),
                field["value"].as_str().unwrap()
            ));
        }
        lines.extend(embed["footer"]["text"].as_str().map(str::to_owned));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}
