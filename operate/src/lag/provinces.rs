//! Lag by province as a table.

use crate::table::{Cell, Table, Tone, grouped};
use lag::{ProvinceLag, SHARED, Stage, Verdict};

/// The rows as a table. `~` marks what was estimated from a part that was read.
pub(super) fn table(rows: &[ProvinceLag]) -> String {
    let mut table = Table::new(&[
        "PROVINCE",
        "WAITING",
        "PEOPLE",
        "OLDEST",
        "NORMALISE",
        "MATCH",
        "SINK",
        "DONE IN",
        "VERDICT",
    ])
    .dispensable(&["DONE IN", "PEOPLE", "NORMALISE", "MATCH", "SINK"]);
    for row in rows {
        let guessed = |number: i64, exact: bool| {
            if exact || number == 0 {
                Cell::number(number)
            } else {
                Cell::right(format!("~{}", grouped(number)))
            }
        };
        let stage = |stage: Option<Stage>| {
            stage.map_or_else(|| Cell::optional_number(None), |s| guessed(s.waiting, s.exact))
        };
        table.row([
            Cell::text(row.province.as_deref().unwrap_or(SHARED)),
            guessed(row.waiting, row.waiting_exact),
            guessed(row.people, row.waiting_exact),
            Cell::text(row.oldest_seconds.map_or_else(|| "unknown".to_owned(), age)),
            stage(row.normalise),
            stage(row.matching),
            stage(row.sink),
            Cell::text(row.eta_seconds.map_or_else(|| "-".to_owned(), age)),
            Cell::text(row.verdict.name()).toned(tone(row.verdict)),
        ]);
    }
    table.render()
}

pub(crate) fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Empty => Tone::Plain,
        Verdict::CaughtUp | Verdict::Draining => Tone::Good,
        Verdict::Behind | Verdict::Growing => Tone::Notice,
        bad => {
            debug_assert!(bad.is_bad());
            Tone::Bad
        }
    }
}

/// A duration as people say it.
pub fn age(seconds: f64) -> String {
    if seconds < 0.0 {
        return format!("-{}", age(-seconds));
    }
    let whole = seconds as i64;
    match whole {
        0 if seconds == 0.0 => "0 s".to_owned(),
        0..=9 => format!("{seconds:.1} s"),
        10..=119 => format!("{whole} s"),
        120..=7_199 => format!("{} min", whole / 60),
        7_200..=172_799 => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
        _ => format!("{} d {} h", whole / 86_400, whole % 86_400 / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_short() {
        for (seconds, text) in [
            (0.0, "0 s"),
            (0.04, "0.0 s"),
            (9.94, "9.9 s"),
            (75.0, "75 s"),
            (600.0, "10 min"),
            (7_500.0, "2 h 5 min"),
            (180_000.0, "2 d 2 h"),
            (-600.0, "-10 min"),
        ] {
            assert_eq!(age(seconds), text);
        }
    }
}
