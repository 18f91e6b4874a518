//! Whether the order of arrival matters to who is who: the same population in two orders, through the engine
//! as it runs live, with frequencies and a prior that grow as applications come.

use crate::report::Report;
use anyhow::Result;
use linkage::table::{Truth, measure as agreement};
use linkage::{Linker, Thresholds, Weights};
use normalise::{Date, Normalised};
use rules::Thresholds as Figures;
use schemas::provinces::Provinces;
use std::collections::BTreeSet;

/// Applications that this is measured with at most: they are all in memory, twice.
pub const MOST: u64 = 500_000;
/// Applications a person makes on average, in this population.
const APPLICATIONS_EACH: u64 = 2;

/// Links about so many applications in two orders, and tells how many residents are the same.
///
/// # Errors
/// When the population is wrong, which is a bug.
pub fn measure(applications: u64, seed: u64, report: &mut Report) -> Result<()> {
    let provinces = Provinces::default_21();
    let population = loadgen::kin(seed, applications / APPLICATIONS_EACH, provinces.iter())?;
    let people: Vec<_> = population
        .iter()
        .map(|application| {
            let as_of = Date::parse(&application.captured_on);
            let values = normalise::of_applicant(&application.applicant, as_of, Figures::default());
            (application, values)
        })
        .collect();
    let in_order = |order: &[u32]| {
        let mut linker: Linker<u32> = Linker::new(
            linkage::applicant::model(),
            Weights::shipped(),
            Thresholds::default(),
        );
        for &n in order {
            let (application, values) = &people[n as usize];
            let person = Normalised::of(&application.applicant, &values.changes);
            let record = linker.applicant(|field| person.get(field));
            if linker.insert(n, &record).is_err() {
                linker.insert_unlinked(n, &record);
            }
        }
        (linker.partition(), linker.reviews().len())
    };
    let as_taken: Vec<u32> = (0..people.len() as u32).collect();
    let mut shuffled = as_taken.clone();
    // Multiplying by an odd number permutes the numbers of so many bits.
    shuffled.sort_by_key(|n| n.wrapping_mul(2_654_435_761));
    let (one, reviews) = in_order(&as_taken);
    let (other, _) = in_order(&shuffled);
    let others: BTreeSet<&Vec<u32>> = other.iter().collect();
    let same = one.iter().filter(|cluster| others.contains(cluster)).count();
    let truth: Truth = population
        .iter()
        .map(|application| u32::try_from(application.person).ok())
        .collect();
    let measured = agreement(&one, &truth);
    report.say(&format!(
        "order of arrival: {same} of {} residents are the same in another order ({:.3} %); as they came, \
         precision {:.5}, recall {:.5}, {:.1} reviews for 1,000 applications",
        one.len(),
        100.0 * same as f64 / one.len().max(1) as f64,
        measured.precision,
        measured.recall,
        1_000.0 * reviews as f64 / people.len().max(1) as f64
    ));
    Ok(())
}
