//! What Discord is told of a command.

/// A slash command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// 1 to 32 lower-case letters, digits, `-` and `_`.
    pub name: &'static str,
    /// 1 to 100 characters.
    pub description: &'static str,
    /// What can be filled in; the required ones come first.
    pub options: Vec<CommandOption>,
    /// Who sees it, unless the guild decides otherwise (Server Settings → Integrations).
    pub access: Access,
    /// How to gain time for its answer.
    pub deferral: Deferral,
}

/// Who sees a command where a guild has not decided otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Everyone,
    /// Who may manage others' messages: `default_member_permissions` is `MANAGE_MESSAGES`.
    Moderators,
}

/// Something to fill in. Always a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandOption {
    /// 1 to 32 lower-case letters, digits, `-` and `_`.
    pub name: &'static str,
    /// 1 to 100 characters.
    pub description: &'static str,
    /// Whether the command cannot be sent without it.
    pub is_required: bool,
    /// What can be filled in.
    pub input: Input,
}

/// What can be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Any text.
    Text {
        /// Of at most so many characters, which are 6,000 at most.
        max_length: u16,
    },
    /// Any text, with completions while it is typed
    /// ([`Kind::Autocomplete`](crate::request::Kind::Autocomplete)).
    Completed {
        /// Of at most so many characters, which are 6,000 at most.
        max_length: u16,
    },
    /// One of at most 25: what is shown, and the value.
    OneOf(Vec<(&'static str, &'static str)>),
}

/// How an entry point may gain time when the answer is not there within Discord's 3 seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deferral {
    /// Say that everybody will see an answer (type 5), then edit it into the original response. If
    /// the answer turns out ephemeral: delete the original and send a follow-up with flag 64.
    Public,
    /// Say that only who asked will see an answer (type 5, flag 64), then edit.
    Ephemeral,
    /// Leave the message as it is for now (type 6), then edit it. If the answer turns out to be a
    /// new message ([`Placement::New`](crate::answer::Placement)): send it as a follow-up.
    Update,
    /// It cannot wait: answer [`too_slow`](crate::commands::too_slow).
    Never,
}
