//! The commands on the real embedded engine, asked as the entry points ask them: by plain values.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use astra_db::Database;
use discord_bot::answer::{Answer, Choice, Message, Modal, Visibility};
use discord_bot::commands::answer;
use discord_bot::domain::id::{GuildId, InteractionId, Snowflake, UserId};
use discord_bot::rate_limit::RateLimits;
use discord_bot::request::{Kind, Request, User};
use discord_bot::{AppState, Store};

use crate::limits;

mod cluster;
mod documents;
mod find;
mod guilds;
mod hostile;
mod lost_answers;
mod permissions;
mod quota;

/// The first interaction of a test, in September 2026.
const FIRST: u64 = 1_551_729_113_804_800_000;
/// A millisecond in the number of an interaction.
const MILLISECOND: u64 = 1 << 22;

/// The bot without entry points, on a database of its own.
pub(crate) struct Room {
    pub(crate) database: Database,
    pub(crate) app: AppState,
    next_id: AtomicU64,
}

/// Somebody in a guild.
#[derive(Clone, Copy)]
pub(crate) struct Person<'a> {
    room: &'a Room,
    guild: GuildId,
    id: UserId,
    is_moderator: bool,
}

impl Room {
    /// A bot that takes as much as it is asked.
    pub(crate) async fn open() -> Self {
        Self::with(RateLimits::none()).await
    }

    pub(crate) async fn with(limits: RateLimits) -> Self {
        Self::on(shared::connect::in_memory().await.unwrap(), limits).await
    }

    pub(crate) async fn on(database: Database, limits: RateLimits) -> Self {
        let store = Store::open(database.clone()).await.unwrap();
        Self::of(database, AppState::new(store).with_limits(limits))
    }

    pub(crate) fn of(database: Database, app: AppState) -> Self {
        Self {
            database,
            app,
            next_id: AtomicU64::new(FIRST),
        }
    }

    /// Somebody in a guild, both by small numbers.
    pub(crate) fn person(&self, guild: u64, user: u64) -> Person<'_> {
        Person {
            room: self,
            guild: GuildId(Snowflake::new(FIRST - MILLISECOND * guild)),
            id: UserId(Snowflake::new(FIRST - MILLISECOND * 1_000 - user)),
            is_moderator: false,
        }
    }

    pub(crate) fn new_id(&self) -> InteractionId {
        let id = self.next_id.fetch_add(MILLISECOND, Ordering::Relaxed);
        InteractionId(Snowflake::new(id))
    }

    pub(crate) fn pass_hours(&self, hours: u64) {
        let passed = MILLISECOND * hours * 3_600_000;
        self.next_id.fetch_add(passed, Ordering::Relaxed);
    }
}

impl Person<'_> {
    /// The same person with the permission to manage messages.
    pub(crate) fn moderating(self) -> Self {
        Person {
            is_moderator: true,
            ..self
        }
    }

    pub(crate) fn guild(self) -> GuildId {
        self.guild
    }

    /// Asks, and holds every answer to Discord's limits.
    pub(crate) async fn ask(self, id: InteractionId, kind: Kind) -> Answer {
        let request = Request {
            id,
            guild: self.guild,
            user: User {
                id: self.id,
                name: format!("person {}", self.id.0),
                is_moderator: self.is_moderator,
            },
            kind,
        };
        let answer = answer(&self.room.app, request).await;
        limits::check(&answer);
        answer
    }

    pub(crate) async fn command(self, name: &str, options: &[(&str, &str)]) -> Answer {
        let options = options.iter().copied().collect();
        let name = name.to_owned();
        self.ask(self.room.new_id(), Kind::Command { name, options })
            .await
    }

    /// Gives a command whose answer is a message.
    pub(crate) async fn says(self, name: &str, options: &[(&str, &str)]) -> Message {
        message(self.command(name, options).await)
    }

    pub(crate) async fn press(self, custom_id: &str) -> Message {
        let custom_id = custom_id.to_owned();
        message(
            self.ask(self.room.new_id(), Kind::Component { custom_id })
                .await,
        )
    }

    pub(crate) async fn submit(self, custom_id: &str, name: &str, body: &str) -> Message {
        self.submit_as(self.room.new_id(), custom_id, name, body)
            .await
    }

    pub(crate) async fn submit_as(
        self,
        id: InteractionId,
        custom_id: &str,
        name: &str,
        body: &str,
    ) -> Message {
        let fields = [("name", name), ("body", body)];
        let fields: BTreeMap<String, String> = fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let custom_id = custom_id.to_owned();
        message(self.ask(id, Kind::Modal { custom_id, fields }).await)
    }

    pub(crate) async fn complete(self, name: &str, option: &str, typed: &str) -> Vec<String> {
        let kind = Kind::Autocomplete {
            name: name.to_owned(),
            option: option.to_owned(),
            typed: typed.to_owned(),
        };
        match self.ask(self.room.new_id(), kind).await {
            Answer::Choices(choices) => choices
                .iter()
                .map(Choice::value)
                .map(str::to_owned)
                .collect(),
            other => panic!("no completions: {other:?}"),
        }
    }

    /// Inserts a document through the modal and answers its id.
    pub(crate) async fn insert(self, name: &str, body: &str) -> String {
        let id = self.room.new_id();
        let inserted = self.submit_as(id, "insert", name, body).await;
        assert_eq!(inserted.content(), Some("Inserted:"), "{inserted:?}");
        id.0.to_string()
    }

    /// The names of all documents that match, in their order.
    pub(crate) async fn finds(self, options: &[(&str, &str)]) -> Vec<String> {
        let mut page = self.says("find", options).await;
        let mut found = names(&page);
        while let Some(next) = button(&page, "Next") {
            page = self.press(&next).await;
            found.extend(names(&page));
        }
        found
    }
}

pub(crate) fn message(answer: Answer) -> Message {
    match answer {
        Answer::Message(message) => message,
        other => panic!("no message: {other:?}"),
    }
}

pub(crate) fn modal(answer: Answer) -> Modal {
    match answer {
        Answer::Modal(modal) => modal,
        other => panic!("no modal: {other:?}"),
    }
}

/// The id of a button that can be pressed.
pub(crate) fn button(message: &Message, label: &str) -> Option<String> {
    let mut buttons = message.buttons().iter();
    let found = buttons.find(|button| button.label() == label && button.is_enabled);
    found.map(|button| button.custom_id().to_owned())
}

/// The names of the documents on a page.
pub(crate) fn names(page: &Message) -> Vec<String> {
    let fields = page.the_embed().unwrap().fields().iter();
    fields.map(|field| field.name.replace('\\', "")).collect()
}

/// The words of a refusal, which nobody but who asked sees.
pub(crate) fn refusal(message: &Message) -> String {
    assert_eq!(message.visibility(), Visibility::Ephemeral, "{message:?}");
    message.content().unwrap().replace('\\', "")
}

/// All text of a message.
pub(crate) fn text(message: &Message) -> String {
    let embed = message.the_embed();
    let fields = embed.iter().flat_map(|embed| embed.fields());
    let fields = fields.flat_map(|field| [field.name.as_str(), field.value.as_str()]);
    let parts = [
        message.content(),
        embed.map(discord_bot::answer::Embed::title),
        embed.and_then(discord_bot::answer::Embed::description),
        embed.and_then(discord_bot::answer::Embed::footer),
    ];
    parts
        .into_iter()
        .flatten()
        .chain(fields)
        .collect::<Vec<_>>()
        .join("\n")
}
