//! Discord's ids.
//!
//! Discord numbers everything with snowflakes: 64 bits of which the upper 42 are the time, in
//! milliseconds since 2015 (<https://discord.com/developers/docs/reference#snowflakes>). The bot
//! makes no ids of its own: a document is called after the interaction that made it. So an
//! interaction that Discord sends twice cannot make two documents, and every id tells its time.

use std::fmt;
use std::str::FromStr;

use astra_db::Timestamp;
use serde::{Deserialize, Serialize};

/// 2015-01-01T00:00:00Z, in milliseconds since 1970.
const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;
/// The lower bits tell apart what was made in one millisecond.
const TIME_SHIFT: u32 = 22;

/// The text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is a number such as 1300000000000000000")]
pub struct MalformedId;

/// A number of Discord's.
///
/// As text, in the database too, it is decimal. All snowflakes from July 2022 to the year 2090 have
/// 19 digits, so their texts are in the order of time.
///
/// ```
/// use discord_bot::domain::id::Snowflake;
///
/// let id: Snowflake = "175928847299117063".parse()?;
/// assert_eq!(id.to_string(), "175928847299117063");
/// assert_eq!(id.made_at().as_millis(), 1_462_015_105_796);
/// assert!("017".parse::<Snowflake>().is_err());
/// # Ok::<(), discord_bot::domain::id::MalformedId>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Snowflake(u64);

impl Snowflake {
    /// The id with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The first id of a moment.
    pub fn at(moment: Timestamp) -> Self {
        let since_epoch = moment.as_millis().saturating_sub_unsigned(DISCORD_EPOCH_MS);
        Self(u64::try_from(since_epoch).unwrap_or(0) << TIME_SHIFT)
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }

    /// When it was made.
    pub fn made_at(self) -> Timestamp {
        // 42 bits and an epoch of this century are far from the end of an i64.
        Timestamp::from_millis(((self.0 >> TIME_SHIFT) + DISCORD_EPOCH_MS).cast_signed())
    }
}

impl FromStr for Snowflake {
    type Err = MalformedId;

    fn from_str(text: &str) -> Result<Self, MalformedId> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit())
            && (!text.starts_with('0') || text == "0");
        let number = text.parse().ok().filter(|_| is_plain);
        number.map(Self).ok_or(MalformedId)
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Snowflake {
    type Error = MalformedId;

    fn try_from(text: String) -> Result<Self, MalformedId> {
        text.parse()
    }
}

impl From<Snowflake> for String {
    fn from(id: Snowflake) -> Self {
        id.to_string()
    }
}

/// A guild, which is what Discord calls a server full of people. Documents belong to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GuildId(pub Snowflake);

/// A person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub Snowflake);

/// One command, press of a button, modal sent, or keystroke in an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InteractionId(pub Snowflake);

/// A document: the number of the interaction that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentId(pub Snowflake);

impl From<InteractionId> for DocumentId {
    fn from(id: InteractionId) -> Self {
        Self(id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_only_in_its_one_spelling() {
        for good in ["0", "1", "1300000000000000000", "18446744073709551615"] {
            assert_eq!(
                good.parse::<Snowflake>().map(String::from),
                Ok(good.to_owned())
            );
        }
        for bad in [
            "",
            "-1",
            "+1",
            "01",
            " 1",
            "1 ",
            "1.0",
            "x",
            "18446744073709551616",
            "١",
        ] {
            assert_eq!(bad.parse::<Snowflake>(), Err(MalformedId), "{bad}");
        }
    }

    #[test]
    fn a_moment_becomes_an_id_that_tells_it() {
        let moment = Timestamp::from_millis(1_790_000_000_123);
        let id = Snowflake::at(moment);
        assert_eq!(id.made_at(), moment);
        assert_eq!(id.to_string().len(), 19);
    }

    #[test]
    fn a_moment_before_discord_is_the_first_id() {
        assert_eq!(Snowflake::at(Timestamp::from_millis(i64::MIN)).get(), 0);
    }
}
