//! How far it is: a bar on a terminal, a line at every tenth otherwise. On standard error.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// Counts lines towards a known end.
pub struct Progress {
    bar: Option<ProgressBar>,
    what: &'static str,
    total: u64,
    done: u64,
}

impl Progress {
    /// Starts at 0 of `total` lines; `what` is the participle, such as "sent".
    pub fn new(what: &'static str, total: u64) -> Self {
        let template = "{wide_bar} {human_pos}/{human_len} {msg}, {per_sec}, {eta} left";
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template(template);
            let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(total).with_style(style).with_message(what)
        });
        Self {
            bar,
            what,
            total,
            done: 0,
        }
    }

    /// Counts `lines` more.
    pub fn add(&mut self, lines: u64) {
        let tenth = |done: u64| (done * 10).checked_div(self.total).unwrap_or(10);
        let before = tenth(self.done);
        let after = tenth(self.done + lines);
        self.done += lines;
        match &self.bar {
            Some(bar) => bar.set_position(self.done),
            None if after > before => eprintln!("{} {}/{} lines", self.what, self.done, self.total),
            None => {}
        }
    }

    /// Leaves the terminal to what follows.
    pub fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
