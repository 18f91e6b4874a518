//! From the ways to understand a text to one reading.

use crate::chain::{Found, Search, Target};
use crate::nearest::suggest;
use crate::tables::Id;
use crate::title::Title;
use crate::words::Words;
use crate::{Context, Level, Places, State};
use rules::catalogue::place;
use rules::{Reading, Rule};

/// Reads free text.
pub(crate) fn of_text(places: &Places, text: &str, context: Context<'_>) -> Reading {
    let Some(words) = Words::of(text).filter(|words| words.len() > 0) else {
        return Reading::uncertain(&place::UNKNOWN);
    };
    let mut search = Search::of(places, &words, context.as_of);
    search.context = context
        .province
        .and_then(|province| places.region_of_context(province, context.as_of));
    search.run();
    let mut found = std::mem::take(&mut search.found);
    if best(&found).is_none_or(|best| best.leftover || best.doubt.is_some()) {
        found.extend(turned(&search));
    }
    if nearest_to_plain(&found).any(|found| found.doubt != Some(&place::NO_COMMUNE)) {
        return decide(places, &found);
    }
    let elsewhere = search.context.take().is_some() && {
        search.partial = None;
        search.run();
        !search.found.is_empty()
    };
    if elsewhere {
        let reading = Reading::uncertain(&place::OTHER_PROVINCE);
        return places.with_candidates(reading, &heirs(places, nearest_to_plain(&search.found)));
    }
    suggest(&search)
}

/// What is found if the text goes from large to small; only if nothing of it is left over.
fn turned(search: &Search<'_>) -> Vec<Found> {
    let Some(words) = search
        .words
        .turned(|at| Title::begins(search.words, at).is_some())
    else {
        return Vec::new();
    };
    let mut turned = Search::of(search.places, &words, search.as_of);
    turned.context = search.context;
    turned.run();
    turned
        .found
        .retain(|found| !found.leftover && found.doubt.is_none());
    turned.found
}

fn best(found: &[Found]) -> Option<&Found> {
    found.iter().min_by_key(|found| found.penalty)
}

/// Those of the least penalty.
fn nearest_to_plain(found: &[Found]) -> impl Iterator<Item = &Found> + Clone {
    let least = best(found).map(|best| best.penalty);
    found.iter().filter(move |found| Some(found.penalty) == least)
}

/// Certain if all of the plainest ways to understand the text lead to one unit of today.
fn decide(places: &Places, found: &[Found]) -> Reading {
    let plainest = nearest_to_plain(found);
    let heirs = heirs(places, plainest.clone());
    let doubt = plainest.clone().find_map(|found| found.doubt);
    match (doubt, heirs.as_slice()) {
        (None, &[id]) if plainest.clone().all(|found| has_heirs(places, found)) => {
            Reading::of(places.value(id), &["place.text"])
        }
        (doubt, _) => {
            let reading = Reading::uncertain(doubt.unwrap_or_else(|| reason(places, plainest, &heirs)));
            places.with_candidates(reading, &heirs)
        }
    }
}

/// Whether it is known where a unit went.
fn has_heirs(places: &Places, found: &Found) -> bool {
    match found.target {
        Target::Unit(id) => !places.tables.heirs(id).is_empty(),
        Target::Province(_) => true,
    }
}

fn heirs<'a>(places: &Places, found: impl Iterator<Item = &'a Found>) -> Vec<Id> {
    let mut heirs = Vec::new();
    for found in found {
        match &found.target {
            Target::Unit(id) => places.tables.add_heirs(*id, &mut heirs),
            Target::Province(region) => {
                for id in region.heirs(&places.tables) {
                    places.tables.add_heirs(id, &mut heirs);
                }
            }
        }
    }
    heirs
}

/// Why several units, or none, come out.
fn reason<'a>(
    places: &Places,
    found: impl Iterator<Item = &'a Found> + Clone,
    heirs: &[Id],
) -> &'static Rule {
    if heirs.is_empty() || !found.clone().all(|found| has_heirs(places, found)) {
        return &place::SUCCESSOR_UNKNOWN;
    }
    let units = found.filter_map(|found| match found.target {
        Target::Unit(id) => Some(places.tables.unit(id)),
        Target::Province(_) => None,
    });
    let mut codes: Vec<_> = units
        .map(|unit| (unit.code, unit.state == State::Today))
        .collect();
    codes.sort_unstable();
    codes.dedup();
    match codes.as_slice() {
        codes if codes.iter().any(|(code, _)| code.level() == Level::District) => &place::DISTRICT,
        [_] => &place::SPLIT,
        _ => &place::AMBIGUOUS,
    }
}
