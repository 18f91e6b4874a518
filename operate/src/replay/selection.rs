//! Which source records a slice is made of, as a command line names them.

use super::plan::Selection;
use crate::Settings;
use crate::period::{Day, HO_CHI_MINH, moment};
use chrono::{DateTime, Utc};
use clap::Args;
use runtime::Fault;
use schemas::{NodeId, topics};
use sqlx::{FromRow, Postgres, QueryBuilder};
use std::str::FromStr;
use uuid::Uuid;

/// Everything, or which source records.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct Which {
    /// The whole register anew, from the beginning of the match log
    #[arg(long, conflicts_with_all = ["topic", "province", "node", "from", "to", "reason_code", "application", "held"])]
    pub(super) all: bool,
    /// Records of this topic, without the namespace
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,
    /// Records of this province
    #[arg(long, value_name = "SLUG")]
    province: Option<String>,
    /// Records of this node
    #[arg(long, value_name = "NODE_ID")]
    node: Option<NodeId>,
    /// From here on: a day (2026-11-24), a moment with its zone, offset:N (with --topic), sequence:N (a step of match)
    #[arg(long, value_name = "POINT")]
    from: Option<Point>,
    /// Up to here: a day (that day included), a moment, offset:N or sequence:N (those excluded)
    #[arg(long, value_name = "POINT")]
    to: Option<Point>,
    /// Records with this reason code among what was found
    #[arg(long, value_name = "CODE")]
    reason_code: Option<String>,
    /// Records about this application
    #[arg(long, value_name = "ID")]
    application: Option<Uuid>,
    /// Records that wait, whatever for
    #[arg(long)]
    held: bool,
    /// Only this partition of --topic
    #[arg(short, long, value_name = "N", requires = "topic")]
    partition: Option<i32>,
}

/// Where a slice begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    Day(Day),
    Moment(DateTime<Utc>),
    Offset(i64),
    Sequence(i64),
}

impl FromStr for Point {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| match text.parse::<i64>() {
            Ok(number) if number >= 0 => Ok(number),
            _ => Err(format!("{text:?} is no number of 0 or more")),
        };
        if let Some(offset) = text.strip_prefix("offset:") {
            return Ok(Self::Offset(number(offset)?));
        }
        if let Some(sequence) = text.strip_prefix("sequence:") {
            return Ok(Self::Sequence(number(sequence)?));
        }
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!(
                "a number alone could be anything: write offset:{text} or sequence:{text}"
            ));
        }
        if let Ok(day) = text.parse() {
            return Ok(Self::Day(day));
        }
        Ok(Self::Moment(moment(text)?))
    }
}

impl Which {
    /// What the options say; none for everything.
    ///
    /// # Errors
    /// Data when they name what isn't there or contradict each other; the text says which.
    pub(super) fn selection(&self, settings: &Settings) -> Result<Option<Selection>, Fault> {
        if self.all {
            return Ok(None);
        }
        if let Some(slug) = &self.province {
            settings.province(slug)?;
        }
        if let Some(topic) = &self.topic {
            let of = topics::province_of(topic).filter(|slug| settings.provinces.by_slug(slug).is_some());
            let Some(of) = of.filter(|slug| *topic == topics::applications(slug)) else {
                return Err(Fault::data(format!(
                    "{topic:?} is no topic of applications: one of intake.applications.<province>, without the namespace"
                )));
            };
            if self.province.as_deref().is_some_and(|slug| slug != of) {
                return Err(Fault::data(format!(
                    "--topic {topic} and --province contradict each other"
                )));
            }
        }
        let mut selection = Selection {
            topic: self.topic.clone(),
            partition: self.partition,
            province: self.province.clone(),
            node: self.node.as_ref().map(|node| node.as_str().to_owned()),
            reason_code: self.reason_code.clone(),
            application: self.application,
            held: self.held,
            ..Selection::default()
        };
        match self.from {
            None => {}
            Some(Point::Day(day)) => selection.from = Some(day.period().from),
            Some(Point::Moment(at)) => selection.from = Some(at),
            Some(Point::Offset(offset)) => selection.from_offset = Some(offset),
            Some(Point::Sequence(sequence)) => selection.from_sequence = Some(sequence),
        }
        match self.to {
            None => {}
            Some(Point::Day(day)) => selection.to = Some(day.period().to),
            Some(Point::Moment(at)) => selection.to = Some(at),
            Some(Point::Offset(offset)) => selection.to_offset = Some(offset),
            Some(Point::Sequence(sequence)) => selection.to_sequence = Some(sequence),
        }
        if (selection.from_offset.is_some() || selection.to_offset.is_some()) && self.topic.is_none() {
            return Err(Fault::data(
                "an offset is one of a topic: name it with --topic, and --partition where it has several",
            ));
        }
        if selection.is_backwards() {
            return Err(Fault::data(
                "--from is not before --to: nothing lies between them",
            ));
        }
        Ok(Some(selection))
    }
}

/// A source record of a slice, as the register knows it now.
#[derive(Debug, FromRow)]
pub(super) struct Selected {
    pub(super) sequence: i64,
    pub(super) topic: String,
    pub(super) partition: i32,
    pub(super) source_offset: i64,
    pub(super) province: String,
    pub(super) appended_ms: i64,
    pub(super) logged_at: DateTime<Utc>,
    pub(super) outcome: String,
    pub(super) findings: Option<String>,
}

impl Selection {
    fn is_backwards(&self) -> bool {
        let empty = |from: Option<i64>, to: Option<i64>| from.zip(to).is_some_and(|(from, to)| from >= to);
        self.from.zip(self.to).is_some_and(|(from, to)| from >= to)
            || empty(self.from_offset, self.to_offset)
            || empty(self.from_sequence, self.to_sequence)
    }

    /// The query for the records, of steps up to `sequence`, by topic, partition and offset.
    pub(super) fn query(&self, sequence: i64) -> QueryBuilder<'_, Postgres> {
        let mut query = QueryBuilder::new(
            "SELECT e.sequence, COALESCE(e.topic, 'intake.applications.' || e.province) AS topic, e.partition, \
                    e.source_offset, e.province, (extract(epoch FROM e.appended_at) * 1000)::bigint AS appended_ms, \
                    e.logged_at, COALESCE(o.outcome, e.outcome)::text AS outcome, \
                    (CASE WHEN o.event_sequence IS NULL THEN e.findings ELSE o.findings END)::text AS findings \
               FROM intake_event e LEFT JOIN event_outcome o ON o.event_sequence = e.sequence \
              WHERE e.kind IN ('application', 'verification') AND e.source_offset IS NOT NULL AND e.sequence <= ",
        );
        query.push_bind(sequence);
        if let Some(topic) = &self.topic {
            query
                .push(" AND COALESCE(e.topic, 'intake.applications.' || e.province) = ")
                .push_bind(topic);
        }
        if let Some(partition) = self.partition {
            query.push(" AND e.partition = ").push_bind(partition);
        }
        if let Some(province) = &self.province {
            query.push(" AND e.province = ").push_bind(province);
        }
        if let Some(node) = &self.node {
            query.push(" AND e.node_id = ").push_bind(node);
        }
        if let Some(from) = self.from {
            query.push(" AND e.appended_at >= ").push_bind(from);
        }
        if let Some(to) = self.to {
            query.push(" AND e.appended_at < ").push_bind(to);
        }
        if let Some(from) = self.from_offset {
            query.push(" AND e.source_offset >= ").push_bind(from);
        }
        if let Some(to) = self.to_offset {
            query.push(" AND e.source_offset < ").push_bind(to);
        }
        if let Some(from) = self.from_sequence {
            query.push(" AND e.sequence >= ").push_bind(from);
        }
        if let Some(to) = self.to_sequence {
            query.push(" AND e.sequence < ").push_bind(to);
        }
        if let Some(code) = &self.reason_code {
            query
                .push(" AND (CASE WHEN o.event_sequence IS NULL THEN e.findings ELSE o.findings END) @> jsonb_build_array(jsonb_build_object('code', ")
                .push_bind(code)
                .push("::text))");
        }
        if let Some(application) = self.application {
            query.push(" AND e.application_id = ").push_bind(application);
        }
        if self.held {
            query.push(" AND COALESCE(o.outcome, e.outcome) = 'held'");
        }
        query.push(" ORDER BY 2, 3, 4");
        query
    }

    /// The conditions, in words of the command line.
    pub(super) fn told(&self) -> String {
        let mut parts = Vec::new();
        let mut part =
            |name: &str, value: Option<String>| parts.extend(value.map(|value| format!("{name} {value}")));
        part("topic", self.topic.clone());
        part("partition", self.partition.map(|n| n.to_string()));
        part("province", self.province.clone());
        part("node", self.node.clone());
        // As a day was asked for: by the clock of the offices.
        let local = |at: DateTime<Utc>| at.with_timezone(&HO_CHI_MINH).to_rfc3339();
        part("from", self.from.map(local));
        part("before", self.to.map(local));
        part("from offset", self.from_offset.map(|n| n.to_string()));
        part("before offset", self.to_offset.map(|n| n.to_string()));
        part("from step", self.from_sequence.map(|n| n.to_string()));
        part("before step", self.to_sequence.map(|n| n.to_string()));
        part("with", self.reason_code.clone());
        part("application", self.application.map(|id| id.to_string()));
        if self.held {
            parts.push("held".to_owned());
        }
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_says_what_it_counts() {
        assert_eq!("offset:12".parse(), Ok(Point::Offset(12)));
        assert_eq!("sequence:0".parse(), Ok(Point::Sequence(0)));
        assert!(matches!("2026-11-24".parse(), Ok(Point::Day(_))));
        assert!(matches!(
            "2026-11-24T08:00:00+07:00".parse(),
            Ok(Point::Moment(_))
        ));
        for (text, why) in [
            ("12", "a number alone could be anything"),
            ("offset:-1", "is no number of 0 or more"),
            ("2026-11-24T08:00:00", "it has no zone"),
            ("yesterday", "a moment is written with its zone"),
        ] {
            let refused = text.parse::<Point>().expect_err(text);
            assert!(refused.contains(why), "{text}: {refused}");
        }
    }

    #[test]
    fn what_ends_before_it_begins_is_refused() {
        let of = |from, to| Selection {
            from_offset: Some(from),
            to_offset: Some(to),
            ..Selection::default()
        };
        assert!(of(7, 7).is_backwards() && !of(7, 8).is_backwards());
    }
}
