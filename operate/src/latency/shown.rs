//! The latencies as they are shown.

use super::passage::LONGEST_BY_A_NODES_CLOCK;
use super::{Passage, Stage};
use crate::Report;
use crate::lag::age;
use crate::period::Period;
use crate::table::{Cell, Table, Tone, grouped};
use serde::Serialize;

/// The time between the stages, of all provinces together and of each.
#[derive(Debug, Serialize)]
pub struct Latency {
    /// When the events were appended to their province's topic.
    #[serde(flatten)]
    pub period: Period,
    /// All together.
    pub all: Passage,
    /// Each province that has events, the one with the worst p99 from topic to register first.
    pub provinces: Vec<Passage>,
}

impl Report for Latency {
    fn table(&self) -> String {
        let Period { from, to } = self.period;
        let mut text = format!(
            "events appended from {} to {}: {}\n\n",
            from.to_rfc3339(),
            to.to_rfc3339(),
            grouped(self.all.events)
        );
        let mut all = Table::new(&["STAGE", "EVENTS", "P50", "P95", "P99", "MAX", "LEFT OUT"]);
        for (name, stage) in stages(&self.all) {
            all.row(std::iter::once(Cell::text(name)).chain(figures(stage)));
        }
        text += &all.render();
        let heading = [
            "PROVINCE", "STAGE", "EVENTS", "P50", "P95", "P99", "MAX", "LEFT OUT",
        ];
        let mut provinces = Table::new(&heading);
        for passage in &self.provinces {
            for (at, (name, stage)) in stages(passage).into_iter().enumerate() {
                let province = passage.province.as_deref().filter(|_| at == 0).unwrap_or("");
                let names = [Cell::text(province), Cell::text(name)];
                provinces.row(names.into_iter().chain(figures(stage)));
            }
        }
        if !self.provinces.is_empty() {
            text += &format!("\n{}", provinces.render());
        }
        let left_out = self.all.spool.left_out + self.all.publish.left_out;
        if left_out > 0 {
            text += &format!(
                "\nleft out: {} times by a node's clock that are negative or longer than {}\n",
                grouped(left_out),
                age(LONGEST_BY_A_NODES_CLOCK)
            );
        }
        text
    }
}

fn stages(passage: &Passage) -> [(&'static str, &Stage); 6] {
    [
        ("captured -> spooled", &passage.spool),
        ("spooled -> published", &passage.publish),
        ("published -> normalised", &passage.normalise),
        ("normalised -> matched", &passage.matching),
        ("matched -> loaded", &passage.load),
        ("published -> loaded", &passage.whole),
    ]
}

fn figures(stage: &Stage) -> [Cell; 6] {
    let times = match stage.seconds {
        Some(of) => [of.p50, of.p95, of.p99, of.max].map(duration),
        None => [(); 4].map(|()| "-".to_owned()),
    };
    let [p50, p95, p99, max] = times.map(Cell::text);
    let tone = if stage.left_out > 0 {
        Tone::Notice
    } else {
        Tone::Plain
    };
    let left_out = Cell::number(stage.left_out).toned(tone);
    [Cell::number(stage.events), p50, p95, p99, max, left_out]
}

/// Seconds in the unit that a person would use.
fn duration(seconds: f64) -> String {
    if seconds.abs() < 1.0 {
        format!("{:.0} ms", seconds * 1000.0)
    } else {
        age(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_unit_a_person_would_use() {
        for (seconds, text) in [
            (0.0, "0 ms"),
            (0.0124, "12 ms"),
            (-0.003, "-3 ms"),
            (1.25, "1.2 s"),
            (4_000.0, "66 min"),
            (180_000.0, "2 d 2 h"),
        ] {
            assert_eq!(duration(seconds), text);
        }
    }
}
