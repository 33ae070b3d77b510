//! The command line of an application: at most one word, and its file if it takes one.

use std::path::PathBuf;

/// A command's name, and the command for the file that follows it. A name that ends with ` FILE` takes one.
pub type Named<C> = (&'static str, fn(PathBuf) -> C);

/// What the program was asked to do: `None` without a word.
///
/// ```
/// use std::path::PathBuf;
/// use shared::command_line::{Named, command};
///
/// #[derive(Debug, PartialEq)]
/// enum Command { Seed, Backup(PathBuf) }
///
/// let commands: [Named<Command>; 2] = [("seed", |_| Command::Seed), ("backup FILE", Command::Backup)];
/// let of = |words: &[&str]| command("shop", &commands, words.iter().map(|word| (*word).to_owned()));
/// assert_eq!(of(&[]).unwrap(), None);
/// assert_eq!(of(&["seed"]).unwrap(), Some(Command::Seed));
/// assert_eq!(of(&["backup", "a.db"]).unwrap(), Some(Command::Backup("a.db".into())));
/// assert!(of(&["backup"]).unwrap_err().to_string().starts_with("usage: shop [seed | backup FILE]"));
/// ```
///
/// # Errors
///
/// How the program is used, where the words are others. `words` do not include the program's own name.
pub fn command<C>(
    program: &str,
    commands: &[Named<C>],
    words: impl IntoIterator<Item = String>,
) -> anyhow::Result<Option<C>> {
    let words: Vec<String> = words.into_iter().collect();
    let known = |word: &str, takes_file: bool| {
        let named = |(name, make): &Named<C>| match name.strip_suffix(" FILE") {
            Some(name) => (takes_file && name == word).then_some(*make),
            None => (!takes_file && *name == word).then_some(*make),
        };
        commands.iter().find_map(named)
    };
    let found = match words.as_slice() {
        [] => return Ok(None),
        [word] => known(word, false).map(|make| make(PathBuf::new())),
        [word, file] => known(word, true).map(|make| make(file.into())),
        _ => None,
    };
    found.map(Some).ok_or_else(|| {
        let names: Vec<&str> = commands.iter().map(|(name, _)| *name).collect();
        anyhow::anyhow!(
            "usage: {program} [{}]   (the rest is set by the environment, see .env.example)",
            names.join(" | ")
        )
    })
}

/// What a site with sample data can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SiteCommand {
    /// Answer requests.
    Serve,
    /// Add what is missing of the sample data, and end.
    Seed,
    /// Ask the server on this machine whether it is ready, and end.
    Health,
    /// Copy the embedded database into a file, also while the server has it open, and end.
    Backup(PathBuf),
}

impl SiteCommand {
    /// Reads the command line without the program's own name.
    ///
    /// # Errors
    ///
    /// As [`command`].
    pub fn read(program: &str, words: impl IntoIterator<Item = String>) -> anyhow::Result<Self> {
        let commands: [Named<Self>; 3] = [
            ("seed", |_| Self::Seed),
            ("health", |_| Self::Health),
            ("backup FILE", Self::Backup),
        ];
        Ok(command(program, &commands, words)?.unwrap_or(Self::Serve))
    }
}
