//! The command line of an application: at most one word.

/// What the program was asked to do: `None` without a word.
///
/// ```
/// use shared::command_line::command;
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum Command { Seed }
///
/// let commands = [("seed", Command::Seed)];
/// let of = |words: &[&str]| command("shop", &commands, words.iter().map(|word| (*word).to_owned()));
/// assert_eq!(of(&[]).unwrap(), None);
/// assert_eq!(of(&["seed"]).unwrap(), Some(Command::Seed));
/// assert!(of(&["sed"]).unwrap_err().to_string().starts_with("usage: shop [seed]"));
/// ```
///
/// # Errors
///
/// How the program is used, where the words are others. `words` do not include the program's own name.
pub fn command<C: Copy>(
    program: &str,
    commands: &[(&str, C)],
    words: impl IntoIterator<Item = String>,
) -> anyhow::Result<Option<C>> {
    let words: Vec<String> = words.into_iter().collect();
    if words.is_empty() {
        return Ok(None);
    }
    let known = commands.iter().find(|(name, _)| words == [*name]);
    known.map(|(_, command)| Some(*command)).ok_or_else(|| {
        let names: Vec<&str> = commands.iter().map(|(name, _)| *name).collect();
        anyhow::anyhow!(
            "usage: {program} [{}]   (the rest is set by the environment, see .env.example)",
            names.join(" | ")
        )
    })
}

/// What a site with sample data can be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteCommand {
    /// Answer requests.
    Serve,
    /// Add what is missing of the sample data, and end.
    Seed,
    /// Ask the server on this machine whether it is ready, and end.
    Health,
}

impl SiteCommand {
    /// Reads the command line without the program's own name.
    ///
    /// # Errors
    ///
    /// As [`command`].
    pub fn read(program: &str, words: impl IntoIterator<Item = String>) -> anyhow::Result<Self> {
        let commands = [("seed", Self::Seed), ("health", Self::Health)];
        Ok(command(program, &commands, words)?.unwrap_or(Self::Serve))
    }
}
