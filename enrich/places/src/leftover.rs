//! What stands before a chain of names.

use crate::Level;
use crate::chain::Search;
use crate::mention::Mention;
use crate::region::Region;
use crate::tables::Id;
use crate::title::{Kind, Title, ends_numbered_locality, is_locality};
use crate::words::Gap;
use rules::Rule;
use rules::catalogue::place;

/// What the words before a chain are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leftover {
    None,
    /// A house, a street, a village.
    Locality,
    /// Something without a word that says what it is.
    Unclear,
    /// Another unit.
    Unit,
}

impl Search<'_> {
    /// Whether the name of a mention may have begun further to the left.
    pub(crate) fn is_open(&self, mention: Mention) -> bool {
        mention.title.is_none()
            && self.words.before(mention.name) < Gap::Soft
            && !ends_numbered_locality(self.words, mention.name)
    }

    pub(crate) fn leftover(&self, begin: usize) -> Leftover {
        let words = self.words;
        if begin == 0 {
            return Leftover::None;
        }
        if (0..begin).any(|at| self.is_unit_before(at, begin)) {
            return Leftover::Unit;
        }
        let part = words.part_before(begin);
        if is_locality(words, part) || words.is_number(part) {
            Leftover::Locality
        } else {
            Leftover::Unclear
        }
    }

    /// Whether a word for a kind stands at `at` with a name after it, before word `end`.
    fn is_unit_before(&self, at: usize, end: usize) -> bool {
        let words = self.words;
        let Some(kind) = Title::begins(words, at).filter(|_| at + 1 < end) else {
            return false;
        };
        let short = words.word(at).len() == 1;
        // P. 302 is a room, t. 5 a floor or a group of houses.
        let room =
            short && words.is_number(at + 1) && (kind == Kind::Province || words.word(at + 1).len() > 2);
        let begins_part = at == 0 || words.before(at) >= Gap::Soft;
        !room && (begins_part || words.is_spelt_title(at))
    }

    /// A doubt, if the part before a chain names a commune of the same province as well: then the chain may
    /// be short of its first name, and what was taken for the commune is a district nobody knows.
    pub(crate) fn commune_before(&self, chain: Mention, unit: Id) -> Option<&'static Rule> {
        if chain.title.is_some() {
            return None;
        }
        let begin = chain.begin;
        let tables = &self.places.tables;
        let part = self.words.part_before(begin);
        let province = Region::of(tables, tables.unit(unit).province);
        self.mentions(begin)
            .filter(|mention| mention.begin == part)
            .flat_map(|mention| self.places.index.units(mention.digest))
            .any(|&id| {
                tables.unit(id).code.level() == Level::Commune && province.distance(tables, id).is_some()
            })
            .then_some(&place::AMBIGUOUS)
    }
}
