//! The part of a form about the household and the family.

use crate::calendar::{CAMPAIGN_YEAR, DateForm};
use crate::ethnic::Sex;
use crate::form::{Form, text, written_birth};
use crate::person::{Name, Person, Role};
use crate::random::{Draws, Purpose};
use schemas::{Applicant, Personal};

/// Below this age a guardian signs.
const GUARDED_BELOW: i32 = 14;

impl Form<'_> {
    pub(crate) fn fill_household(&self, fields: &mut Applicant, draws: &mut Draws) {
        let (household, head) = (self.household, self.household.head());
        if draws.chance(900) {
            fields.household_number = text(format!("{:09}", household.index));
        }
        fields.household_head_name = text(head.name.full());
        fields.household_head_number = number_known(head, 700, draws);
        fields.relationship_to_head = text(match (self.person.role, self.person.sex) {
            (Role::Head, _) => "Chủ hộ",
            (Role::Spouse, Sex::Male) => "Chồng",
            (Role::Spouse, Sex::Female) => "Vợ",
            (Role::Elder, Sex::Male) => "Bố",
            (Role::Elder, Sex::Female) => "Mẹ",
            (Role::Child, _) => "Con",
        });
    }

    pub(crate) fn fill_relatives(&self, fields: &mut Applicant, dates: DateForm, draws: &mut Draws) {
        let (household, person) = (self.household, self.person);
        let birth =
            |of: &Person, draws: &mut Draws| draws.chance(600).then(|| written_birth(of.born, dates, draws));
        let father = household.parent_of(person, Sex::Male);
        let mother = household.parent_of(person, Sex::Female);
        fields.father_name = text(
            father
                .map_or_else(|| self.absent_parent(Sex::Male), |p| p.name)
                .full(),
        );
        fields.mother_name = text(
            mother
                .map_or_else(|| self.absent_parent(Sex::Female), |p| p.name)
                .full(),
        );
        if let Some(father) = father {
            fields.father_number = number_known(father, 750, draws);
            fields.father_date_of_birth = birth(father, draws).and_then(text);
        }
        if let Some(mother) = mother {
            fields.mother_number = number_known(mother, 750, draws);
            fields.mother_date_of_birth = birth(mother, draws).and_then(text);
        }
        if let Some(spouse) = household.spouse_of(person) {
            fields.spouse_name = text(spouse.name.full());
            fields.spouse_number = number_known(spouse, 750, draws);
        }
        if CAMPAIGN_YEAR - person.born.year < GUARDED_BELOW {
            let guardian = household.head();
            fields.guardian_name = text(guardian.name.full());
            fields.guardian_number = number_known(guardian, 900, draws);
        }
    }

    /// The name of a parent who doesn't live there: the same for brothers and sisters, and a father
    /// has his child's family name.
    fn absent_parent(&self, sex: Sex) -> Name {
        let person = self.person;
        let child_of = if person.role == Role::Child {
            self.household.head().index
        } else {
            person.index
        };
        let part = if person.role == Role::Child { 2 } else { 0 } + sex as u64;
        let mut draws = Draws::part(self.seed, Purpose::Relatives, child_of, part);
        let surname = (sex == Sex::Male).then_some(person.name.surname);
        Name::draw(person.group, sex, surname, &mut draws)
    }
}

/// A relative's personal number, where there is one and the applicant knows it.
fn number_known(relative: &Person, per_mille: u32, draws: &mut Draws) -> Option<Personal<String>> {
    let known = draws.chance(per_mille);
    relative
        .personal_number
        .filter(|_| known)
        .map(|number| Personal::new(number.to_string()))
}
