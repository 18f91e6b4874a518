//! Which part of a topic a command is about: partitions, and bounds by offset or by time.

use crate::period;
use crate::stretch::Stretch;
use chrono::{DateTime, Utc};
use clap::Args;
use runtime::Fault;
use runtime::kafka::{Boundaries, Offsets, Partition};
use schemas::Timestamp;
use std::str::FromStr;

/// A topic, or a partition of it.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The topic, without the namespace
    #[arg(value_name = "TOPIC")]
    pub(super) topic: String,
    /// Only this partition
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    pub(super) partition: Option<i32>,
}

/// A part of a topic.
#[derive(Debug, Args)]
pub(super) struct Part {
    #[command(flatten)]
    pub(super) place: Place,
    /// From this offset or moment on [default: the beginning]
    #[arg(long, value_name = "OFFSET|TIME")]
    from: Option<Bound>,
    /// Up to this offset or moment, itself left out [default: the end as it is now]
    #[arg(long, value_name = "OFFSET|TIME")]
    to: Option<Bound>,
}

/// Where a part begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    Offset(i64),
    Moment(DateTime<Utc>),
}

impl FromStr for Bound {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            return text
                .parse()
                .map(Self::Offset)
                .map_err(|_| "it is no offset that a partition can have".to_owned());
        }
        period::moment(text)
            .map(Self::Moment)
            .map_err(|why| format!("{why}; or give an offset"))
    }
}

/// A partition with its ends.
pub(super) type Known = (Partition, Boundaries);

impl Place {
    /// Its partitions with their ends.
    ///
    /// # Errors
    /// Data when topic or partition isn't there; transient when the cluster doesn't answer.
    pub(super) fn find(&self, offsets: &Offsets) -> Result<Vec<Known>, Fault> {
        let mut there = offsets.partitions(std::slice::from_ref(&self.topic))?;
        if there.is_empty() {
            return Err(no_topic(&self.topic));
        }
        if let Some(number) = self.partition {
            let count = there.len();
            there.retain(|partition| partition.number == number);
            if there.is_empty() {
                return Err(Fault::data(format!(
                    "topic {:?} has partitions 0 to {}, not {number}",
                    self.topic,
                    count - 1
                )));
            }
        }
        let bounds = offsets.boundaries(&there)?;
        Ok(there.into_iter().zip(bounds).collect())
    }
}

/// That a topic isn't there, and what to do.
pub(super) fn no_topic(topic: &str) -> Fault {
    Fault::data(format!(
        "there is no topic {topic:?} here: see `intakectl topics list`, and check --namespace"
    ))
}

/// All of a partition that can be read.
pub(super) fn whole((partition, ends): &Known) -> Stretch {
    Stretch {
        partition: partition.clone(),
        from: ends.earliest,
        to: ends.stable,
    }
}

impl Part {
    /// Its stretches, one a partition.
    ///
    /// # Errors
    /// Data when topic, partition or offset isn't there, or when an offset is given for several partitions; transient
    /// when the cluster doesn't answer.
    pub(super) fn find(&self, offsets: &Offsets) -> Result<Vec<Stretch>, Fault> {
        let known = self.place.find(offsets)?;
        let by_offset = |bound: Option<Bound>| matches!(bound, Some(Bound::Offset(_)));
        if known.len() > 1 && (by_offset(self.from) || by_offset(self.to)) {
            return Err(Fault::data(format!(
                "an offset belongs to one partition, and {:?} has {}: name one with -p, or give a moment",
                self.place.topic,
                known.len()
            )));
        }
        let from = bounds(offsets, &known, self.from, |ends| ends.earliest)?;
        let to = bounds(offsets, &known, self.to, |ends| ends.stable)?;
        let stretch = |((partition, _), (from, to)): (Known, (i64, i64))| Stretch { partition, from, to };
        Ok(known
            .into_iter()
            .zip(from.into_iter().zip(to))
            .map(stretch)
            .collect())
    }
}

/// A bound in each partition; `open` where there is none.
fn bounds(
    offsets: &Offsets,
    known: &[Known],
    bound: Option<Bound>,
    open: fn(&Boundaries) -> i64,
) -> Result<Vec<i64>, Fault> {
    match bound {
        None => Ok(known.iter().map(|(_, ends)| open(ends)).collect()),
        Some(Bound::Offset(offset)) => known.iter().map(|at| inside(at, offset)).collect(),
        Some(Bound::Moment(moment)) => {
            let partitions: Vec<Partition> = known.iter().map(|(partition, _)| partition.clone()).collect();
            let found = offsets.since(&partitions, Timestamp(moment.timestamp_millis()))?;
            // Where no record is as late, the moment lies behind all of them.
            let bound =
                |((_, ends), found): (&Known, Option<i64>)| found.unwrap_or(ends.stable).min(ends.stable);
            Ok(known.iter().zip(found).map(bound).collect())
        }
    }
}

/// The offset, when it lies within what the partition holds and shows.
fn inside((partition, ends): &Known, offset: i64) -> Result<i64, Fault> {
    if offset < ends.earliest || offset > ends.end {
        return Err(Fault::data(format!(
            "{partition} holds offsets {} to {}, not {offset}: what is older has been deleted by retention",
            ends.earliest, ends.end
        )));
    }
    if offset > ends.stable {
        return Err(Fault::data(format!(
            "offsets of {partition} from {} on are hidden by a transaction that is still open, so {offset} can't be reached",
            ends.stable
        )));
    }
    Ok(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_an_offset_or_a_moment_with_its_zone() {
        assert_eq!("120".parse(), Ok(Bound::Offset(120)));
        let moment = "2026-11-24T08:00:00+07:00".parse::<Bound>();
        assert!(matches!(moment, Ok(Bound::Moment(at)) if at.timestamp() == 1_795_482_000));
        for (wrong, why) in [
            ("2026-11-24T08:00:00", "no zone"),
            ("-1", "or give an offset"),
            ("99999999999999999999", "no offset"),
            ("", "or give an offset"),
        ] {
            assert!(wrong.parse::<Bound>().is_err_and(|e| e.contains(why)), "{wrong}");
        }
    }

    #[test]
    fn an_offset_outside_what_is_there_is_refused() {
        let known = |earliest, stable, end| {
            let ends = Boundaries {
                earliest,
                stable,
                end,
            };
            (Partition::new("t", 0), ends)
        };
        assert_eq!(inside(&known(3, 9, 9), 9).ok(), Some(9));
        for (known, offset, why) in [
            (known(3, 9, 9), 2, "deleted by retention"),
            (known(3, 9, 9), 10, "holds offsets 3 to 9"),
            (known(3, 5, 9), 6, "still open"),
        ] {
            let refused = inside(&known, offset).expect_err("refused");
            assert!(refused.to_string().contains(why), "{refused}");
        }
    }
}
