//! Suggestions for a text that holds no certain place: units whose names are nearly the same.

use crate::chain::{Partial, Search};
use crate::index::LetterSet;
use crate::region::Region;
use crate::tables::{Id, Record};
use crate::title::{Kind, Title, is_locality};
use crate::words::Words;
use crate::{Level, Places};
use rules::catalogue::place;
use rules::{Reading, Rule};

/// Reads what is left of a text that makes no chain down to a commune.
pub(crate) fn suggest(search: &Search<'_>) -> Reading {
    let (rule, heirs) = match &search.partial {
        Some(partial) if partial.begin > 0 => in_known(search, partial),
        _ => in_nearest_province(search),
    };
    search.places.with_candidates(Reading::uncertain(rule), &heirs)
}

/// The last part of what stands before word `end`, without its word for a kind.
struct Part {
    begin: usize,
    kind: Option<Kind>,
    key: Vec<u8>,
    is_locality: bool,
}

impl Part {
    fn before(words: &Words, end: usize) -> Self {
        let begin = words.part_before(end);
        let titled = (begin + 1..end).rev().find_map(|name| {
            let title = Title::before(words, name)?;
            Some((title.begin, name, title.kind))
        });
        let (start, name, kind) = match titled {
            Some((start, name, kind)) => (start, name, Some(kind)),
            None => (begin, begin, None),
        };
        Self {
            begin: start,
            kind,
            key: words.letters(name, end).map(|(letter, _)| letter).collect(),
            is_locality: kind.is_none() && (is_locality(words, begin) || words.is_number(begin)),
        }
    }

    fn is_district(&self) -> bool {
        use Kind::{City, RuralDistrict, Town, UrbanDistrict};
        matches!(self.kind, Some(City | RuralDistrict | Town | UrbanDistrict))
    }
}

/// The province, perhaps the district, is known, what stands before it isn't.
fn in_known(search: &Search<'_>, partial: &Partial) -> (&'static Rule, Vec<Id>) {
    let places = search.places;
    let part = Part::before(search.words, partial.begin);
    if part.is_locality {
        return (&place::NO_COMMUNE, of_all(places, &partial.districts));
    }
    let tables = &places.tables;
    let inside = |id: Id, unit: &Record| match partial.districts.as_slice() {
        [] => partial.region.is_empty() || partial.region.distance(tables, id).is_some(),
        districts => {
            unit.district
                .is_some_and(|district| districts.contains(&district))
                || districts
                    .iter()
                    .any(|&district| tables.heirs(district).contains(&id))
        }
    };
    if !part.is_district() {
        let communes = nearest(places, &part.key, Level::Commune, inside);
        if !communes.is_empty() {
            return (&place::MISSPELT, of_all(places, &communes));
        }
    }
    if partial.districts.is_empty() {
        let districts = nearest(places, &part.key, Level::District, inside);
        let mut again = Search::of(places, search.words, search.as_of);
        again.in_districts(&districts, partial.region, part.begin);
        if !again.found.is_empty() {
            return (&place::MISSPELT, of_found(places, &again));
        }
        if part.is_district() {
            again.run_in(partial.region, part.begin);
            return (&place::NOT_INSIDE, of_found(places, &again));
        }
    }
    (&place::UNKNOWN_COMMUNE, of_all(places, &partial.districts))
}

/// Not even the province is known.
fn in_nearest_province(search: &Search<'_>) -> (&'static Rule, Vec<Id>) {
    let (places, words) = (search.places, search.words);
    let part = Part::before(words, words.len());
    let provinces = nearest(places, &part.key, Level::Province, |_, _| true);
    if provinces.is_empty() {
        return (&place::UNKNOWN, Vec::new());
    }
    let region = provinces.iter().fold(Region::default(), |region, &id| {
        region.or(Region::of(&places.tables, id))
    });
    if part.begin == 0 {
        return (&place::MISSPELT, of_all(places, &provinces));
    }
    let mut again = Search::of(places, words, search.as_of);
    again.run_in(region, part.begin);
    (&place::MISSPELT, of_found(places, &again))
}

fn of_all(places: &Places, units: &[Id]) -> Vec<Id> {
    let mut heirs = Vec::new();
    for &id in units {
        places.tables.add_heirs(id, &mut heirs);
    }
    heirs
}

fn of_found(places: &Places, search: &Search<'_>) -> Vec<Id> {
    let least = search.found.iter().map(|found| found.penalty).min();
    let mut heirs = Vec::new();
    for found in search.found.iter().filter(|found| Some(found.penalty) == least) {
        if let crate::chain::Target::Unit(id) = found.target {
            places.tables.add_heirs(id, &mut heirs);
        }
    }
    heirs
}

/// The units of a level whose folded names are nearest to a key: one letter off, two in a long name.
fn nearest(places: &Places, key: &[u8], level: Level, inside: impl Fn(Id, &Record) -> bool) -> Vec<Id> {
    let mut within = match key.len() {
        0..=2 => return Vec::new(),
        3..=6 => 1,
        _ => 2,
    };
    let mut nearest = Vec::new();
    let sought = LetterSet::of(key);
    for (id, set) in (0..).zip(places.index.letter_sets()) {
        // A slip changes the set by two letters at most.
        if sought.differs_from(*set) > 2 * within as u32 {
            continue;
        }
        let unit = places.tables.unit(id);
        if unit.code.level() != level || !inside(id, unit) {
            continue;
        }
        match distance(key, places.index.key(id), within) {
            // The very name was looked at and doesn't fit.
            Some(0) | None => {}
            Some(less) if less < within => {
                within = less;
                nearest = vec![id];
            }
            Some(_) => nearest.push(id),
        }
    }
    nearest
}

/// Letters to insert, delete, replace or swap with the next to make one key of the other, if at most
/// `within` (optimal string alignment).
fn distance(a: &[u8], b: &[u8], within: usize) -> Option<usize> {
    const LONGEST: usize = 48;
    if a.len().abs_diff(b.len()) > within || b.len() > LONGEST || a.len() > LONGEST {
        return None;
    }
    let mut rows = [[0_u8; LONGEST + 1]; 3];
    for (at, cost) in (0..).zip(&mut rows[0]) {
        *cost = at;
    }
    let within = within as u8;
    for i in 1..=a.len() {
        let (this, last, before_last) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        rows[this][0] = i as u8;
        let mut least = i as u8;
        for j in 1..=b.len() {
            let replaced = rows[last][j - 1] + u8::from(a[i - 1] != b[j - 1]);
            let mut cost = replaced.min(rows[last][j] + 1).min(rows[this][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(rows[before_last][j - 2] + 1);
            }
            rows[this][j] = cost;
            least = least.min(cost);
        }
        if least > within {
            return None;
        }
    }
    Some(rows[a.len() % 3][b.len()])
        .filter(|&cost| cost <= within)
        .map(usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_one() {
        for (a, b, cost) in [
            ("muongphang", "muongphang", Some(0)),
            ("muongphan", "muongphang", Some(1)),
            ("muongpahng", "muongphang", Some(1)),
            ("moungpahng", "muongphang", Some(2)),
            ("muong", "muongphang", None),
            ("", "", Some(0)),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes(), 2), cost, "{a} {b}");
        }
    }
}
