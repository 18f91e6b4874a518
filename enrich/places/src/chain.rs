//! Names in a text that make a chain: a commune in a district in a province, each right before the next.

use crate::index::{Digest, LONGEST_NAME};
use crate::likeness::{Likeness, likeness};
use crate::region::{self, Region};
use crate::tables::Id;
use crate::title::{Fit, Kind, Title, ends_numbered_locality, is_locality};
use crate::words::{Gap, Words};
use crate::{Level, Places, State};
use chrono::NaiveDate;
use rules::Rule;
use rules::catalogue::place;

/// What a chain ends in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A commune or district.
    Unit(Id),
    /// A province, perhaps a former one.
    Province(Region),
}

/// One way to understand the text.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) target: Target,
    /// Why it can't be taken for certain.
    pub(crate) doubt: Option<&'static Rule>,
    /// How far it is from the plain meaning of the text on the day.
    pub(crate) penalty: u8,
    /// Whether words before the chain were passed over.
    pub(crate) leftover: bool,
}

/// A search of one text.
pub(crate) struct Search<'a> {
    pub(crate) places: &'a Places,
    pub(crate) words: &'a Words,
    pub(crate) as_of: Option<NaiveDate>,
    pub(crate) context: Option<Region>,
    pub(crate) found: Vec<Found>,
    /// The longest chain without a commune, for suggestions: province, districts, and where it begins.
    pub(crate) partial: Option<Partial>,
}

/// A chain that has no commune.
#[derive(Clone, Debug)]
pub(crate) struct Partial {
    pub(crate) region: Region,
    pub(crate) districts: Vec<Id>,
    pub(crate) begin: usize,
}

/// Words of the text that may be a name, with the word for a kind before them.
#[derive(Clone, Copy)]
struct Mention {
    begin: usize,
    name: usize,
    end: usize,
    title: Option<Title>,
    digest: Digest,
}

/// What the words before a chain are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leftover {
    None,
    /// A house, a street, a village.
    Locality,
    /// Something without a word that says what it is.
    Unclear,
    /// Another unit.
    Unit,
}

/// The province a chain lies in, and how far that is from the plain meaning.
#[derive(Clone, Copy)]
struct Scope {
    region: Option<Region>,
    penalty: u8,
    named: bool,
}

impl<'a> Search<'a> {
    pub(crate) const fn of(places: &'a Places, words: &'a Words, as_of: Option<NaiveDate>) -> Self {
        Self {
            places,
            words,
            as_of,
            context: None,
            found: Vec::new(),
            partial: None,
        }
    }

    /// Finds all chains that end with the text.
    pub(crate) fn run(&mut self) {
        let end = self.words.len();
        for mention in self.mentions(end) {
            if let Some((region, penalty)) = self.province(mention) {
                let scope = Scope {
                    region: Some(region),
                    penalty,
                    named: true,
                };
                self.in_province(scope, mention.begin);
            }
        }
        let scope = Scope {
            region: self.context,
            penalty: 0,
            named: false,
        };
        self.in_province(scope, end);
    }

    /// Finds the chains that a province, known from a nearest name, stands behind.
    pub(crate) fn run_in(&mut self, region: Region, end: usize) {
        let scope = Scope {
            region: Some(region),
            penalty: 0,
            named: true,
        };
        self.in_province(scope, end);
    }

    fn in_province(&mut self, scope: Scope, end: usize) {
        if let Some(region) = scope.region.filter(|_| scope.named) {
            if end == 0 {
                self.push(Target::Province(region), None, scope.penalty, false);
            }
            self.keep_partial(region, &[], end);
        }
        for mention in self.mentions(end) {
            let districts = self.districts(mention, scope);
            if !districts.is_empty() {
                let others = self.found.len();
                self.in_district(&districts, scope, mention.begin);
                if self.found[others..].iter().all(|found| found.doubt.is_some()) {
                    self.district_alone(mention, &districts, scope);
                }
            }
        }
        self.communes(scope, end);
    }

    /// Communes of these districts that end before word `end`.
    pub(crate) fn in_districts(&mut self, districts: &[Id], region: Region, end: usize) {
        let districts: Vec<(Id, u8)> = districts.iter().map(|&id| (id, 0)).collect();
        let scope = Scope {
            region: Some(region),
            penalty: 0,
            named: true,
        };
        self.in_district(&districts, scope, end);
    }

    fn in_district(&mut self, districts: &[(Id, u8)], scope: Scope, end: usize) {
        for mention in self.mentions(end) {
            self.each_commune(mention, |search, unit, fitting| {
                let inside = districts
                    .iter()
                    .filter_map(|&(district, penalty)| Some(penalty + search.distance_to(unit, district)?))
                    .min();
                let (doubt, penalty) = match inside {
                    Some(penalty) => (None, penalty),
                    None => (Some(&place::NOT_INSIDE), search.distance(unit, scope)? + 3),
                };
                let late = search.lateness_in_district(search.places.tables.unit(unit).state);
                search.commune(
                    mention,
                    unit,
                    doubt.or(fitting.doubt),
                    penalty + fitting.penalty + late,
                )
            });
        }
    }

    fn communes(&mut self, scope: Scope, end: usize) {
        for mention in self.mentions(end) {
            // A short word alone, such as Tư, is a commune's name somewhere in the country.
            let bare = scope.region.is_none() && mention.title.is_none();
            if bare && mention.end - mention.name < 2 {
                continue;
            }
            // `số 5 Lê Lợi, Yên Bái`: the ward of Yên Bái, or one of the province that isn't named.
            let untitled = mention.title.is_none() && !scope.named;
            let may_be_province = untitled && mention.begin > 0 && self.province(mention).is_some();
            // `Hà Nội, Him Lam`: what stands before may be the province, which then is another one.
            let nowhere = scope.region.is_none() && self.leftover(mention.begin) == Leftover::Unclear;
            self.each_commune(mention, |search, unit, fitting| {
                let penalty = search.distance(unit, scope)? + u8::from(untitled) + fitting.penalty;
                let late = search.lateness(search.places.tables.unit(unit).state);
                let doubt = fitting
                    .doubt
                    .or(may_be_province.then_some(&place::NO_COMMUNE))
                    .or(nowhere.then_some(&place::AMBIGUOUS));
                search.commune(mention, unit, doubt, penalty + late)
            });
        }
    }

    /// Calls for every commune that a mention may name.
    fn each_commune(&mut self, mention: Mention, mut call: impl FnMut(&mut Self, Id, Fitting) -> Option<()>) {
        let places = self.places;
        for &unit in places.index.units(mention.digest) {
            if places.tables.unit(unit).code.level() == Level::Commune
                && let Some(fitting) = self.fitting(mention, unit)
            {
                call(self, unit, fitting);
            }
        }
        for &alias in places.index.aliases(mention.digest) {
            let alias = &places.tables.aliases[usize::from(alias)];
            if alias.kind.fits(mention.title, false) == Some(Fit::Same) {
                let fitting = Fitting {
                    doubt: None,
                    penalty: 2,
                };
                call(self, alias.unit, fitting);
            }
        }
    }

    /// Adds a chain that begins with a commune.
    fn commune(
        &mut self,
        mention: Mention,
        unit: Id,
        doubt: Option<&'static Rule>,
        penalty: u8,
    ) -> Option<()> {
        let leftover = self.leftover(mention.begin);
        let (doubt, penalty) = match leftover {
            Leftover::Unit => return None,
            _ if self.is_open(mention) => (Some(&place::UNKNOWN_COMMUNE), penalty + 4),
            Leftover::None => (doubt, penalty),
            Leftover::Unclear | Leftover::Locality => match self.commune_before(mention.begin, unit) {
                Some(clash) => (doubt.or(Some(clash)), penalty + 1),
                None => (doubt, penalty + u8::from(leftover == Leftover::Unclear)),
            },
        };
        self.push(Target::Unit(unit), doubt, penalty, leftover != Leftover::None);
        Some(())
    }

    /// A district without a commune: all that the text says, or one that is a single unit today.
    fn district_alone(&mut self, mention: Mention, districts: &[(Id, u8)], scope: Scope) {
        let region = scope.region.unwrap_or_default();
        let ids: Vec<Id> = districts.iter().map(|&(id, _)| id).collect();
        let leftover = self.leftover(mention.begin);
        // A name alone is rather the province's or the commune's.
        let alone = u8::from(!scope.named) + u8::from(!scope.named && mention.title.is_none());
        for &(id, penalty) in districts {
            let (doubt, passed_over) = match leftover {
                Leftover::None => (None, 0),
                _ if self.places.tables.heirs(id).len() == 1 && !self.is_open(mention) => (None, 3),
                Leftover::Unit => continue,
                Leftover::Locality => (Some(&place::NO_COMMUNE), 0),
                Leftover::Unclear => (Some(&place::NO_COMMUNE), 1),
            };
            let late = self.lateness(self.places.tables.unit(id).state);
            let penalty = penalty + alone + passed_over + late;
            self.push(Target::Unit(id), doubt, penalty, leftover != Leftover::None);
        }
        self.keep_partial(region, &ids, mention.begin);
    }

    fn push(&mut self, target: Target, doubt: Option<&'static Rule>, penalty: u8, leftover: bool) {
        self.found.push(Found {
            target,
            doubt,
            penalty,
            leftover,
        });
    }

    fn keep_partial(&mut self, region: Region, districts: &[Id], begin: usize) {
        if self.partial.as_ref().is_none_or(|partial| begin < partial.begin) {
            self.partial = Some(Partial {
                region,
                districts: districts.to_vec(),
                begin,
            });
        }
    }

    /// Names that end before word `end`, from the shortest to the longest.
    fn mentions(&self, end: usize) -> impl Iterator<Item = Mention> + use<'a> {
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
    fn province(&self, mention: Mention) -> Option<(Region, u8)> {
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
        (!all.is_empty()).then_some((all, if least == u8::MAX { 0 } else { least }))
    }

    /// The districts of a region that a mention may name.
    fn districts(&self, mention: Mention, scope: Scope) -> Vec<(Id, u8)> {
        let tables = &self.places.tables;
        let mut districts = Vec::new();
        // Cao Bằng without a word for its kind is rather the province.
        let rather_province = !scope.named && mention.title.is_none() && self.province(mention).is_some();
        for &id in self.places.index.units(mention.digest) {
            let unit = tables.unit(id);
            if unit.code.level() == Level::District
                && let Some(fit) = unit.kind.fits(mention.title, false)
                && let Some(like) = likeness(self.words, mention.name, mention.end, unit.bare_name())
                && let Some(distance) = self.distance(id, scope)
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
        let initials = self.words.word(mention.name);
        let kind = mention.title.map(|title| title.kind);
        if mention.end - mention.name > 1 || !(2..=4).contains(&initials.len()) || kind.is_none() {
            return Vec::new();
        }
        let tables = &self.places.tables;
        let ids = (0..).zip(&tables.units).filter(|(id, unit)| {
            unit.code.level() == Level::District
                && Some(unit.kind) == kind
                && fold::fold(unit.bare_name())
                    .split(' ')
                    .map(|word| word.as_bytes().first().copied())
                    .eq(initials.iter().map(|&letter| Some(letter)))
                && self.distance(*id, scope).is_some()
        });
        let fitting: Vec<(Id, u8)> = ids.map(|(id, _)| (id, 0)).collect();
        let mut codes = fitting.iter().map(|&(id, _)| tables.unit(id).code);
        let first = codes.next();
        if codes.all(|code| Some(code) == first) {
            fitting
        } else {
            Vec::new()
        }
    }

    /// How a commune's name and kind fit a mention.
    fn fitting(&self, mention: Mention, id: Id) -> Option<Fitting> {
        let unit = self.places.tables.unit(id);
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

    /// How far a unit is from a scope; `None` if it isn't inside.
    fn distance(&self, unit: Id, scope: Scope) -> Option<u8> {
        match scope.region {
            Some(region) => Some(scope.penalty + region.distance(&self.places.tables, unit)?),
            None => Some(0),
        }
    }

    /// How far a commune is from a district; `None` if it isn't inside.
    fn distance_to(&self, commune: Id, district: Id) -> Option<u8> {
        let tables = &self.places.tables;
        let (inner, outer) = (tables.unit(commune), tables.unit(district));
        if inner.state == State::Today {
            // A commune of today behind a district that is no more.
            return tables.heirs(district).contains(&commune).then_some(2);
        }
        if inner.state == outer.state {
            return (inner.district == Some(district)).then_some(0);
        }
        let same = inner
            .district
            .is_some_and(|id| tables.unit(id).code == outer.code);
        same.then_some(0)
    }

    /// 1 for a unit of a state that isn't the one of the day.
    fn lateness(&self, state: State) -> u8 {
        let Some(day) = self.as_of else { return 0 };
        u8::from(match State::on(day) {
            State::Of2021 => state == State::Today,
            then => state != then,
        })
    }

    /// The same behind a district: who names one writes as before the reform, whatever the day.
    fn lateness_in_district(&self, state: State) -> u8 {
        match self.as_of.map(State::on) {
            Some(State::Today) => 0,
            _ => self.lateness(state),
        }
    }

    /// Whether the name of a mention may have begun further to the left.
    fn is_open(&self, mention: Mention) -> bool {
        mention.title.is_none()
            && self.words.before(mention.name) < Gap::Soft
            && !ends_numbered_locality(self.words, mention.name)
    }

    fn leftover(&self, begin: usize) -> Leftover {
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
    fn commune_before(&self, begin: usize, unit: Id) -> Option<&'static Rule> {
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

/// How well a commune fits a mention.
struct Fitting {
    doubt: Option<&'static Rule>,
    penalty: u8,
}

impl Places {
    /// What a text means that names a province and nothing else.
    pub(crate) fn whole_province(&self, words: &Words) -> Option<Region> {
        let search = Search::of(self, words, None);
        let whole = search.mentions(words.len()).find(|mention| mention.begin == 0)?;
        search.province(whole).map(|(region, _)| region)
    }
}
