//! Units by their names.

use crate::Level;
use crate::tables::{Id, Tables};
use crate::words::Words;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Words that a name may have.
pub(crate) const LONGEST_NAME: usize = 7;

/// Units and former names by the digest of their folded names.
pub(crate) struct Index {
    units: Groups,
    /// Provinces and districts by the first letters of their names.
    initials: Groups,
    aliases: Groups,
    /// The folded names of all units, one after the other, and where each ends.
    keys: Vec<u8>,
    key_ends: Vec<u32>,
    letter_sets: Vec<LetterSet>,
}

/// Which letters a folded name has, a bit for each.
#[derive(Clone, Copy)]
pub(crate) struct LetterSet(u32);

impl LetterSet {
    pub(crate) fn of(key: &[u8]) -> Self {
        let bit = |letter: &u8| 1 << (letter.wrapping_sub(b'a') % 32);
        Self(key.iter().map(bit).fold(0, |set, bit: u32| set | bit))
    }

    /// How many letters one has and the other hasn't.
    pub(crate) const fn differs_from(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }
}

/// Numbers by a digest, those with the same digest side by side.
#[derive(Default)]
struct Groups {
    ranges: ByDigest<(u32, u32)>,
    members: Vec<Id>,
}

impl Index {
    pub(crate) fn of(tables: &Tables) -> Self {
        let mut keys = Vec::with_capacity(300_000);
        let mut key_ends = Vec::with_capacity(tables.units.len());
        let mut names = Vec::with_capacity(tables.units.len());
        let mut initials = Vec::new();
        for (id, unit) in (0..).zip(&tables.units) {
            let words = Words::of(unit.bare_name()).expect("a name is shorter than an address");
            let begin = keys.len();
            keys.extend(words.letters(0, words.len()).map(|(letter, _)| letter));
            key_ends.push(keys.len() as u32);
            names.push((Digest::of(&keys[begin..]), id));
            if unit.code.level() != Level::Commune && words.len() > 1 {
                let firsts: Vec<u8> = (0..words.len()).map(|at| words.word(at)[0]).collect();
                initials.push((Digest::of(&firsts), id));
            }
        }
        let aliases = tables
            .aliases
            .iter()
            .map(|alias| Digest::of(alias.key.as_bytes()));
        let mut index = Self {
            units: Groups::of(names),
            initials: Groups::of(initials),
            aliases: Groups::of(aliases.zip(0..).collect()),
            keys,
            key_ends,
            letter_sets: Vec::new(),
        };
        index.letter_sets = (0..tables.units.len())
            .map(|id| LetterSet::of(index.key(id as Id)))
            .collect();
        index
    }

    /// The letters of the names of all units.
    pub(crate) fn letter_sets(&self) -> &[LetterSet] {
        &self.letter_sets
    }

    /// The folded name of a unit, without its kind and without spaces.
    pub(crate) fn key(&self, id: Id) -> &[u8] {
        let at = usize::from(id);
        let begin = at.checked_sub(1).map_or(0, |before| self.key_ends[before]);
        &self.keys[begin as usize..self.key_ends[at] as usize]
    }

    /// The units that may have a name: those whose digest it has.
    pub(crate) fn units(&self, name: Digest) -> &[Id] {
        self.units.with(name)
    }

    /// The provinces and districts whose initials a word may be.
    pub(crate) fn initials(&self, word: Digest) -> &[Id] {
        self.initials.with(word)
    }

    /// Places in the table of aliases.
    pub(crate) fn aliases(&self, name: Digest) -> &[Id] {
        self.aliases.with(name)
    }
}

impl Groups {
    fn of(mut sorted: Vec<(Digest, Id)>) -> Self {
        sorted.sort_unstable();
        let mut ranges = ByDigest::with_capacity_and_hasher(sorted.len(), BuildHasherDefault::default());
        let mut begin = 0;
        for group in sorted.chunk_by(|a, b| a.0 == b.0) {
            let end = begin + group.len() as u32;
            ranges.insert(group[0].0, (begin, end));
            begin = end;
        }
        Self {
            ranges,
            members: sorted.into_iter().map(|(_, id)| id).collect(),
        }
    }

    fn with(&self, name: Digest) -> &[Id] {
        self.ranges
            .get(&name)
            .map_or(&[], |&(begin, end)| &self.members[begin as usize..end as usize])
    }
}

/// Digest of a folded name without spaces (FNV-1a from its last letter to its first, so that a name grows
/// to the left word by word). `i` and `y` count as one letter here, because Lí and Lý, Qui and Quy are
/// written for each other; Tây and Tai are told apart when letters are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Digest(u64);

impl Digest {
    pub(crate) const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);

    #[must_use]
    pub(crate) fn and_before(self, word: &[u8]) -> Self {
        Self(word.iter().rev().fold(self.0, |digest, &letter| {
            let letter = if letter == b'y' { b'i' } else { letter };
            (digest ^ u64::from(letter)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    /// Of a folded name.
    pub(crate) fn of(key: &[u8]) -> Self {
        Self::EMPTY.and_before(key)
    }

    /// Of a name as people write it.
    pub(crate) fn of_folded(name: &str) -> Self {
        let key = fold::fold(name).replace(|c: char| !c.is_ascii_alphanumeric(), "");
        Self::of(key.as_bytes())
    }
}

/// Values by the digest of a name.
pub(crate) type ByDigest<V> = HashMap<Digest, V, BuildHasherDefault<AsItIs>>;

/// A digest needs no hashing.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only digests are keys")
    }

    fn write_u64(&mut self, digest: u64) {
        self.0 = digest;
    }
}
