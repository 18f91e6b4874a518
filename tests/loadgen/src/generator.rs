//! The stream of submissions.

use crate::case::{Case, TICKS_PER_HOUSEHOLD};
use crate::household::{Household, Population};
use crate::numbers::{MAX_HOUSEHOLDS, PLACES_IN_HOUSEHOLD};
use crate::person::Person;
use crate::places::{Places, ProvinceIndex};
use crate::submission::Dossier;
use crate::variation::{Step, Variation};
use schemas::provinces::Province;
use schemas::submission::Submission;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

/// One submission and the truth about it.
#[derive(Clone, Debug)]
pub struct Generated {
    /// Slug of the province whose node it is for.
    pub province: Arc<str>,
    /// The person it is about; the same number is the same person.
    pub person: u64,
    /// What it is and what was done to it.
    pub variation: Variation,
    /// What to send.
    pub submission: Submission,
}

/// Provinces that no submissions can be made for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoProvince {
    /// The list is empty.
    #[error("the list of provinces is empty")]
    Empty,
    /// The code is none of the 63 legacy codes.
    #[error("province {slug}: {code} is none of the 63 legacy codes")]
    Unknown {
        /// The province's slug.
        slug: String,
        /// The code that is unknown.
        code: String,
    },
}

/// The provinces of a list by their legacy codes.
pub(crate) fn homes<'a>(
    provinces: impl IntoIterator<Item = &'a Province>,
) -> Result<Vec<(ProvinceIndex, &'a Province)>, NoProvince> {
    let homes: Result<Vec<_>, _> = provinces
        .into_iter()
        .map(|province| match Places::all().index_of(&province.code) {
            Some(at) => Ok((at, province)),
            None => Err(NoProvince::Unknown {
                slug: province.slug.clone(),
                code: province.code.clone(),
            }),
        })
        .collect();
    match homes {
        Ok(homes) if homes.is_empty() => Err(NoProvince::Empty),
        homes => homes,
    }
}

/// What happens next to an application. The order is that of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    tick: u64,
    person: u64,
    application: u8,
    step: Step,
}

/// Yields submissions in the order they are taken, about 15 million of them, then ends.
///
/// The same seed and provinces give the same stream, and a longer run begins with the shorter one.
/// Memory is bounded whatever the length: only steps that are due later are kept.
#[derive(Debug)]
pub struct Generator {
    population: Population,
    slugs: HashMap<ProvinceIndex, Arc<str>>,
    due: BinaryHeap<Reverse<Due>>,
    next_household: u64,
}

impl Generator {
    /// Households are spread over the provinces by their populations in the 2019 census.
    ///
    /// # Errors
    /// [`NoProvince`] when the list is empty or has a code that isn't one of the 63.
    pub fn new<'a>(seed: u64, provinces: impl IntoIterator<Item = &'a Province>) -> Result<Self, NoProvince> {
        Self::weighted(seed, provinces, |thousands| thousands)
    }

    /// Households are spread evenly over the provinces.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn evenly<'a>(
        seed: u64,
        provinces: impl IntoIterator<Item = &'a Province>,
    ) -> Result<Self, NoProvince> {
        Self::weighted(seed, provinces, |_| 1)
    }

    fn weighted<'a>(
        seed: u64,
        provinces: impl IntoIterator<Item = &'a Province>,
        weight: impl Fn(u32) -> u32,
    ) -> Result<Self, NoProvince> {
        let homes = homes(provinces)?;
        let slugs = homes
            .iter()
            .map(|(at, province)| (*at, Arc::from(province.slug.as_str())))
            .collect();
        let weighted = homes
            .iter()
            .map(|&(at, _)| (at, weight(Places::all().province(at).population_thousands)));
        let population = Population::new(seed, weighted);
        Ok(Self {
            population,
            slugs,
            due: BinaryHeap::new(),
            next_household: 0,
        })
    }

    /// The household with this number, below [`MAX_HOUSEHOLDS`].
    pub fn household(&self, index: u64) -> Household {
        self.population.household(index)
    }

    /// The person with this number, if that place in the household is taken.
    pub fn person(&self, index: u64) -> Option<Person> {
        let place = (index % PLACES_IN_HOUSEHOLD) as usize;
        self.household(index / PLACES_IN_HOUSEHOLD).places[place].clone()
    }

    /// Steps kept until they are due: what the generator's memory grows and shrinks with.
    pub fn waiting(&self) -> usize {
        self.due.len()
    }

    /// Takes in the households whose first step may come before the next one due.
    fn take_in(&mut self) {
        while self.next_household < MAX_HOUSEHOLDS {
            let start = self.next_household * TICKS_PER_HOUSEHOLD;
            if self.due.peek().is_some_and(|Reverse(due)| due.tick < start) {
                return;
            }
            let household = self.population.household(self.next_household);
            for Case {
                person,
                application,
                steps,
                ..
            } in Case::of_household(&self.population, &household)
            {
                self.due.extend(steps.into_iter().map(|(tick, step)| {
                    Reverse(Due {
                        tick,
                        person,
                        application,
                        step,
                    })
                }));
            }
            self.next_household += 1;
        }
    }
}

impl Iterator for Generator {
    type Item = Generated;

    fn next(&mut self) -> Option<Generated> {
        self.take_in();
        let Reverse(Due {
            tick,
            person: index,
            application,
            step,
        }) = self.due.pop()?;
        let seed = self.population.seed;
        let household = self.population.household(index / PLACES_IN_HOUSEHOLD);
        let person = household.places[(index % PLACES_IN_HOUSEHOLD) as usize].as_ref()?;
        let case = Case::of(&self.population, &household, index, application);
        let (variation, submission) = Dossier {
            seed,
            household: &household,
            person,
            case: &case,
        }
        .submit(step, tick);
        Some(Generated {
            province: self.slugs[&case.province].clone(),
            person: index,
            variation,
            submission,
        })
    }
}
