//! Words of a text that may be the name of a unit.

use crate::chain::Search;
use crate::distance::Scope;
use crate::index::{Digest, LONGEST_NAME};
use crate::likeness::{Likeness, likeness};
use crate::region::{self, Region};
use crate::tables::Id;
use crate::title::{Fit, Kind, Title};
use crate::words::{Gap, Words};
use crate::{Level, Places, State};
use rules::Rule;
use rules::catalogue::place;

/// Words of the text that may be a name, with the word for a kind before them.
#[derive(Clone, Copy)]
pub(crate) struct Mention {
    pub(crate) begin: usize,
    pub(crate) name: usize,
    pub(crate) end: usize,
    pub(crate) title: Option<Title>,
    pub(crate) digest: Digest,
}

/// A commune whose name a mention may be.
#[derive(Clone, Copy)]
pub(crate) enum Named {
    /// Its name folds to the same letters.
    Itself(Id),
    /// A former or other name of it does.
    Otherwise(Id),
}

impl Named {
    pub(crate) const fn unit(self) -> Id {
        match self {
            Self::Itself(unit) | Self::Otherwise(unit) => unit,
        }
    }
}

/// How well a commune fits a mention.
pub(crate) struct Fitting {
    pub(crate) doubt: Option<&'static Rule>,
    pub(crate) penalty: u8,
}

impl<'a> Search<'a> {
    /// Names that end before word `end`, from the shortest to the longest.
    pub(crate) fn mentions(&self, end: usize) -> impl Iterator<Item = Mention> + use<'a> {
        let words = self.words;
        let mut digest = Digest::EMPTY;
        let first = end.saturating_sub(LONGEST_NAME);
        (first..end)
            .rev()
            .take_while(move |&name| name + 1 == end || words.before(name + 1) < Gap::Hard)
            .map(move |name| {
                digest = digest.and_before(words.word(name));
                let title = Title::before(words, name);
                Mention {
                    begin: title.map_or(name, |title| title.begin),
                    name,
                    end,
                    title,
                    digest,
                }
            })
            .filter(move |mention| {
                let number = mention.end - mention.name == 1 && words.is_number(mention.name);
                mention.title.is_some() || !number
            })
    }

    /// What a mention means as a province, and how far that is from its plain meaning.
    pub(crate) fn province(&self, mention: Mention) -> Option<(Region, u8)> {
        let tables = &self.places.tables;
        let mut all = Region::default();
        let mut least = u8::MAX;
        let day = self.as_of.map(State::on);
        for &id in self.places.index.units(mention.digest) {
            let unit = tables.unit(id);
            if unit.code.level() == Level::Province
                && let Some(fit) = unit.kind.fits(mention.title, true)
                && let Some(like) = likeness(self.words, mention.name, mention.end, unit.bare_name())
            {
                all = all.or(Region::of(tables, id));
                // Huế was no province before 2025; Hà Giang still is one to many.
                let not_yet = u8::from(day.is_some_and(|day| unit.state > day));
                least = least.min(u8::from(fit > Fit::Same) + u8::from(like == Likeness::Other) + not_yet);
            }
        }
        let usual = region::named(mention.digest);
        let titled_otherwise = mention
            .title
            .is_some_and(|title| !matches!(title.kind, Kind::Province | Kind::City));
        if !usual.is_empty() && !titled_otherwise {
            all = all.or(usual);
            least = 0;
        }
        // `TX Mường Lay, ĐB`; alone, initials are no province.
        if all.is_empty() && !titled_otherwise && mention.begin > 0 {
            let provinces = self.with_initials(mention, Level::Province);
            all = provinces.fold(all, |all, id| all.or(Region::of(tables, id)));
            least = 1;
        }
        (!all.is_empty()).then_some((all, if least == u8::MAX { 0 } else { least }))
    }

    /// The districts of a region that a mention may name.
    pub(crate) fn districts(&self, mention: Mention, scope: Scope) -> Vec<(Id, u8)> {
        let tables = &self.places.tables;
        let mut districts = Vec::new();
        // Cao Bằng without a word for its kind is rather the province.
        let rather_province = !scope.named && mention.title.is_none() && self.province(mention).is_some();
        for &id in self.places.index.units(mention.digest) {
            let unit = tables.unit(id);
            // Letters are compared last: that costs most.
            if unit.code.level() == Level::District
                && let Some(fit) = unit.kind.fits(mention.title, false)
                && let Some(distance) = self.distance(id, scope)
                && let Some(like) = likeness(self.words, mention.name, mention.end, unit.bare_name())
            {
                let penalty = u8::from(fit > Fit::Same) + u8::from(like == Likeness::Other);
                districts.push((id, penalty + distance + u8::from(rather_province)));
            }
        }
        if districts.is_empty() && scope.named {
            districts = self.district_by_initials(mention, scope);
        }
        districts
    }

    /// `TP ĐBP` in Điện Biên: the one district of the kind whose name has these initials.
    fn district_by_initials(&self, mention: Mention, scope: Scope) -> Vec<(Id, u8)> {
        let Some(title) = mention.title else {
            return Vec::new();
        };
        let tables = &self.places.tables;
        let ids = self.with_initials(mention, Level::District);
        let ids = ids.filter(|&id| tables.unit(id).kind == title.kind && self.distance(id, scope).is_some());
        let fitting: Vec<(Id, u8)> = ids.map(|id| (id, 0)).collect();
        let mut codes = fitting.iter().map(|&(id, _)| tables.unit(id).code);
        let first = codes.next();
        if codes.all(|code| Some(code) == first) {
            fitting
        } else {
            Vec::new()
        }
    }

    /// The units of a level whose initials a mention of one short word is.
    fn with_initials(&self, mention: Mention, level: Level) -> impl Iterator<Item = Id> {
        let places = self.places;
        let one_word = mention.end - mention.name == 1 && self.words.word(mention.name).len() > 1;
        let ids = if one_word {
            places.index.initials(mention.digest)
        } else {
            &[]
        };
        ids.iter()
            .copied()
            .filter(move |&id| places.tables.unit(id).code.level() == level)
    }

    /// How a commune's name and kind fit a mention. Compares letters, so ask for all else before.
    pub(crate) fn fitting(&self, mention: Mention, named: Named) -> Option<Fitting> {
        let unit = match named {
            Named::Itself(unit) => self.places.tables.unit(unit),
            Named::Otherwise(_) => {
                return Some(Fitting {
                    doubt: None,
                    penalty: 2,
                });
            }
        };
        let fit = unit.kind.fits(mention.title, false)?;
        let township = mention.title.is_some_and(|title| title.kind == Kind::Township);
        if township && unit.state == State::Today {
            return None;
        }
        let like = likeness(self.words, mention.name, mention.end, unit.bare_name())?;
        let misspelt = like == Likeness::Other;
        let not_yet =
            unit.state == State::Today && self.as_of.is_some_and(|day| State::on(day) < State::Today);
        let less = u8::from(like == Likeness::Less && self.words.marked);
        Some(Fitting {
            doubt: if misspelt {
                Some(&place::MISSPELT)
            } else {
                not_yet.then_some(&place::NOT_YET)
            },
            penalty: u8::from(fit > Fit::Same) + less + if misspelt { 3 } else { 0 },
        })
    }
}

impl Places {
    /// What a text means that names a province and nothing else.
    pub(crate) fn whole_province(&self, words: &Words) -> Option<Region> {
        let search = Search::of(self, words, None);
        let whole = search.mentions(words.len()).find(|mention| mention.begin == 0)?;
        search.province(whole).map(|(region, _)| region)
    }
}
