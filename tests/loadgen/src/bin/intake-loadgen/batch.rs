//! Lines cut into batches, each for one province.

use anyhow::Context;
use hyper::body::Bytes;
use loadgen::Generator;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Lines for one province's node, ready to send.
#[derive(Debug)]
pub struct Batch {
    /// How many lines.
    pub lines: usize,
    /// How many of them a node has to refuse.
    pub expected_refused: u64,
    /// NDJSON.
    pub body: Bytes,
}

/// Generates on a thread of its own and cuts each province's lines into batches.
pub fn make(
    generator: Generator,
    applications: u64,
    lines: usize,
    made: &mpsc::Sender<(Arc<str>, Batch)>,
) -> anyhow::Result<()> {
    let mut open: BTreeMap<Arc<str>, (Vec<u8>, usize, u64)> = BTreeMap::new();
    let close = |(body, lines, expected_refused)| Batch {
        lines,
        expected_refused,
        body: Bytes::from(body),
    };
    let mut written = 0;
    for generated in generator.take(usize::try_from(applications)?) {
        let (body, count, refused) = open.entry(generated.province.clone()).or_default();
        generated.write_line(body)?;
        *count += 1;
        *refused += u64::from(
            generated
                .variation
                .defect
                .is_some_and(|defect| defect.refused_by_node()),
        );
        written += 1;
        if *count >= lines {
            let batch = std::mem::take(open.entry(generated.province.clone()).or_default());
            made.blocking_send((generated.province, close(batch)))
                .context("nobody takes batches any more")?;
        }
    }
    for (province, batch) in open.into_iter().filter(|(_, (_, lines, _))| *lines > 0) {
        made.blocking_send((province, close(batch)))
            .context("nobody takes batches any more")?;
    }
    anyhow::ensure!(
        written == applications,
        "the population ends after {written} lines"
    );
    Ok(())
}
