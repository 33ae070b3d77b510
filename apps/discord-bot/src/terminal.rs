//! The bot without Discord: the same commands, typed in a terminal or piped in, with the same answers
//! drawn as text. Answers go to standard output, talk to standard error.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anyhow::Context as _;
use astra_db::Timestamp;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Stdin};

use crate::answer::{Answer, Button, InputStyle, Message, Modal, TextInput};
use crate::commands;
use crate::domain::command::Command;
use crate::domain::id::{InteractionId, Snowflake, UserId};
use crate::request::{Kind, Request, User};
use crate::seed::GUILD;
use crate::state::AppState;

mod draw;
mod plain;
mod typed;

use typed::Typed;

/// Who sits at it.
const USER: UserId = UserId(Snowflake::new(1_456_074_443_980_800_001));

/// Bytes of a line: more than any command or document takes.
const MAX_LINE: usize = 64 * 1024;

/// A session, from the first prompt to the end of the input.
struct Session<'a> {
    app: &'a AppState,
    commands: Vec<Command>,
    lines: BufReader<Stdin>,
    /// The buttons of the last message, which their numbers press.
    buttons: Vec<Button>,
    last_id: Snowflake,
}

/// Whether someone can type: standard input is a terminal, or something is piped in.
///
/// # Errors
///
/// When standard input cannot be read.
pub fn is_there() -> anyhow::Result<bool> {
    let mut stdin = io::stdin().lock();
    // What is read here stays in the buffer that the session reads from.
    let is_there = stdin.is_terminal()
        || !stdin
            .fill_buf()
            .context("reading standard input")?
            .is_empty();
    Ok(is_there)
}

/// Reads commands from standard input until it ends, or `quit`.
///
/// # Errors
///
/// When standard input or output fails.
pub async fn run(app: &AppState) -> anyhow::Result<()> {
    let mut session = Session {
        app,
        commands: commands::all(),
        lines: BufReader::new(tokio::io::stdin()),
        buttons: Vec::new(),
        last_id: Snowflake::new(0),
    };
    talk(
        "This is the bot without Discord: type /find or /insert, help for everything, quit to end.\n",
    )?;
    while let Some(line) = session.read(&session.prompt()).await? {
        match typed::read(&line, &session.commands) {
            Typed::Nothing => {}
            Typed::Quit => break,
            Typed::Help => say(&draw::help(&session.commands))?,
            Typed::Unknown(problem) => talk(&format!("{problem}\n"))?,
            Typed::Number(number) => session.press(number).await?,
            Typed::Asked(kind) => session.ask(kind).await?,
        }
    }
    Ok(())
}

impl Session<'_> {
    /// Which buttons there are to press.
    fn prompt(&self) -> String {
        let buttons = (1..)
            .zip(&self.buttons)
            .filter(|(_, button)| button.is_enabled);
        let hints = buttons.map(|(number, button)| format!("{number} {}", button.label()));
        let hints = hints.collect::<Vec<_>>().join(", ");
        if hints.is_empty() {
            "> ".to_owned()
        } else {
            format!("({hints}) > ")
        }
    }

    /// Asks the bot, and goes on until there is no more to fill in.
    async fn ask(&mut self, kind: Kind) -> anyhow::Result<()> {
        let mut next = Some(kind);
        while let Some(kind) = next.take() {
            let request = self.request(kind);
            match commands::answer(self.app, request).await {
                Answer::Message(message) => self.show(&message)?,
                Answer::Choices(choices) => say(&draw::choices(&choices))?,
                Answer::Modal(modal) => next = self.fill_in(&modal).await?,
            }
        }
        Ok(())
    }

    fn show(&mut self, message: &Message) -> anyhow::Result<()> {
        self.buttons = message.buttons().to_vec();
        say(&draw::message(message))
    }

    async fn press(&mut self, number: usize) -> anyhow::Result<()> {
        let button = number
            .checked_sub(1)
            .and_then(|index| self.buttons.get(index));
        match button {
            Some(button) if button.is_enabled => {
                let custom_id = button.custom_id().to_owned();
                self.ask(Kind::Component { custom_id }).await
            }
            Some(_) => talk("This button cannot be pressed now.\n"),
            None => talk("There is no button of this number.\n"),
        }
    }

    /// Asks for every input of a modal; `None` when the input ends before all are there.
    async fn fill_in(&mut self, modal: &Modal) -> anyhow::Result<Option<Kind>> {
        talk(&format!("{}\n", modal.title()))?;
        let mut fields = std::collections::BTreeMap::new();
        for input in modal.inputs() {
            let Some(text) = self.input(input).await? else {
                return Ok(None);
            };
            fields.insert(input.id().to_owned(), text);
        }
        let custom_id = modal.custom_id().to_owned();
        Ok(Some(Kind::Modal { custom_id, fields }))
    }

    async fn input(&mut self, input: &TextInput) -> anyhow::Result<Option<String>> {
        talk(&draw::input(input))?;
        let mut text = String::new();
        while let Some(line) = self.read("  ").await? {
            let is_last = input.style == InputStyle::Short || line.trim().is_empty();
            // What is longer than this is refused for its length anyway.
            if text.len() <= MAX_LINE {
                text.push_str(&line);
            }
            if is_last {
                let text = text.trim_end();
                let unchanged = input.value().unwrap_or_default();
                let text = if text.is_empty() { unchanged } else { text };
                return Ok(Some(text.to_owned()));
            }
            text.push('\n');
        }
        Ok(None)
    }

    async fn read(&mut self, prompt: &str) -> anyhow::Result<Option<String>> {
        if io::stdin().is_terminal() {
            talk(prompt)?;
        }
        self.line().await.context("reading what was typed")
    }

    /// The next line, as far as it fits; `None` at the end of the input.
    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        let limit = MAX_LINE as u64;
        let mut limited = (&mut self.lines).take(limit);
        if limited.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        if line.len() == MAX_LINE && !line.ends_with(b"\n") {
            self.skip_line().await?;
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        Ok(Some(text.strip_suffix('\r').unwrap_or(text).to_owned()))
    }

    async fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.lines.fill_buf().await?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let (read, is_over) = (buffer.len(), buffer.is_empty() || end.is_some());
            self.lines.consume(end.map_or(read, |end| end + 1));
            if is_over {
                return Ok(());
            }
        }
    }

    fn request(&mut self, kind: Kind) -> Request {
        // Two in one millisecond are told apart as Discord does it: by counting on.
        let next = Snowflake::new(self.last_id.get().saturating_add(1));
        self.last_id = Snowflake::at(Timestamp::now()).max(next);
        Request {
            id: InteractionId(self.last_id),
            guild: GUILD,
            user: User {
                id: USER,
                name: "you".to_owned(),
                is_moderator: true,
            },
            kind,
        }
    }
}

fn say(text: &str) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{text}").context("writing an answer")
}

fn talk(text: &str) -> anyhow::Result<()> {
    let mut stderr = io::stderr();
    write!(stderr, "{text}")
        .and_then(|()| stderr.flush())
        .context("writing to standard error")
}
