//! A population that is hard to keep apart: families with twins, sons named like their fathers, namesakes,
//! and people who apply up to four times, in several provinces, with what clerks make of them. For
//! measuring a matcher: each application comes with the person it is of.

mod application;
mod family;

use crate::NoProvince;
use crate::generator::homes;
use crate::places::Places;
use crate::random::{Draws, Purpose, Weighted};
use family::{Family, Kin};
use schemas::Applicant;
use schemas::provinces::Province;

/// One application with the truth about it.
#[derive(Clone, Debug)]
pub struct KinApplication {
    /// The person.
    pub person: u64,
    /// Who was born together with the person.
    pub twin: Option<Twin>,
    /// The day it was filled in. Example: 2024-08-15
    pub captured_on: String,
    /// What stands on the form.
    pub applicant: Applicant,
}

/// A person's twin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twin {
    /// The other person.
    pub person: u64,
    /// Their names are one word, or one mark or letter of it, apart.
    pub near_name: bool,
}

impl Twin {
    fn of(person: &Kin, other: &Kin) -> Self {
        let (one, two) = (person.name, other.name);
        Self {
            person: other.index,
            near_name: (one.middle == two.middle) != (one.given == two.given),
        }
    }
}

/// The applications of about `people` people, in the order they were taken.
///
/// # Errors
/// [`NoProvince`] when the list is empty or has a code that isn't one of the 63.
pub fn kin<'a>(
    seed: u64,
    people: u64,
    provinces: impl IntoIterator<Item = &'a Province>,
) -> Result<Vec<KinApplication>, NoProvince> {
    let thousands = |at| Places::all().province(at).population_thousands;
    let homes = Weighted::new(homes(provinces)?.into_iter().map(|(at, _)| (at, thousands(at))));
    let mut applications: Vec<(u64, KinApplication)> = Vec::new();
    let (mut next, mut family) = (0, 0);
    while next < people {
        let kin = Family::draw(seed, family, next, &homes);
        for person in &kin.people {
            let mut draws = Draws::keyed(seed, Purpose::KinApplications, person.index);
            let count = match draws.below(100) {
                0..42 => 1,
                42..77 => 2,
                77..94 => 3,
                _ => 4,
            };
            for n in 0..count {
                let day = u64::from(draws.below(360));
                let applicant = application::write(&kin, person, n, &homes, &mut draws);
                let moment = crate::calendar::captured_at(day * 86_400);
                applications.push((
                    day << 40 | draws.bits() >> 24,
                    KinApplication {
                        person: person.index,
                        twin: person.twin.map(|at| Twin::of(person, &kin.people[at])),
                        captured_on: moment[..10].to_owned(),
                        applicant,
                    },
                ));
            }
        }
        next += kin.people.len() as u64;
        family += 1;
    }
    applications.sort_by_key(|(at, _)| *at);
    Ok(applications
        .into_iter()
        .map(|(_, application)| application)
        .collect())
}
