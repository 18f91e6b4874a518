//! Names in a text that make a chain: a commune in a district in a province, each right before the next.

use crate::distance::Scope;
use crate::leftover::Leftover;
use crate::mention::{Mention, Named};
use crate::region::Region;
use crate::tables::Id;
use crate::title::{Fit, Kind};
use crate::words::Words;
use crate::{Level, Places};
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

impl Found {
    fn is_plain(&self) -> bool {
        self.penalty == 0 && self.doubt.is_none() && !self.leftover
    }
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
                let may_be_district = mention.title.is_some_and(|title| title.kind != Kind::Province);
                // As a district or commune, a name that is a province's is further from the plain meaning.
                if !may_be_district && self.found.iter().any(Found::is_plain) {
                    return;
                }
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
            self.each_commune(mention, |search, named| {
                let unit = named.unit();
                let inside = districts
                    .iter()
                    .filter_map(|&(district, penalty)| Some(penalty + search.distance_to(unit, district)?))
                    .min();
                let (doubt, penalty) = match inside {
                    Some(penalty) => (None, penalty),
                    None => (Some(&place::NOT_INSIDE), search.distance(unit, scope)? + 3),
                };
                let fitting = search.fitting(mention, named)?;
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
            self.each_commune(mention, |search, named| {
                let unit = named.unit();
                let distance = search.distance(unit, scope)?;
                let fitting = search.fitting(mention, named)?;
                let penalty = distance + u8::from(untitled) + fitting.penalty;
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
    fn each_commune(&mut self, mention: Mention, mut call: impl FnMut(&mut Self, Named) -> Option<()>) {
        let places = self.places;
        for &unit in places.index.units(mention.digest) {
            if places.tables.unit(unit).code.level() == Level::Commune {
                call(self, Named::Itself(unit));
            }
        }
        for &alias in places.index.aliases(mention.digest) {
            let alias = &places.tables.aliases[usize::from(alias)];
            if alias.kind.fits(mention.title, false) == Some(Fit::Same) {
                call(self, Named::Otherwise(alias.unit));
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
            Leftover::Unclear | Leftover::Locality => match self.commune_before(mention, unit) {
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
}
