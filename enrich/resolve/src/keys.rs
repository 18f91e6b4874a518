//! What an application can be found by, and the index over it.
//!
//! The thin rule: the same 12-digit number; or the same folded name, full date of birth, sex and
//! birth province.

use normalise::{Date, fold::fold, number::is_personal_number};
use schemas::{Applicant, Field};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use uuid::Uuid;

/// Digest of a value that is looked up, so that the index holds no personal values.
pub(crate) type Key = u128;

/// Applications under one key beyond which it says nothing any more.
const MAX_BLOCK: usize = 256;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    pub number: Option<Key>,
    pub identity: Option<Key>,
}

impl Keys {
    /// The keys of a person's normalised fields.
    pub fn of(person: &Applicant) -> Self {
        let number = person
            .get(Field::PersonalNumber)
            .filter(|text| is_personal_number(text));
        Self {
            number: number.map(|text| digest(&["number", text])),
            identity: identity(person),
        }
    }

    pub fn iter(self) -> impl Iterator<Item = Key> {
        self.number.into_iter().chain(self.identity)
    }
}

fn identity(person: &Applicant) -> Option<Key> {
    let given = |field| person.get(field).filter(|text| !text.is_empty());
    let born = given(Field::DateOfBirth).filter(|text| Date::parse(text).is_some_and(Date::is_day))?;
    let parts = [
        &fold(given(Field::FullName)?),
        born,
        given(Field::Sex)?,
        given(Field::BirthProvince)?,
    ];
    Some(digest(&["identity", parts[0], parts[1], parts[2], parts[3]]))
}

fn digest(parts: &[&str]) -> Key {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut first = [0; 16];
    first.copy_from_slice(&hasher.finalize()[..16]);
    u128::from_be_bytes(first)
}

/// Applications by their keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index(HashMap<Key, Vec<Uuid>>);

impl Index {
    pub fn insert(&mut self, keys: Keys, application: Uuid) {
        for key in keys.iter() {
            self.0.entry(key).or_default().push(application);
        }
    }

    pub fn remove(&mut self, keys: Keys, application: Uuid) {
        for key in keys.iter() {
            if let Some(block) = self.0.get_mut(&key) {
                block.retain(|&member| member != application);
                if block.is_empty() {
                    self.0.remove(&key);
                }
            }
        }
    }

    /// The applications under a key, in no order; none when there are so many that the key says
    /// nothing.
    pub fn block(&self, key: Key) -> Option<&[Uuid]> {
        let block = self.0.get(&key).map_or(&[][..], Vec::as_slice);
        (block.len() <= MAX_BLOCK).then_some(block)
    }
}
