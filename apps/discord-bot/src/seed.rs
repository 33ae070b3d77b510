//! Documents to begin with: the games of a guild that plays.

use crate::domain::document::{Author, Body, Document, Name};
use crate::domain::id::{GuildId, InteractionId, Snowflake, UserId};
use crate::error::AppError;
use crate::store::Store;

/// The guild that a bot without Discord has, made at the beginning of 2026.
pub const GUILD: GuildId = GuildId(Snowflake::new(1_456_074_443_980_800_000));

const GAMES: [(&str, &str); 8] = [
    (
        "Chess",
        r#"{"players": {"min": 2, "max": 2}, "minutes": 60, "tags": ["strategy", "board"], "owner": "Ada"}"#,
    ),
    (
        "Go",
        r#"{"players": {"min": 2, "max": 2}, "minutes": 90, "tags": ["strategy", "board"], "owner": "Ada"}"#,
    ),
    (
        "Backgammon",
        r#"{"players": {"min": 2, "max": 2}, "minutes": 30, "tags": ["dice", "board"], "owner": "Grace"}"#,
    ),
    (
        "Mancala",
        r#"{"players": {"min": 2, "max": 2}, "minutes": 15, "tags": ["strategy"], "owner": "Edsger"}"#,
    ),
    (
        "Dominoes",
        r#"{"players": {"min": 2, "max": 4}, "minutes": 20, "tags": ["tiles"], "owner": "Grace"}"#,
    ),
    (
        "Charades",
        r#"{"players": {"min": 4, "max": 20}, "minutes": 30, "tags": ["party"], "owner": null}"#,
    ),
    (
        "Hearts",
        r#"{"players": {"min": 3, "max": 6}, "minutes": 45, "tags": ["cards"], "owner": "Edsger", "missing": ["seven of clubs"]}"#,
    ),
    (
        "Liar's Dice",
        r#"{"players": {"min": 2, "max": 6}, "minutes": 25.5, "tags": ["dice", "party"], "owner": "Ada"}"#,
    ),
];

/// Adds the sample documents that a guild does not have; answers how many those were.
///
/// Their ids are made from the guild's own, in the first instant of its existence: nobody has asked
/// anything in it then, and a second time they are the same.
pub async fn seed(store: &Store, guild: GuildId) -> Result<usize, AppError> {
    let mut added = 0;
    for (number, (name, body)) in (1..).zip(GAMES) {
        let id = InteractionId(Snowflake::new(guild.0.get().saturating_add(number)));
        if store.documents.find(guild, id.into()).await?.is_none() {
            let document = sample(guild, id, name.parse()?, body.parse()?);
            store.documents.insert(&document).await?;
            added += 1;
        }
    }
    Ok(added)
}

fn sample(guild: GuildId, id: InteractionId, name: Name, body: Body) -> Document {
    let author = Author {
        id: UserId(guild.0),
        name: "the sample".to_owned(),
    };
    Document::new(guild, id, author, name, body)
}
