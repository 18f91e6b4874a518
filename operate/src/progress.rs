//! Progress bars: on standard error, where that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of this length. The template is indicatif's.
pub(crate) fn bar(length: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style)
}
