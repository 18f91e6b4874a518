//! What linking found, as files.

use super::ids::Ids;
use linkage::{Edge, probability};
use runtime::Fault;
use std::fs::File;
use std::io::{BufWriter, Error};
use std::path::Path;

/// Writes `record,cluster`, a line for each record in the table's order; a cluster is named by its first
/// record.
pub fn write(path: &Path, clusters: &[Vec<u32>], ids: &Ids) -> Result<(), Fault> {
    let mut first = vec![0; ids.len()];
    for cluster in clusters {
        for &record in cluster {
            first[record as usize] = cluster[0];
        }
    }
    let rows = first
        .iter()
        .enumerate()
        .map(|(record, &first)| [ids.of(record as u32), ids.of(first)]);
    table(path, &["record", "cluster"], rows).map_err(|e| failed(path, &e))
}

/// Writes `left,right,probability,bits`, a line for each pair of clusters that a person should look at, the
/// likeliest first. Bits are log2 of the odds.
pub fn write_reviews(path: &Path, reviews: &[Edge<u32>], ids: &Ids) -> Result<(), Fault> {
    let rows = reviews.iter().map(|edge| {
        let bits = f64::from(edge.log_odds);
        [
            ids.of(edge.left),
            ids.of(edge.right),
            format!("{:.6}", probability(bits)).into(),
            format!("{bits:.2}").into(),
        ]
    });
    table(path, &["left", "right", "probability", "bits"], rows).map_err(|e| failed(path, &e))
}

fn table<R: IntoIterator<Item: AsRef<str>>>(
    path: &Path,
    heading: &[&str],
    rows: impl Iterator<Item = R>,
) -> Result<(), Error> {
    let mut table = csv::Writer::from_writer(BufWriter::new(File::create(path)?));
    table.write_record(heading)?;
    for row in rows {
        table.write_record(row.into_iter().map(|cell| cell.as_ref().as_bytes().to_vec()))?;
    }
    table.flush()
}

fn failed(path: &Path, error: &Error) -> Fault {
    Fault::transient(format!("can't write {}: {error}", path.display()))
}
