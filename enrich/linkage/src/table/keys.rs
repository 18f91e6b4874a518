//! Blocking keys for a table that names none: of single columns and pairs of them, those that bring few
//! records together.

use crate::compare::Comparator;
use crate::model::{Key, KeyPart, Model, Part};
use crate::records::Record;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

/// Pairs per record that a key may bring.
const MOST_PAIRS: f64 = 8.0;
/// Keys at most.
const MOST_KEYS: usize = 24;

/// A key that might be chosen.
struct Candidate {
    pairs_per_record: f64,
    columns: Vec<usize>,
}

/// Keys of one or two whole columns.
pub(super) fn choose(model: &Model, records: &[Record], columns: &[usize]) -> Vec<Key> {
    let mut found = Vec::new();
    for (n, &one) in columns.iter().enumerate() {
        found.push(candidate(model, records, vec![one]));
        for &other in &columns[n + 1..] {
            found.push(candidate(model, records, vec![one, other]));
        }
    }
    found.retain(|key| key.pairs_per_record > 0.0);
    // What a single column brings, a pair with it can't add to. Who brings least, comes first.
    found.sort_by(|x, y| {
        let lengths = x.columns.len().cmp(&y.columns.len());
        lengths.then(x.pairs_per_record.total_cmp(&y.pairs_per_record))
    });
    let is_telling = |column: &usize| model.columns()[*column].comparator != Comparator::Category;
    let (few, many): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|key| key.pairs_per_record <= MOST_PAIRS && key.columns.iter().any(is_telling));
    let mut chosen: Vec<Vec<usize>> = Vec::new();
    for Candidate { columns, .. } in few {
        let covered = chosen
            .iter()
            .any(|known| known.iter().all(|column| columns.contains(column)));
        if !covered && chosen.len() < MOST_KEYS {
            chosen.push(columns);
        }
    }
    if chosen.is_empty() {
        // Better slow than blind: of what brings many together, the least.
        let least = many
            .into_iter()
            .min_by(|x, y| x.pairs_per_record.total_cmp(&y.pairs_per_record));
        chosen.extend(least.map(|key| key.columns));
    }
    let whole = |column| KeyPart {
        column,
        of: Part::Whole,
    };
    chosen
        .into_iter()
        .map(|columns| Key(columns.into_iter().map(whole).collect()))
        .collect()
}

fn candidate(model: &Model, records: &[Record], columns: Vec<usize>) -> Candidate {
    let mut blocks: FxHashMap<u64, f64> = FxHashMap::default();
    for record in records {
        let mut hasher = FxHasher::default();
        let complete = columns.iter().all(|&column| {
            let slots = &record.slots[model.slots(column)];
            slots.iter().for_each(|&slot| hasher.write_u32(slot));
            slots.iter().any(|&slot| slot != 0)
        });
        if complete {
            *blocks.entry(hasher.finish()).or_default() += 1.0;
        }
    }
    let pairs: f64 = blocks.values().map(|count| count * (count - 1.0) / 2.0).sum();
    Candidate {
        pairs_per_record: pairs / records.len().max(1) as f64,
        columns,
    }
}
