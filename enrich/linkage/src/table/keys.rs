//! Blocking keys for a table that names none: of single columns and pairs of them, those that bring few
//! records together.

use crate::blocking;
use crate::compare::Comparator;
use crate::dictionary::Dictionary;
use crate::model::{Key, KeyPart, Model, Part};
use crate::records::Record;
use rustc_hash::FxHashMap;

/// Pairs per record that a key may bring.
const MOST_PAIRS: f64 = 8.0;
/// Pairs per record that all keys may bring.
const MOST_PAIRS_OF_ALL: f64 = 40.0;
/// Keys at most.
const MOST_KEYS: usize = 24;

/// Records that keys are measured by at most; of more, an even choice.
const MOST_MEASURED: usize = 200_000;

/// Keys of one or two columns: whole ones before parts of them, one before two, and those that bring least
/// first.
pub(super) fn choose(
    model: &Model,
    dictionary: &Dictionary,
    records: &[Record],
    columns: &[usize],
) -> Vec<Key> {
    let measure = |parts: &Vec<KeyPart>| pairs_per_record(model, dictionary, records, &Key(parts.clone()));
    let mut chosen = Chosen::default();
    for candidates in candidates(model, columns) {
        let mut measured: Vec<(f64, Vec<KeyPart>)> = candidates
            .into_iter()
            .filter(|parts| !chosen.covers(parts))
            .map(|parts| (measure(&parts), parts))
            .filter(|(pairs, _)| *pairs > 0.0)
            .collect();
        measured.sort_by(|(x, _), (y, _)| x.total_cmp(y));
        for (pairs, parts) in measured {
            chosen.consider(pairs, parts);
        }
    }
    if chosen.keys.is_empty() {
        // Better slow than blind: of what brings many together, the least.
        chosen.keys.extend(chosen.least.map(|(_, parts)| parts));
    }
    chosen.keys.into_iter().map(Key).collect()
}

/// What might be a key, by how much of how many columns it takes.
fn candidates(model: &Model, columns: &[usize]) -> [Vec<Vec<KeyPart>>; 5] {
    let parts: Vec<KeyPart> = columns.iter().flat_map(|&column| parts(model, column)).collect();
    let coarse = |part: &KeyPart| usize::from(part.of != Part::Whole);
    let mut candidates: [Vec<Vec<KeyPart>>; 5] = Default::default();
    for (n, &one) in parts.iter().enumerate() {
        candidates[2 * coarse(&one)].push(vec![one]);
        for &other in parts[n + 1..].iter().filter(|other| other.column != one.column) {
            let place = [1, 3, 4][coarse(&one) + coarse(&other)];
            candidates[place].push(vec![one, other]);
        }
    }
    candidates
}

#[derive(Default)]
struct Chosen {
    keys: Vec<Vec<KeyPart>>,
    pairs: f64,
    /// Of those that bring too many together, the one that brings least.
    least: Option<(f64, Vec<KeyPart>)>,
}

impl Chosen {
    fn covers(&self, key: &[KeyPart]) -> bool {
        self.keys.iter().any(|known| covers(known, key))
    }

    fn consider(&mut self, pairs: f64, key: Vec<KeyPart>) {
        if pairs > MOST_PAIRS {
            if self.least.as_ref().is_none_or(|(least, _)| pairs < *least) {
                self.least = Some((pairs, key));
            }
        } else if self.keys.len() < MOST_KEYS && self.pairs + pairs <= MOST_PAIRS_OF_ALL {
            self.pairs += pairs;
            self.keys.push(key);
        }
    }
}

/// What of a column may stand in a key.
fn parts(model: &Model, column: usize) -> impl Iterator<Item = KeyPart> {
    let coarse = match model.columns()[column].comparator {
        Comparator::Name | Comparator::Text => Some(Part::Start),
        Comparator::Date => Some(Part::Year),
        Comparator::Number | Comparator::Category | Comparator::Abode => None,
    };
    [Some(Part::Whole), coarse]
        .into_iter()
        .flatten()
        .map(move |of| KeyPart { column, of })
}

/// Whether whoever agrees on one key agrees on the other.
fn covers(known: &[KeyPart], key: &[KeyPart]) -> bool {
    let within = |part: &KeyPart| {
        key.iter()
            .any(|other| other.column == part.column && (other.of == part.of || other.of == Part::Whole))
    };
    known.iter().all(within)
}

fn pairs_per_record(model: &Model, dictionary: &Dictionary, records: &[Record], key: &Key) -> f64 {
    let every = 1 + records.len() / MOST_MEASURED;
    let mut blocks: FxHashMap<u64, f64> = FxHashMap::default();
    let mut measured = 0.0;
    for record in records.iter().step_by(every) {
        measured += 1.0;
        if let Some(hash) = blocking::hash(model, dictionary, &record.slots, 0, key) {
            *blocks.entry(hash).or_default() += 1.0;
        }
    }
    let pairs: f64 = blocks.values().map(|count| count * (count - 1.0) / 2.0).sum();
    pairs * every as f64 / f64::max(measured, 1.0)
}
