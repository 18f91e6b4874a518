//! Cases: which applications a person makes, where and when, and what follows each.

use crate::calendar::{self, CAMPAIGN_YEAR};
use crate::household::{Household, Population};
use crate::numbers::PLACES_IN_HOUSEHOLD;
use crate::person::Person;
use crate::places::{Places, ProvinceIndex, WardIndex};
use crate::random::{Draws, Purpose};
use crate::variation::{Defect, Step};
use schemas::event::Service;

/// Ticks (seconds of the campaign) from one household to the next, so that a tick is about a line.
pub(crate) const TICKS_PER_HOUSEHOLD: u64 = 5;
/// No step of a household comes later than this after the household's own tick: what bounds the memory.
#[cfg(test)]
const LATEST_STEP: u64 = 40 + 2 * 10_000 + 2 * 8_000;

const ADULTS_APPLY: u32 = 850;
const CHILDREN_APPLY: u32 = 250;
/// Age from which a card is compulsory. Source: Law on Identity (26/2023/QH15), article 19.
const CARD_AGE: i32 = 14;

// Shares per thousand applications.
const DEFECTIVE: u32 = 15;
const RESUBMITTED: u32 = 60;
const REVISED: u32 = 95;
const VERIFIED: u32 = 40;
const WITHDRAWN: u32 = 10;
const ELSEWHERE: u32 = 300;
const WITHOUT_ID: u32 = 40;
const BY_DOSSIER_CODE: u32 = 150;

/// One application of one person, with all that follows it.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) person: u64,
    /// Which of the person's applications: 0, 1, 2.
    pub(crate) application: u8,
    pub(crate) province: ProvinceIndex,
    /// The ward where it was taken.
    pub(crate) ward: WardIndex,
    /// Taken in another province than the household's.
    pub(crate) elsewhere: bool,
    pub(crate) service: Service,
    pub(crate) defect: Option<Defect>,
    /// The last revision there will be.
    pub(crate) revisions: u8,
    /// What happens and when, in ticks.
    pub(crate) steps: Vec<(u64, Step)>,
}

impl Case {
    /// The cases of a household.
    pub(crate) fn of_household(population: &Population, household: &Household) -> Vec<Self> {
        let mut cases = Vec::new();
        for person in household.people() {
            for application in 0..applications_of(population.seed, person) {
                cases.push(Self::of(population, household, person.index, application));
            }
        }
        cases
    }

    pub(crate) fn of(population: &Population, household: &Household, person: u64, application: u8) -> Self {
        let mut draws = Draws::part(population.seed, Purpose::Case, person, u64::from(application));
        let start = person / PLACES_IN_HOUSEHOLD * TICKS_PER_HOUSEHOLD + u64::from(draws.below(40));
        let later = u64::from(application) * draws.delay(50, 10_000);
        let first = start + later;

        let visited = population.home(&mut draws);
        let elsewhere = application > 0 && draws.chance(ELSEWHERE) && visited != household.home;
        let province = if elsewhere { visited } else { household.home };
        let ward = if elsewhere {
            Places::all().ward_in(visited, &mut draws)
        } else {
            household.ward
        };
        let service = match (application, draws.below(10)) {
            (0, 0..8) => Service::FirstIssue,
            (0, _) | (_, 0..3) => Service::Reissue,
            (_, 3..6) => Service::Change,
            (_, 6..9) => Service::Residence,
            (_, _) => Service::Supplement,
        };
        let defect = draws.chance(DEFECTIVE).then(|| draw_defect(&mut draws));
        let mut case = Self {
            person,
            application,
            province,
            ward,
            elsewhere,
            service,
            defect,
            revisions: 1,
            steps: Vec::new(),
        };
        case.steps.push((first, Step::Application { revision: 1 }));
        case.draw_revisions(&mut draws);
        if defect.is_none() {
            case.draw_consequences(first, &mut draws);
        }
        case
    }

    fn draw_revisions(&mut self, draws: &mut Draws) {
        let mut tick = self.steps[0].0;
        let share = if self.defect.is_some() { 500 } else { REVISED };
        while self.revisions < 3 && draws.chance(if self.revisions == 1 { share } else { 180 }) {
            self.revisions += 1;
            tick += draws.delay(60, 8_000);
            self.steps.push((
                tick,
                Step::Application {
                    revision: self.revisions,
                },
            ));
        }
    }

    fn draw_consequences(&mut self, first: u64, draws: &mut Draws) {
        if draws.chance(RESUBMITTED) {
            self.steps
                .push((first + draws.delay(5, 4_000), Step::Resubmission));
        }
        if draws.chance(VERIFIED) {
            let mut tick = first;
            for stage in 1..=draws.pick(&[1, 1, 2, 3]) {
                tick += draws.delay(30, 4_000);
                self.steps.push((tick, Step::Verification { stage }));
            }
        }
        if draws.chance(WITHDRAWN) {
            self.steps
                .push((first + draws.delay(30, 8_000), Step::Withdrawal));
        }
    }

    /// When this revision was taken, in ticks; that of revision 1 for a resubmission of it.
    pub(crate) fn tick_of_revision(&self, revision: u8) -> u64 {
        let taken = self
            .steps
            .iter()
            .find(|&&(_, step)| step == Step::Application { revision });
        taken.unwrap_or(&self.steps[0]).0
    }

    /// The newest revision that there is at a tick.
    pub(crate) fn revision_at(&self, tick: u64) -> u8 {
        let taken = self.steps.iter().filter(|&&(at, _)| at <= tick);
        let revisions = taken.filter_map(|&(_, step)| match step {
            Step::Application { revision } => Some(revision),
            Step::Resubmission | Step::Verification { .. } | Step::Withdrawal => None,
        });
        revisions.max().unwrap_or(1)
    }

    /// The id that the application is submitted with: a UUID, the office's dossier code, or none where
    /// nothing refers to it later.
    pub(crate) fn application_id(&self, seed: u64) -> Option<String> {
        let mut draws = Draws::part(
            seed,
            Purpose::ApplicationId,
            self.person,
            u64::from(self.application),
        );
        match draws.below(1000) {
            ..WITHOUT_ID if self.steps.len() == 1 => None,
            WITHOUT_ID..BY_DOSSIER_CODE => {
                let commune = Places::all().ward(self.ward).code;
                let day = calendar::moment(self.steps[0].0).format("%y%m%d");
                Some(format!(
                    "G01.899.{commune}.{day}.{:08}{}",
                    self.person, self.application
                ))
            }
            _ => {
                let bits = (u128::from(draws.bits()) << 64) | u128::from(draws.bits());
                Some(
                    uuid::Builder::from_random_bytes(bits.to_be_bytes())
                        .into_uuid()
                        .to_string(),
                )
            }
        }
    }
}

/// How many applications a person makes in the campaign: 0 to 3.
fn applications_of(seed: u64, person: &Person) -> u8 {
    let mut draws = Draws::keyed(seed, Purpose::Cases, person.index);
    let adult = CAMPAIGN_YEAR - person.born.year >= CARD_AGE;
    if !draws.chance(if adult { ADULTS_APPLY } else { CHILDREN_APPLY }) {
        return 0;
    }
    match draws.below(1000) {
        0..40 => 3,
        40..220 => 2,
        _ => 1,
    }
}

fn draw_defect(draws: &mut Draws) -> Defect {
    draws.pick(&[
        Defect::NoName,
        Defect::ImpossibleDate,
        Defect::BornInFuture,
        Defect::EmptyApplicant,
        Defect::RevisionZero,
        Defect::UnreadableMoment,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_step_comes_before_its_household_or_later_than_the_limit() {
        let population = Population::new(3, [(0, 1), (5, 1)]);
        for index in 0..20_000 {
            let household = population.household(index);
            let start = index * TICKS_PER_HOUSEHOLD;
            for case in Case::of_household(&population, &household) {
                for (tick, step) in case.steps {
                    assert!(
                        (start..=start + LATEST_STEP).contains(&tick),
                        "{index}: {step:?} at {tick}"
                    );
                }
            }
        }
    }
}
