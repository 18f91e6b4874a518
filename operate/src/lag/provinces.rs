//! Lag by province, worst first, with a row for the stages that all provinces share.

use super::{PartitionLag, Verdict};
use crate::table::{Cell, Table, Tone};
use schemas::provinces::Provinces;
use schemas::topics::{GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK};

/// One row: a province, or the shared stages.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// Slug; none for the shared stages.
    pub(super) province: Option<String>,
    /// Records that wait for each stage; none where the row has no such stage.
    pub(super) stages: [Option<i64>; 3],
    /// Age of the oldest record that waits; none when unknown.
    pub(super) oldest_seconds: Option<f64>,
    /// The worst of its partitions': a dead one isn't hidden by a sum.
    pub(super) verdict: Verdict,
}

impl Row {
    pub(super) fn waiting(&self) -> i64 {
        self.stages.iter().flatten().sum()
    }

    fn of(province: Option<String>, partitions: &[&PartitionLag]) -> Option<Self> {
        let verdict = partitions.iter().map(|lag| lag.verdict).max()?;
        let waiting = |group: &str| {
            let mut of_group = partitions.iter().filter(|lag| lag.group == group).peekable();
            of_group
                .peek()
                .is_some()
                .then(|| of_group.map(|lag| lag.waiting()).sum())
        };
        let oldest = partitions
            .iter()
            .try_fold(0.0_f64, |oldest, lag| Some(oldest.max(lag.lag_seconds?)));
        Some(Self {
            province,
            stages: [GROUP_NORMALISE, GROUP_MATCH, GROUP_SINK].map(waiting),
            oldest_seconds: oldest,
            verdict,
        })
    }
}

/// The rows of `lags`: provinces worst first, then the shared stages.
pub(super) fn rows(lags: &[PartitionLag], provinces: &Provinces) -> Vec<Row> {
    let of = |slug: Option<&str>| {
        let partitions: Vec<&PartitionLag> = lags
            .iter()
            .filter(|lag| lag.province.as_deref() == slug)
            .collect();
        Row::of(slug.map(str::to_owned), &partitions)
    };
    let mut rows: Vec<Row> = provinces
        .iter()
        .filter_map(|province| of(Some(&province.slug)))
        .collect();
    rows.sort_by(|a, b| {
        let worse = |row: &Row| (row.verdict, row.waiting());
        worse(b).cmp(&worse(a)).then_with(|| {
            let age = |row: &Row| row.oldest_seconds.unwrap_or(f64::INFINITY);
            age(b).total_cmp(&age(a))
        })
    });
    rows.extend(of(None));
    rows
}

/// The rows as a table.
pub(super) fn table(rows: &[Row]) -> String {
    let mut table = Table::new(&[
        "PROVINCE",
        "WAITING",
        "OLDEST",
        "NORMALISE",
        "MATCH",
        "SINK",
        "VERDICT",
    ]);
    for row in rows {
        let tone = match row.verdict {
            Verdict::Empty => Tone::Plain,
            Verdict::CaughtUp => Tone::Good,
            Verdict::Behind => Tone::Notice,
            Verdict::NeverCommitted | Verdict::HungTransaction | Verdict::RecordsLost => Tone::Bad,
        };
        let [normalise, matching, sink] = row.stages;
        table.row([
            Cell::text(row.province.as_deref().unwrap_or("(shared stages)")),
            Cell::number(row.waiting()),
            Cell::text(row.oldest_seconds.map_or_else(|| "unknown".to_owned(), age)),
            Cell::optional_number(normalise),
            Cell::optional_number(matching),
            Cell::optional_number(sink),
            Cell::text(row.verdict.name()).toned(tone),
        ]);
    }
    table.render()
}

/// A duration as people say it.
pub(crate) fn age(seconds: f64) -> String {
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
    use super::super::arithmetic::Sample;
    use super::*;
    use crate::lag::FirstWaiting;
    use runtime::kafka::{Boundaries, Partition};
    use schemas::{Timestamp, topics};

    fn lag(group: &'static str, topic: &str, committed: i64, end: i64, age_ms: i64) -> PartitionLag {
        let sample = Sample {
            committed: Some(committed),
            boundaries: Boundaries {
                earliest: 0,
                stable: end,
                end,
            },
            first_waiting: FirstWaiting::AppendedAt(Timestamp(1_000_000 - age_ms)),
            stable_moved: true,
            now: Timestamp(1_000_000),
        };
        sample.lag_of(group, &Partition::new(topic, 0))
    }

    #[test]
    fn provinces_come_worst_first_and_shared_stages_last() {
        let lags = [
            lag(GROUP_NORMALISE, &topics::applications("ha-noi"), 5, 5, 0),
            lag(GROUP_SINK, &topics::nodes("ha-noi"), 5, 5, 0),
            lag(GROUP_NORMALISE, &topics::applications("son-la"), 1, 4, 5_000),
            lag(GROUP_NORMALISE, &topics::applications("dien-bien"), 0, 900, 1_000),
            lag(GROUP_MATCH, topics::MATCH_LOG, 0, 2, 90_000),
            lag(GROUP_SINK, topics::CHANGES, 0, 1, 1_500),
        ];
        let rows = rows(&lags, &Provinces::default_21());
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.province.as_deref(), row.stages, row.oldest_seconds))
            .collect();
        assert_eq!(
            told,
            [
                (Some("dien-bien"), [Some(900), None, None], Some(1.0)),
                (Some("son-la"), [Some(3), None, None], Some(5.0)),
                (Some("ha-noi"), [Some(0), None, Some(0)], Some(0.0)),
                (None, [None, Some(2), Some(1)], Some(90.0)),
            ]
        );
        assert!(table(&rows).contains("(shared stages)"));
    }

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
