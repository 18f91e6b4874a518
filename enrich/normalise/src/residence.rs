//! The places of a form together: a commune has a field of its own, and stands in an address as well.

use crate::applicant::Values;
use crate::{Context, Normalised, place};
use rules::catalogue::place as rule;
use rules::{Reading, Rule};
use schemas::{Applicant, Field};

/// A commune's field and the text that names it too.
struct Residence {
    commune: Field,
    address: Field,
    /// Whether the place belongs to the past, where units had names that no list has.
    is_past: bool,
}

const RESIDENCES: [Residence; 4] = [
    Residence {
        commune: Field::BirthCommune,
        address: Field::BirthPlace,
        is_past: true,
    },
    Residence {
        commune: Field::HomeCommune,
        address: Field::HomeTown,
        is_past: true,
    },
    Residence {
        commune: Field::PermanentCommune,
        address: Field::PermanentAddress,
        is_past: false,
    },
    Residence {
        commune: Field::CurrentCommune,
        address: Field::CurrentAddress,
        is_past: false,
    },
];

/// Whether a field is read here, together with an address.
pub(crate) fn is_commune(field: Field) -> bool {
    RESIDENCES.iter().any(|residence| residence.commune == field)
}

/// Reads the communes, each with what its address says.
pub(crate) fn read(written: &Applicant, context: &Context<'_>, values: &mut Values) {
    let given = |field| written.get(field).filter(|text| !text.is_empty());
    let birth_province = Normalised::of(written, &values.changes)
        .get(Field::BirthProvince)
        .map(str::to_owned);
    let mut permanent: Option<(&str, Reading)> = None;
    for residence in &RESIDENCES {
        let born = residence.commune == Field::BirthCommune;
        let form = Form {
            context,
            province: given(Field::BirthProvince).filter(|_| born),
            province_of_today: birth_province.as_deref().filter(|_| born),
            home: permanent.as_ref().filter(|_| !residence.is_past),
        };
        let address = given(residence.address)
            .map(|text| (text, form.read_address(text)))
            .filter(|(_, reading)| is_known(reading));
        match (given(residence.commune), address) {
            (Some(text), address) => {
                let reading = form.read(text, address.as_ref().map(|(text, reading)| (*text, reading)));
                if residence.commune == Field::PermanentCommune {
                    permanent = Some((text, reading.clone()));
                }
                values.take(residence.commune, text, residence.on_a_form(reading, text));
            }
            (None, Some((text, address))) => {
                if let Some(value) = &address.value {
                    values.change(residence.commune, value.clone(), "place.of-address");
                }
                if residence.commune == Field::PermanentCommune {
                    permanent = Some((text, address));
                }
            }
            (None, None) => {}
        }
    }
}

/// Whether a text names one unit, though it may have become several.
fn is_known(reading: &Reading) -> bool {
    let divided = |found: &&'static Rule| *found == &rule::SPLIT || *found == &rule::SUCCESSOR_UNKNOWN;
    match &reading.value {
        Some(value) => !value.is_empty(),
        None => !reading.found.is_empty() && reading.found.iter().all(divided),
    }
}

/// Whether a reading names a unit, alone or among those that a unit became.
fn names(reading: &Reading, unit: &String) -> bool {
    reading.value.as_ref() == Some(unit) || reading.candidates.contains(unit)
}

/// What a commune's field is read with.
struct Form<'a> {
    context: &'a Context<'a>,
    /// The province that another field gives, as written.
    province: Option<&'a str>,
    /// The same, as a unit of today.
    province_of_today: Option<&'a str>,
    /// The commune of permanent residence, as written and as read: the person may be living there too.
    home: Option<&'a (&'a str, Reading)>,
}

impl Form<'_> {
    /// Mostly an address names its province itself, and is the same whatever another field says.
    fn read_address(&self, address: &str) -> Reading {
        let reading = place::commune_near(address, self.context, None);
        let inside = match (&reading.value, self.province_of_today) {
            (Some(value), Some(province)) => place::province_of(value).as_deref() == Some(province),
            (Some(_), None) => true,
            (None, _) => false,
        };
        match self.province {
            Some(province) if !inside => place::commune_near(address, self.context, Some(province)),
            _ => reading,
        }
    }

    fn read(&self, text: &str, address: Option<(&str, &Reading)>) -> Reading {
        let Some((address, at)) = address else {
            return self.read_alone(text);
        };
        if at.value.is_some() && stands_in(address, text) {
            return of_address(at);
        }
        let around = at.value.iter().chain(&at.candidates).next();
        let around = around.and_then(|unit| place::province_of(unit));
        let reading = place::commune_near(text, self.context, around.as_deref().or(self.province));
        let meant = |unit: &String| names(at, unit);
        let agree = match &reading.value {
            Some(value) if value.is_empty() || meant(value) => return reading,
            Some(_) => false,
            None => reading.candidates.iter().any(meant),
        };
        if agree || is_named_in(address, text) {
            return of_address(at);
        }
        match reading.value {
            Some(_) => reading.with(&rule::ADDRESS_DISAGREES),
            None => reading,
        }
    }

    /// Without an address. A name that several communes have is rather one near home.
    fn read_alone(&self, text: &str) -> Reading {
        let reading = place::commune_near(text, self.context, self.province);
        let Some((written, home)) = self.home.filter(|_| reading.value.is_none()) else {
            return reading;
        };
        if *written == text || is_known(home) && reading.candidates.iter().any(|unit| names(home, unit)) {
            return home.clone();
        }
        let around = home.value.as_deref().and_then(place::province_of);
        let nearby = place::commune_near(text, self.context, around.as_deref());
        if is_known(&nearby) { nearby } else { reading }
    }
}

/// What an address says of its commune's field: more, because it has a district.
fn of_address(at: &Reading) -> Reading {
    let certain = at.value.is_some();
    Reading {
        changed_by: certain.then_some("place.address").into_iter().collect(),
        ..at.clone()
    }
}

/// Whether a commune's name, written the same way, is a whole part of an address.
fn stands_in(address: &str, commune: &str) -> bool {
    let Some((_, behind)) = address.split_once(commune) else {
        return false;
    };
    let is_name = commune.starts_with(|c: char| c.is_alphabetic());
    is_name && (behind.is_empty() || behind.starts_with([',', ';']) || behind.starts_with(" - "))
}

/// Whether the name of a commune stands in an address.
fn is_named_in(address: &str, commune: &str) -> bool {
    const KINDS: [&str; 7] = ["xa ", "phuong ", "thi tran ", "x. ", "p. ", "tt. ", "tt "];
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let commune = fold::fold(commune.trim());
    let name = KINDS.iter().find_map(|kind| commune.strip_prefix(kind));
    let name = letters(name.unwrap_or(&commune));
    let numbered = name.starts_with(|c: char| c.is_ascii_digit());
    !name.is_empty() && !numbered && letters(&fold::fold(address)).contains(&name)
}

impl Residence {
    /// What the map did to a unit is no fault of the form, nor is the name of a unit that no list has
    /// any more.
    fn on_a_form(&self, reading: Reading, text: &str) -> Reading {
        let elsewhere = reading.found.contains(&&rule::OTHER_PROVINCE);
        let no_fault = is_known(&reading) || (self.is_past && !elsewhere);
        if reading.value.is_some() || reading.found.is_empty() || !no_fault {
            return reading;
        }
        Reading {
            candidates: reading.candidates,
            ..crate::text::read(text).with(&rule::AS_WRITTEN)
        }
    }
}
