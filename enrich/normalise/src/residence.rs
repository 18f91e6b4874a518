//! The places of a form together: a commune has a field of its own, and stands in an address as well.

use crate::applicant::Values;
use crate::{Context, place};
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
    let mut permanent: Option<String> = None;
    for residence in &RESIDENCES {
        let born = residence.commune == Field::BirthCommune;
        let province = context.birth_province.filter(|_| born);
        let address = given(residence.address)
            .and_then(|text| place::commune_near(text, context, province).value)
            .filter(|value| !value.is_empty());
        let commune = match given(residence.commune) {
            Some(text) => {
                let near = address
                    .as_ref()
                    .or(permanent.as_ref().filter(|_| !residence.is_past));
                let reading = with_address(text, near, address.is_some(), province, context);
                values.take(residence.commune, text, residence.on_a_form(reading, text))
            }
            None => address.inspect(|value| {
                values.change(residence.commune, value.clone(), "place.of-address");
            }),
        };
        if residence.commune == Field::PermanentCommune {
            permanent = commune;
        }
    }
}

/// Reads a commune's field. `near` is the commune of the address, or else where the person lives
/// otherwise.
fn with_address(
    text: &str,
    near: Option<&String>,
    from_address: bool,
    province: Option<&str>,
    context: &Context<'_>,
) -> Reading {
    let around = near.and_then(|near| place::province_of(near));
    let reading = place::commune_near(text, context, province.or(around.as_deref()));
    let Some(near) = near else { return reading };
    match &reading.value {
        None if reading.candidates.contains(near) => Reading::of(near, &["place.address"]),
        Some(value) if from_address && value != near && !value.is_empty() => {
            reading.with(&rule::ADDRESS_DISAGREES)
        }
        _ => reading,
    }
}

impl Residence {
    /// What the map did to a unit is no fault of the form, nor is the name of a unit that no list has
    /// any more.
    fn on_a_form(&self, reading: Reading, text: &str) -> Reading {
        let noted = |found: &'static Rule| {
            self.is_past && found != &rule::ADDRESS_DISAGREES
                || [&rule::SPLIT, &rule::SUCCESSOR_UNKNOWN].contains(&found)
        };
        if reading.value.is_some() || !reading.found.iter().all(|&found| noted(found)) {
            return reading;
        }
        Reading {
            candidates: reading.candidates,
            ..crate::text::read(text).with(&rule::AS_WRITTEN)
        }
    }
}
