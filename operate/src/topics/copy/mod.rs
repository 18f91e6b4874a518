//! `intakectl topics copy`: records of a topic in a file, byte by byte.

mod aside;
mod avro;
mod ndjson;

use super::part::Part;
use crate::report::Form;
use crate::show::unmask::{may_see_people, reason};
use crate::stretch::{self, Stretch};
use crate::table::{Cell, Table, grouped};
use crate::{Report, Settings, audit};
use aside::{Aside, Format};
use clap::Args;
use runtime::Fault;
use schemas::topics;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use tokio::task::block_in_place;

/// Options of `topics copy`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    part: Part,
    /// The file, which must not be there yet: .avro is an Avro object container, .ndjson a line of JSON a record
    #[arg(long = "output", value_name = "FILE", value_parser = file)]
    file: (PathBuf, Format),
    #[command(flatten)]
    form: Form,
    /// Why values about people leave the topic: the number of a request or a case, no name. It is in the audit before a
    /// record is read
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
}

fn file(path: &str) -> Result<(PathBuf, Format), String> {
    let path = PathBuf::from(path);
    let format = match path.extension().and_then(|suffix| suffix.to_str()) {
        Some("avro") => Format::Avro,
        Some("ndjson") => Format::Ndjson,
        _ => return Err("its name must end in .avro or .ndjson".to_owned()),
    };
    Ok((path, format))
}

/// What was copied.
#[derive(Debug, Serialize)]
pub struct Copied {
    topic: String,
    output: PathBuf,
    records: u64,
    partitions: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    partition: i32,
    from_offset: i64,
    to_offset: i64,
    records: u64,
}

/// Copies them. The file has its name only when all of it is on the disk.
///
/// # Errors
/// Data when topic, partition or offset isn't there, or when the file is; fatal when it can't be written or this login may
/// not see what stands in the topic or not add to the audit; transient when the cluster doesn't answer.
pub(super) async fn run(settings: &Settings, options: &Options) -> Result<Copied, Fault> {
    let cluster = settings.cluster()?;
    let stretches = block_in_place(|| options.part.find(&cluster.offsets()?))?;
    let (path, format) = &options.file;
    let aside = Aside::of(path)?;
    let about = stretches.iter().map(|stretch| {
        let Stretch { partition, from, to } = stretch;
        format!("{partition}@{from}-{to}")
    });
    let mut register = settings.open_register().await?;
    let about: Vec<String> = about.collect();
    if topics::holds_people(&options.part.place.topic) {
        let instead = "`topics head`, `topics tail` and `peek` show its records masked";
        may_see_people(&mut register, instead).await?;
    }
    audit::record(&mut register, "topic.copy", &about, &options.reason, "granted").await?;
    let counts = block_in_place(|| {
        let mut counts: BTreeMap<i32, u64> = BTreeMap::new();
        let mut file = aside.open(*format)?;
        stretch::read(&cluster, &stretches, |record| {
            *counts.entry(record.partition.number).or_default() += 1;
            file.write(record)?;
            Ok(ControlFlow::Continue(()))
        })?;
        aside.keep(file)?;
        Ok::<_, Fault>(counts)
    })?;
    let row = |stretch: &Stretch| Row {
        partition: stretch.partition.number,
        from_offset: stretch.from,
        to_offset: stretch.to,
        records: counts.get(&stretch.partition.number).copied().unwrap_or(0),
    };
    Ok(Copied {
        topic: options.part.place.topic.clone(),
        output: path.clone(),
        records: counts.values().sum(),
        partitions: stretches.iter().map(row).collect(),
    })
}

impl Report for Copied {
    fn table(&self) -> String {
        let mut table = Table::new(&["PARTITION", "FROM", "TO", "RECORDS"]);
        for row in &self.partitions {
            table.row([
                Cell::number(row.partition.into()),
                Cell::number(row.from_offset),
                Cell::number(row.to_offset),
                Cell::number(row.records as i64),
            ]);
        }
        format!(
            "{}\n{} records in {}: values about people stand in it, keep it as you keep the register",
            table.render(),
            grouped(self.records as i64),
            self.output.display()
        )
    }
}
