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
    // What stood there before this run says nothing of its pace: take note of it, then begin to count.
    bar.tick();
    bar.reset_eta();
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn what_was_done_by_an_earlier_run_is_not_taken_for_speed() {
        let bar = bytes(Some(1_000_000), 900_000);
        // So long at least the one byte takes.
        thread::sleep(Duration::from_millis(100));
        bar.set_position(900_001);
        // The bar looks at its position when it is drawn.
        let mut left = bar.eta();
        for _ in 0..200 {
            if left > Duration::ZERO {
                break;
            }
            thread::sleep(Duration::from_millis(50));
            left = bar.eta();
        }
        // Taken for the pace, the bytes that were there before would have it over at once.
        assert!(left > Duration::from_mins(1), "{left:?}");
    }

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
