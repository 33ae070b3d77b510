//! The terminal as it was, also for who answers a question with Ctrl-C.

use std::{io, process};

use dialoguer::console::Term;
#[cfg(unix)]
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::task::JoinHandle;

/// What shells say of a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// While this lives, Ctrl-C ends the program and leaves the terminal as it was: dialoguer hides the cursor while one
/// chooses and what is typed of a secret, and shows them again only when it has its answer.
#[derive(Debug)]
pub(crate) struct Guard(JoinHandle<()>);

impl Guard {
    /// For as long as questions are asked. Needs a runtime of several threads, as questions block theirs.
    pub(crate) fn new() -> Self {
        let before = Settings::read();
        Self(tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                before.restore();
                process::exit(INTERRUPTED);
            }
        }))
    }
}

/// Whether somebody has answered a question with Ctrl-C; the cursor is there again then.
pub(crate) fn was_interrupted(error: &anyhow::Error) -> bool {
    let Some(dialoguer::Error::IO(cause)) = error.downcast_ref::<dialoguer::Error>() else {
        return false;
    };
    let was_interrupted = cause.kind() == io::ErrorKind::Interrupted;
    if was_interrupted {
        Term::stderr().show_cursor().unwrap_or_default();
    }
    was_interrupted
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What dialoguer changes.
struct Settings {
    #[cfg(unix)]
    input: Option<Termios>,
}

impl Settings {
    fn read() -> Self {
        Self {
            // None if the input is no terminal, and then nothing is asked.
            #[cfg(unix)]
            input: tcgetattr(io::stdin()).ok(),
        }
    }

    /// A terminal that has gone away needs nothing.
    fn restore(self) {
        #[cfg(unix)]
        if let Some(input) = self.input {
            tcsetattr(io::stdin(), OptionalActions::Now, &input).unwrap_or_default();
        }
        let terminal = Term::stderr();
        terminal.show_cursor().unwrap_or_default();
        terminal.write_line("").unwrap_or_default();
    }
}
