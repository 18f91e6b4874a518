//! A filled-in form: a person's fields as one clerk wrote them for one application.

use crate::calendar::{CAMPAIGN_YEAR, Date, DateForm};
use crate::case::Case;
use crate::facts::{self, Facts};
use crate::household::Household;
use crate::person::Person;
use crate::places::{Places, WardIndex};
use crate::random::Draws;
use schemas::{Applicant, Personal};

/// What a form is filled in from.
pub(crate) struct Form<'a> {
    pub(crate) seed: u64,
    pub(crate) household: &'a Household,
    pub(crate) person: &'a Person,
    pub(crate) case: &'a Case,
}

/// A value as it stands in an [`Applicant`].
pub(crate) fn text(value: impl Into<String>) -> Option<Personal<String>> {
    Some(Personal::new(value.into()))
}

impl Form<'_> {
    /// The fields, filled in with the habits that `draws` gives this clerk.
    pub(crate) fn fill(&self, draws: &mut Draws) -> Applicant {
        let mut fields = Applicant::default();
        let facts = Facts::of(self.seed, self.household, self.person);
        let dates = date_form(draws);
        self.fill_identity(&mut fields, &facts, dates, draws);
        self.fill_places(&mut fields, &facts, draws);
        self.fill_household(&mut fields, draws);
        self.fill_relatives(&mut fields, dates, draws);
        fields
    }

    fn fill_identity(&self, fields: &mut Applicant, facts: &Facts, dates: DateForm, draws: &mut Draws) {
        let person = self.person;
        fields.full_name = text(person.name.full());
        if draws.chance(450) {
            fields.surname = text(person.name.surname);
            fields.middle_name = text(person.name.middle).filter(|middle| !middle.expose().is_empty());
            fields.given_name = text(person.name.given);
        }
        if draws.chance(40) {
            fields.other_name = text(format!(
                "{} {}",
                person.name.surname,
                person.group.given(person.sex).pick(draws)
            ));
        }
        fields.date_of_birth = text(written_birth(person.born, dates, draws));
        fields.sex = text(facts::written_sex(person.sex, draws));
        fields.personal_number = person
            .personal_number
            .map(|number| Personal::new(number.to_string()));
        if let Some(card) = facts.old_card.as_ref().filter(|_| draws.chance(900)) {
            fields.old_number = text(&card.number);
            fields.old_number_issued_on = text(card.issued_on.written(dates));
            fields.old_number_issued_at = text(&card.issued_at);
        }
        fields.passport_number = facts.passport.clone().map(Personal::new);
        fields.nationality = text(draws.pick(&["Việt Nam", "Việt Nam", "Việt Nam", "VN"]));
        fields.ethnicity = text(person.group.name);
        fields.religion = draws.chance(900).then_some(facts.religion).and_then(text);
        fields.marital_status = draws.chance(950).then_some(facts.marital_status).and_then(text);
        fields.blood_type = facts.blood_type.and_then(text);
        fields.phone = facts
            .phone
            .filter(|_| draws.chance(920))
            .and_then(|phone| text(written_phone(phone, draws)));
        fields.email = facts.email.clone().map(Personal::new);
        fields.education = draws.chance(900).then_some(facts.education).and_then(text);
        fields.occupation = draws.chance(950).then_some(facts.occupation).and_then(text);
        fields.workplace = facts.workplace.clone().map(Personal::new);
    }

    fn fill_places(&self, fields: &mut Applicant, facts: &Facts, draws: &mut Draws) {
        let places = Places::all();
        let village = self.household.village;
        let birth = self.person.birth_ward;
        fields.birth_place = text(written_place(birth, draws));
        let birth_province = places.province_of(birth);
        fields.birth_province = text(if draws.chance(150) {
            birth_province.code
        } else {
            birth_province.short_name
        });
        fields.birth_commune = draws
            .chance(800)
            .then(|| written_commune(birth, draws))
            .and_then(text);
        fields.home_town = text(written_place(facts.home_ward, draws));
        fields.home_commune = draws
            .chance(750)
            .then(|| written_commune(facts.home_ward, draws))
            .and_then(text);
        let home = self.household.ward;
        fields.permanent_address = text(format!("{village}, {}", written_place(home, draws)));
        fields.permanent_commune = draws
            .chance(950)
            .then(|| written_commune(home, draws))
            .and_then(text);
        let current = if self.case.elsewhere { self.case.ward } else { home };
        if self.case.elsewhere {
            let lodging = format!("Số nhà {}", 1 + draws.below(200));
            fields.current_address = text(format!("{lodging}, {}", written_place(current, draws)));
        } else if draws.chance(880) {
            fields.current_address = text(format!("{village}, {}", written_place(home, draws)));
        }
        fields.current_commune = draws
            .chance(850)
            .then(|| written_commune(current, draws))
            .and_then(text);
    }
}

/// "Xã Noong Hẹt, Huyện Điện Biên, Tỉnh Điện Biên", or with fewer words.
fn written_place(ward: WardIndex, draws: &mut Draws) -> String {
    let (place, province) = (Places::all().ward(ward), Places::all().province_of(ward));
    match draws.below(10) {
        0..3 => format!("{}, {}, {}", place.name, place.district, province.name),
        3..7 => format!("{}, {}, {}", place.name, place.district, province.short_name),
        7 => format!(
            "{} - {} - {}",
            without_kind(place.name),
            without_kind(place.district),
            province.short_name
        ),
        _ => format!(
            "{}, {}, {}",
            without_kind(place.name),
            without_kind(place.district),
            province.short_name
        ),
    }
}

/// The name of a commune, sometimes its code.
fn written_commune(ward: WardIndex, draws: &mut Draws) -> &'static str {
    let ward = Places::all().ward(ward);
    if draws.chance(350) { ward.code } else { ward.name }
}

/// "Xã Noong Hẹt" becomes "Noong Hẹt"; "Phường 1" stays, since "1" names nothing.
fn without_kind(name: &'static str) -> &'static str {
    let kinds = [
        "Xã ",
        "Phường ",
        "Thị trấn ",
        "Huyện ",
        "Quận ",
        "Thị xã ",
        "Thành phố ",
    ];
    let bare = kinds
        .iter()
        .find_map(|kind| name.strip_prefix(kind))
        .unwrap_or(name);
    if bare.starts_with(|c: char| c.is_ascii_digit()) {
        name
    } else {
        bare
    }
}

fn date_form(draws: &mut Draws) -> DateForm {
    match draws.below(100) {
        0..72 => DateForm::Slashes,
        72..82 => DateForm::Short,
        82..91 => DateForm::Dashes,
        91..95 => DateForm::Dots,
        95..98 => DateForm::Words,
        _ => DateForm::Iso,
    }
}

/// A date of birth; for those whose papers say 1 January, often the year alone.
pub(crate) fn written_birth(born: Date, form: DateForm, draws: &mut Draws) -> String {
    let day_unknown = born.month == 1 && born.day == 1 && born.year < CAMPAIGN_YEAR - 45;
    born.written(if day_unknown && draws.chance(700) {
        DateForm::YearOnly
    } else {
        form
    })
}

fn written_phone(digits: u32, draws: &mut Draws) -> String {
    let (operator, middle, end) = (digits / 1_000_000, digits / 1000 % 1000, digits % 1000);
    match draws.below(10) {
        0..7 => format!("0{digits}"),
        7 => format!("0{operator} {middle:03} {end:03}"),
        8 => format!("0{operator}.{middle:03}.{end:03}"),
        _ => format!("+84{digits}"),
    }
}
