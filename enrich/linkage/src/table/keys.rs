//! Blocking keys for a table that names none: of single columns and pairs of them, those that bring few
//! records together.

use crate::compare::Comparator;
use crate::model::{Key, KeyPart, Model, Part};
use crate::records::Record;
use rustc_hash::FxHashMap;

/// Pairs per record that a key may bring.
const MOST_PAIRS: f64 = 8.0;
/// Keys at most.
const MOST_KEYS: usize = 24;

/// Keys of one or two whole columns.
pub(super) fn choose(model: &Model, records: &[Record], columns: &[usize]) -> Vec<Key> {
    let mut parts = Vec::new();
    for &column in columns {
        parts.push(KeyPart {
            column,
            of: Part::Whole,
        });
    }
    let mut found: Vec<(f64, Vec<KeyPart>)> = Vec::new();
    for (n, &one) in parts.iter().enumerate() {
        found.push((pairs_per_record(model, records, &[one]), vec![one]));
        for &other in &parts[n + 1..] {
            let key = [one, other];
            found.push((pairs_per_record(model, records, &key), key.to_vec()));
        }
    }
    let telling = |columns: &[KeyPart]| {
        columns
            .iter()
            .any(|part| model.columns()[part.column].comparator != Comparator::Category)
    };
    found.retain(|(pairs, key)| *pairs > 0.0 && *pairs <= MOST_PAIRS && telling(key));
    // Who brings most, finds most; what a single column brings, a pair with it can't add to.
    found.sort_by(|x, y| x.1.len().cmp(&y.1.len()).then(y.0.total_cmp(&x.0)));
    let mut keys: Vec<Vec<KeyPart>> = Vec::new();
    for (_, key) in found {
        let covered = keys
            .iter()
            .any(|known| known.iter().all(|part| key.contains(part)));
        if !covered && keys.len() < MOST_KEYS {
            keys.push(key);
        }
    }
    keys.into_iter().map(Key).collect()
}

fn pairs_per_record(model: &Model, records: &[Record], key: &[KeyPart]) -> f64 {
    let mut blocks: FxHashMap<Vec<u32>, f64> = FxHashMap::default();
    for record in records {
        let mut value = Vec::new();
        let complete = key.iter().all(|part| {
            let slots = &record.slots[model.slots(part.column)];
            value.extend_from_slice(slots);
            slots.iter().any(|&slot| slot != 0)
        });
        if complete {
            *blocks.entry(value).or_default() += 1.0;
        }
    }
    let pairs: f64 = blocks.values().map(|count| count * (count - 1.0) / 2.0).sum();
    pairs / records.len().max(1) as f64
}
