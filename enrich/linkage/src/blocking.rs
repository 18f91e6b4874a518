//! Which records are worth comparing: those that agree on a blocking key.

use crate::compare::Comparator;
use crate::compare::{commune_of, province_of, year_of};
use crate::dictionary::Dictionary;
use crate::model::{Key, KeyPart, Model, Part};
use crate::pages::Pages;
use crate::records::Handle;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::{FxBuildHasher, FxHasher};
use std::hash::{BuildHasher, Hasher};

/// Records of one block that are compared; of a larger one the latest.
pub(crate) const MOST_COMPARED: usize = 200;

/// Records by their blocking keys. A block is a chain through its records, the latest first.
#[derive(Debug)]
pub(crate) struct Index {
    blocks: HashTable<Block>,
    /// For each record and key its neighbours in the chain.
    links: Pages<Link>,
}

/// The first record of a block, beside 48 bits of the block's hash: two of ten million keys are mistaken for one
/// with a chance of 1 in 30 million, and then only what isn't worth it is compared.
#[derive(Clone, Copy, Debug)]
struct Block {
    hash: [u16; 3],
    first: [u16; 2],
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

impl Block {
    const fn of(hash: u64, first: Handle) -> Self {
        Self {
            hash: [hash as u16, (hash >> 16) as u16, (hash >> 32) as u16],
            first: [first as u16, (first >> 16) as u16],
        }
    }

    fn first(&self) -> Handle {
        Handle::from(self.first[0]) | Handle::from(self.first[1]) << 16
    }

    /// Where the block lies among others: spread anew, as bits of the hash were left out.
    fn place(&self) -> u64 {
        let [low, middle, high] = self.hash.map(u64::from);
        FxBuildHasher.hash_one(low | middle << 16 | high << 32)
    }
}

impl Index {
    pub fn new(model: &Model) -> Self {
        Self {
            blocks: HashTable::new(),
            links: Pages::of(model.keys().len()),
        }
    }

    /// Puts a record into the blocks of its hashes.
    pub fn insert(&mut self, handle: Handle, hashes: &[u64]) {
        while self.links.len() <= handle as usize {
            self.links.push(hashes.iter().map(|_| ALONE));
        }
        for (key, &hash) in hashes.iter().enumerate().filter(|(_, hash)| **hash != NO_KEY) {
            let block = Block::of(hash, handle);
            let known = self
                .blocks
                .entry(block.place(), |known| known.hash == block.hash, Block::place);
            let next = match known {
                Entry::Occupied(mut known) => std::mem::replace(known.get_mut(), block).first(),
                Entry::Vacant(free) => {
                    free.insert(block);
                    NONE
                }
            };
            if next != NONE {
                self.links.row_mut(next as usize)[key].before = handle;
            }
            self.links.row_mut(handle as usize)[key] = Link { before: NONE, next };
        }
    }

    /// Takes a record out of the blocks of its hashes.
    pub fn remove(&mut self, handle: Handle, hashes: &[u64]) {
        for (key, &hash) in hashes.iter().enumerate().filter(|(_, hash)| **hash != NO_KEY) {
            let link = &mut self.links.row_mut(handle as usize)[key];
            let Link { before, next } = std::mem::replace(link, ALONE);
            if next != NONE {
                self.links.row_mut(next as usize)[key].before = before;
            }
            if before != NONE {
                self.links.row_mut(before as usize)[key].next = next;
                continue;
            }
            let block = Block::of(hash, next);
            if let Ok(mut known) = self
                .blocks
                .find_entry(block.place(), |known| known.hash == block.hash)
            {
                if next == NONE {
                    known.remove();
                } else {
                    *known.get_mut() = block;
                }
            }
        }
    }

    /// The records that share a key with these hashes, each once, and how many blocks were too large to be
    /// compared whole: of those the latest are compared.
    pub fn candidates(&self, hashes: &[u64], found: &mut Vec<Handle>) -> usize {
        found.clear();
        // By key: where its chain goes on, and how many of it may still be taken. The chains are walked side by side, so that
        // the memory of one is waited for while another's is.
        let mut chains: Vec<(usize, Handle, usize)> = Vec::with_capacity(hashes.len());
        for (key, &hash) in hashes.iter().enumerate().filter(|(_, hash)| **hash != NO_KEY) {
            let block = Block::of(hash, NONE);
            let known = self.blocks.find(block.place(), |known| known.hash == block.hash);
            chains.extend(known.map(|block| (key, block.first(), MOST_COMPARED)));
        }
        let mut cut = 0;
        while !chains.is_empty() {
            chains.retain_mut(|(key, at, left)| {
                found.push(*at);
                *at = self.links.row(*at as usize)[*key].next;
                *left -= 1;
                cut += usize::from(*at != NONE && *left == 0);
                *at != NONE && *left > 0
            });
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
            hasher.write(text_part(dictionary.entry(value[0]).folded, of)?)
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
