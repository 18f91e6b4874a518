//! What is known by id, in little memory: the entries lie in pages, and a table has but their numbers.

use hashbrown::HashTable;
use linkage::Pages;
use std::hash::BuildHasher;
use uuid::Uuid;

/// Entries by id. None is taken out.
#[derive(Debug)]
pub(crate) struct Compact<V> {
    numbers: HashTable<u32>,
    entries: Pages<(Uuid, V)>,
}

impl<V> Default for Compact<V> {
    fn default() -> Self {
        Self {
            numbers: HashTable::new(),
            entries: Pages::default(),
        }
    }
}

fn hash(id: &Uuid) -> u64 {
    rustc_hash::FxBuildHasher.hash_one(id)
}

impl<V> Compact<V> {
    fn number(&self, id: &Uuid) -> Option<usize> {
        let is_it = |number: &u32| self.entries[*number as usize].0 == *id;
        self.numbers.find(hash(id), is_it).map(|&number| number as usize)
    }

    pub fn get(&self, id: &Uuid) -> Option<&V> {
        self.number(id).map(|number| &self.entries[number].1)
    }

    pub fn get_mut(&mut self, id: &Uuid) -> Option<&mut V> {
        self.number(id).map(|number| &mut self.entries[number].1)
    }

    pub fn contains_key(&self, id: &Uuid) -> bool {
        self.number(id).is_some()
    }

    /// Keeps a value in place of the one before.
    pub fn insert(&mut self, id: Uuid, value: V) {
        if let Some(known) = self.get_mut(&id) {
            *known = value;
            return;
        }
        let number = self.entries.len() as u32;
        self.entries.push([(id, value)]);
        let entries = &self.entries;
        let again = |number: &u32| hash(&entries[*number as usize].0);
        self.numbers.insert_unique(hash(&id), number, again);
    }

    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// In the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (Uuid, &V)> {
        self.entries.values().map(|(id, value)| (*id, value))
    }
}

impl<V> FromIterator<(Uuid, V)> for Compact<V> {
    fn from_iter<I: IntoIterator<Item = (Uuid, V)>>(entries: I) -> Self {
        let mut all = Self::default();
        entries.into_iter().for_each(|(id, value)| all.insert(id, value));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_takes_the_place_of_the_one_before() {
        let mut all: Compact<u32> = (0..10_000).map(|n| (Uuid::from_u128(n), n as u32)).collect();
        all.insert(Uuid::from_u128(7), 70);
        *all.get_mut(&Uuid::from_u128(8)).expect("there") = 80;
        assert_eq!(all.len(), 10_000);
        for (n, value) in [(7, 70), (8, 80), (9_999, 9_999)] {
            assert_eq!(all.get(&Uuid::from_u128(n)), Some(&value));
        }
        assert!(!all.contains_key(&Uuid::from_u128(10_000)));
        assert_eq!(all.iter().nth(8), Some((Uuid::from_u128(8), &80)));
    }
}
