//! Progress bars, on a terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over the bytes of a file, or a spinner where their number is not known. Hidden where standard error is no
/// terminal.
pub(crate) fn bytes(size: Option<u64>, at: u64) -> ProgressBar {
    let bar = match size {
        Some(size) => ProgressBar::new(size).with_position(at),
        None => ProgressBar::new_spinner(),
    };
    let template = match size {
        Some(_) => "{bar:30} {percent:>3}%  {msg}, {eta} left",
        None => "{spinner} {msg}",
    };
    // The templates are right: a test reads them.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    // What stood there before this run says nothing of its pace.
    bar.reset_eta();
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_right() {
        for template in [
            "{bar:30} {percent:>3}%  {msg}, {eta} left",
            "{spinner} {msg}",
        ] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
