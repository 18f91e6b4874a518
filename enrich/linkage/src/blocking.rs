//! Which records are worth comparing: those that agree on a blocking key.

use crate::compare::Comparator;
use crate::compare::{commune_of, province_of, year_of};
use crate::dictionary::Dictionary;
use crate::model::{Key, KeyPart, Model, Part};
use crate::records::Handle;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

/// Records of one block that are compared; of a larger one the latest.
pub(crate) const MOST_COMPARED: usize = 200;

/// Records by their blocking keys. A block is a chain through its records, the latest first.
#[derive(Debug)]
pub(crate) struct Index {
    keys: usize,
    blocks: FxHashMap<u64, Block>,
    /// For each record and key its neighbours in the chain.
    links: Vec<Link>,
}

#[derive(Clone, Copy, Debug)]
struct Block {
    first: Handle,
    count: u32,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    before: Handle,
    next: Handle,
}

const NONE: Handle = Handle::MAX;
/// The hash of a key that a record has no value for.
pub(crate) const NO_KEY: u64 = 0;
const ALONE: Link = Link {
    before: NONE,
    next: NONE,
};

impl Index {
    pub fn new(model: &Model) -> Self {
        Self {
            keys: model.keys().len(),
            blocks: FxHashMap::default(),
            links: Vec::new(),
        }
    }

    const fn at(&self, handle: Handle, key: usize) -> usize {
        handle as usize * self.keys + key
    }

    /// Puts a record into the blocks of its hashes.
    pub fn insert(&mut self, handle: Handle, hashes: &[u64]) {
        let end = self.at(handle, self.keys);
        if self.links.len() < end {
            self.links.resize(end, ALONE);
        }
        for (key, &hash) in hashes.iter().enumerate().filter(|(_, hash)| **hash != NO_KEY) {
            let block = self.blocks.entry(hash).or_insert(Block {
                first: NONE,
                count: 0,
            });
            let next = std::mem::replace(&mut block.first, handle);
            block.count += 1;
            if next != NONE {
                let at = self.at(next, key);
                self.links[at].before = handle;
            }
            let at = self.at(handle, key);
            self.links[at] = Link { before: NONE, next };
        }
    }

    /// Takes a record out of the blocks of its hashes.
    pub fn remove(&mut self, handle: Handle, hashes: &[u64]) {
        for (key, &hash) in hashes.iter().enumerate().filter(|(_, hash)| **hash != NO_KEY) {
            let at = self.at(handle, key);
            let Link { before, next } = std::mem::replace(&mut self.links[at], ALONE);
            if next != NONE {
                let at = self.at(next, key);
                self.links[at].before = before;
            }
            if before != NONE {
                let at = self.at(before, key);
                self.links[at].next = next;
            }
            if let Some(block) = self.blocks.get_mut(&hash) {
                if before == NONE {
                    block.first = next;
                }
                block.count -= 1;
                if block.count == 0 {
                    self.blocks.remove(&hash);
                }
            }
        }
    }

    /// The records that share a key with these hashes, each once, and how many blocks were too large to be
    /// compared whole: of those the latest are compared.
    pub fn candidates(&self, hashes: &[u64], found: &mut Vec<Handle>) -> usize {
        found.clear();
        let mut cut = 0;
        for (key, &hash) in hashes.iter().enumerate().filter(|(_, hash)| **hash != NO_KEY) {
            let Some(block) = self.blocks.get(&hash) else {
                continue;
            };
            cut += usize::from(block.count as usize > MOST_COMPARED);
            let mut at = block.first;
            for _ in 0..MOST_COMPARED.min(block.count as usize) {
                found.push(at);
                at = self.links[self.at(at, key)].next;
            }
        }
        found.sort_unstable();
        found.dedup();
        cut
    }
}

/// The hashes of a record's blocking keys; 0 where a part is missing.
pub(crate) fn hashes(model: &Model, dictionary: &Dictionary, slots: &[u32], into: &mut Vec<u64>) {
    into.clear();
    for (n, key) in model.keys().iter().enumerate() {
        into.push(hash(model, dictionary, slots, n, key).unwrap_or(NO_KEY));
    }
}

/// The hash of one key, the `n`th; none where a part is missing.
pub(crate) fn hash(
    model: &Model,
    dictionary: &Dictionary,
    slots: &[u32],
    n: usize,
    key: &Key,
) -> Option<u64> {
    let mut hasher = FxHasher::default();
    hasher.write_usize(n + 1);
    for part in &key.0 {
        add(model, dictionary, slots, *part, &mut hasher)?;
    }
    Some(hasher.finish().max(1))
}

fn add(
    model: &Model,
    dictionary: &Dictionary,
    slots: &[u32],
    part: KeyPart,
    hasher: &mut FxHasher,
) -> Option<()> {
    let value = &slots[model.slots(part.column)];
    if value.iter().all(|&slot| slot == 0) {
        return None;
    }
    match (model.columns()[part.column].comparator, part.of) {
        (Comparator::Name | Comparator::Text, of) => {
            hasher.write(text_part(&dictionary.entry(value[0]).folded, of)?)
        }
        (Comparator::Date, Part::Year) => hasher.write_u32(year_of(value[0])),
        (Comparator::Date, _) if value[0] & 31 == 0 => return None,
        (Comparator::Abode, Part::BirthProvince) => {
            hasher.write_u32(province_of(Some(value[0]).filter(|&unit| unit != 0)?))
        }
        (Comparator::Abode, Part::Commune) => {
            let living = value[1..].iter().rev().find(|&&unit| unit != 0);
            hasher.write_u32(commune_of(*living?)?);
        }
        _ => {
            for &slot in value {
                hasher.write_u32(slot);
            }
        }
    }
    Some(())
}

fn text_part(folded: &str, of: Part) -> Option<&[u8]> {
    let part = match of {
        Part::First => folded.split(' ').next()?,
        Part::Last => folded.rsplit(' ').next()?,
        Part::Start => folded
            .char_indices()
            .nth(3)
            .map_or(folded, |(end, _)| &folded[..end]),
        _ => folded,
    };
    Some(part.as_bytes())
}
