//! `intakectl match evaluate`.

use super::evaluated::{Evaluated, Measures};
use super::input::{Loaded, load};
use super::unreadable::Unreadable;
use super::{clusters, memory, read_weights, shipped_weights, truth};
use crate::progress;
use clap::Args;
use linkage::table::{Truth, measure};
use linkage::{Edge, Linker, Thresholds};
use runtime::Fault;
use std::path::PathBuf;
use std::time::Instant;

/// Options of `match evaluate`.
#[derive(Debug, Args)]
pub struct Options {
    /// The table of people: CSV, UTF-8, its first line the header; separated by comma, semicolon, tab or bar
    #[arg(long, value_name = "FILE.csv")]
    input: PathBuf,
    /// What its columns are (TOML)
    #[arg(long, value_name = "MAP.toml")]
    mapping: PathBuf,
    /// Which records are one person: record,person, or left,right for pairs
    #[arg(long, value_name = "TRUTH.csv")]
    truth: Option<PathBuf>,
    /// Weights made by `match train`; without them the shipped ones, which know an application's fields only
    #[arg(long, value_name = "W.toml")]
    weights: Option<PathBuf>,
    /// Records are linked from this probability on; from .05 on to it a person should look
    #[arg(long, value_name = "P", default_value_t = Thresholds::default().link, value_parser = share)]
    threshold: f64,
    /// Write record,cluster for each record; a cluster is named by its first record
    #[arg(long, value_name = "OUT.csv")]
    clusters: Option<PathBuf>,
    /// Write left,right,probability,bits for each pair that a person should look at
    #[arg(long, value_name = "OUT.csv")]
    review: Option<PathBuf>,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text
        .parse::<f64>()
        .ok()
        .filter(|share| *share > 0.0 && *share < 1.0);
    share.ok_or_else(|| "must be a probability between 0 and 1, such as 0.999".to_owned())
}

/// Links the table's records.
///
/// # Errors
/// Data when a file can't be read or is wrong, with its line; transient when one can't be written.
pub fn run(options: &Options) -> Result<Evaluated, Fault> {
    let loaded = load(&options.input, &options.mapping)?;
    let weights = match &options.weights {
        Some(file) => read_weights(file, &loaded.table.model)?,
        None => shipped_weights(&loaded.table.model)?,
    };
    let Loaded {
        table,
        mapping,
        headers,
        ids,
        took,
    } = loaded;
    let id_column = mapping.id.map(|at| headers[at].trim());
    let truth = options
        .truth
        .as_ref()
        .map(|path| truth::read(path, &ids, id_column))
        .transpose()?;
    let thresholds = Thresholds {
        link: options.threshold,
        review: Thresholds::default().review.min(options.threshold),
    };
    let blocking_keys = table
        .model
        .keys()
        .iter()
        .map(|key| table.model.describe(key))
        .collect();
    let unreadable = Unreadable::of(&table);
    let records = table.records.len();
    let version = weights.version.clone();

    let begin = Instant::now();
    let mut linker: Linker<u32> =
        Linker::new(table.model, weights, thresholds).of_table(table.dictionary, table.frequencies, records);
    let style = "linking {bar:40} {human_pos} of {human_len}, {per_sec}, {eta} left";
    let bar = progress::bar(records as u64, style);
    let mut too_many_together = 0;
    for (n, record) in table.records.iter().enumerate() {
        if linker.insert(n as u32, record).is_err() {
            linker.insert_unlinked(n as u32, record);
            too_many_together += 1;
        }
        if n % 1024 == 0 {
            bar.set_position(n as u64);
        }
    }
    let seconds = (took + begin.elapsed()).as_secs_f64();
    bar.finish_and_clear();

    let (clusters, reviews) = (linker.partition(), linker.reviews());
    if let Some(path) = &options.clusters {
        clusters::write(path, &clusters, &ids)?;
    }
    if let Some(path) = &options.review {
        clusters::write_reviews(path, &reviews, &ids)?;
    }
    let per_record = |count: f64| count / records.max(1) as f64;
    Ok(Evaluated {
        measured: truth
            .as_ref()
            .map(|truth| Measures::of(&measure(&clusters, truth), truth)),
        records,
        clusters: clusters.len(),
        reviews: reviews.len(),
        review_per_1000: 1000.0 * per_record(reviews.len() as f64),
        review_true_share: truth.as_ref().and_then(|truth| true_share(&reviews, truth)),
        threshold: options.threshold,
        weights: version,
        blocking_keys,
        pairs_per_record: per_record(linker.counters().pairs as f64),
        blocks_cut: linker.counters().blocks_cut,
        too_many_together,
        not_compared: mapping.not_compared,
        unreadable,
        seconds,
        records_per_second: records as f64 / seconds.max(1e-9),
        rss_bytes: memory::peak_rss(),
    })
}

fn true_share(reviews: &[Edge<u32>], truth: &Truth) -> Option<f64> {
    let known = |record: u32| truth[record as usize];
    let told: Vec<bool> = reviews
        .iter()
        .filter_map(|edge| Some(known(edge.left)? == known(edge.right)?))
        .collect();
    let one_person = told.iter().filter(|same| **same).count();
    (!told.is_empty()).then(|| one_person as f64 / told.len() as f64)
}
