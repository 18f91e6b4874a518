//! How far everything is: bars on a terminal, a line every few seconds otherwise. On standard error.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use operate::table::grouped;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// What is counted, in the order of the way.
pub const STEPS: [&str; 5] = ["submitted", "published", "normalised", "matched", "loaded"];

/// Counts of [`STEPS`], each with what it will be at the end, as far as that is known.
pub type Counts = [(i64, i64); 5];

/// Shows counts.
pub struct Progress {
    started: Instant,
    shown: Shown,
}

enum Shown {
    Bars(Vec<ProgressBar>, MultiProgress),
    Lines { last: Option<Instant> },
}

const LINE_EVERY: Duration = Duration::from_secs(3);

impl Progress {
    /// Starts.
    pub fn start() -> Self {
        let bars = |all: MultiProgress| {
            let style = ProgressStyle::with_template("{prefix:>11} {bar:40} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            let bar = |step| {
                all.add(ProgressBar::new(1))
                    .with_style(style.clone())
                    .with_prefix(step)
            };
            Shown::Bars(STEPS.into_iter().map(bar).collect(), all)
        };
        let shown = if std::io::stderr().is_terminal() {
            bars(MultiProgress::new())
        } else {
            Shown::Lines { last: None }
        };
        Self {
            started: Instant::now(),
            shown,
        }
    }

    /// Shows how far it is.
    pub fn show(&mut self, counts: &Counts) {
        match &mut self.shown {
            Shown::Bars(bars, _) => {
                for (bar, (done, all)) in bars.iter().zip(counts) {
                    bar.set_length((*all).max(1).unsigned_abs());
                    bar.set_position(if *all == 0 { 1 } else { done.unsigned_abs() });
                    bar.set_message(format!("{:>9} of {}", grouped(*done), grouped(*all)));
                }
            }
            Shown::Lines { last } if last.is_none_or(|last| last.elapsed() >= LINE_EVERY) => {
                *last = Some(Instant::now());
                eprintln!(
                    "{:>5.0} s  {}",
                    self.started.elapsed().as_secs_f64(),
                    line(counts)
                );
            }
            Shown::Lines { .. } => {}
        }
    }

    /// Says something beside it.
    pub fn say(&self, text: &str) {
        match &self.shown {
            // A terminal that is gone doesn't matter.
            Shown::Bars(_, all) => all.println(text).unwrap_or(()),
            Shown::Lines { .. } => eprintln!("{:>5.0} s  {text}", self.started.elapsed().as_secs_f64()),
        }
    }

    /// Shows the end, and leaves it standing.
    pub fn finish(mut self, counts: &Counts) {
        if let Shown::Lines { last } = &mut self.shown {
            *last = None;
        }
        self.show(counts);
        if let Shown::Bars(bars, _) = &self.shown {
            bars.iter().for_each(ProgressBar::abandon);
        }
    }
}

fn line(counts: &Counts) -> String {
    let of = |(step, (done, all)): (&str, &(i64, i64))| {
        if step == STEPS[0] {
            format!("{step} {} of {}", grouped(*done), grouped(*all))
        } else {
            format!("{step} {}", grouped(*done))
        }
    };
    STEPS
        .into_iter()
        .zip(counts)
        .map(of)
        .collect::<Vec<_>>()
        .join(", ")
}
