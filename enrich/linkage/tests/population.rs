//! A Vietnamese population that is hard to keep apart, by the shipped weights.

use linkage::table::{Mapping, Rows, measure};
use linkage::{Linker, Thresholds, Weights};
use loadgen::KinApplication;
use schemas::Field;
use schemas::provinces::Provinces;
use std::collections::{HashMap, HashSet};

const FIELDS: [Field; 17] = [
    Field::FullName,
    Field::DateOfBirth,
    Field::Sex,
    Field::PersonalNumber,
    Field::OldNumber,
    Field::BirthProvince,
    Field::BirthCommune,
    Field::PermanentCommune,
    Field::CurrentCommune,
    Field::FatherName,
    Field::FatherDateOfBirth,
    Field::MotherName,
    Field::MotherDateOfBirth,
    Field::SpouseName,
    Field::Phone,
    Field::HouseholdNumber,
    Field::Ethnicity,
];

struct Linked {
    linker: Linker<u32>,
    clusters: Vec<Vec<u32>>,
}

fn linked(applications: &[KinApplication]) -> Linked {
    let mapping: String = FIELDS
        .iter()
        .map(|field| format!("[columns.{field}]\nfield = \"{field}\"\n"))
        .collect();
    let mut headers: Vec<&str> = FIELDS.iter().map(|field| field.name()).collect();
    headers.push("captured_on");
    let mapping = Mapping::parse(&format!("as_of = \"captured_on\"\n{mapping}"), &headers).expect("right");
    let mut rows = Rows::of(&mapping);
    for application in applications {
        rows.add(|at| match FIELDS.get(at) {
            Some(&field) => application.applicant.get(field),
            None => Some(application.captured_on.as_str()),
        });
    }
    let table = rows.finish();
    let weights = Weights::shipped_for(&table.model).expect("our fields");
    let mut linker = Linker::new(table.model, weights, Thresholds::default()).of_table(
        table.dictionary,
        table.frequencies,
        applications.len(),
    );
    for (n, record) in table.records.iter().enumerate() {
        linker
            .insert(n as u32, record)
            .expect("nobody has a hundred applications");
    }
    let clusters = linker.partition();
    Linked { linker, clusters }
}

#[test]
fn people_are_told_apart() {
    let applications = loadgen::kin(11, 12_000, Provinces::default_21().iter()).expect("provinces");
    let Linked { linker, clusters } = linked(&applications);
    let person = |record: u32| applications[record as usize].person;
    let truth = applications
        .iter()
        .map(|application| Some(application.person as u32))
        .collect();
    let measured = measure(&clusters, &truth);
    assert!(measured.precision >= 0.997, "{measured:?}");
    assert!(measured.recall >= 0.95, "{measured:?}");

    let reviews = linker.reviews();
    let per_1000 = 1_000.0 * reviews.len() as f64 / applications.len() as f64;
    assert!(per_1000 <= 16.0, "{per_1000} reviews per 1,000");
    let true_ones = reviews
        .iter()
        .filter(|edge| person(edge.left) == person(edge.right))
        .count();
    assert!(
        5 * true_ones >= reviews.len(),
        "{true_ones} of {} are one person",
        reviews.len()
    );

    let twins: HashSet<(u64, u64)> = applications
        .iter()
        .filter_map(|application| {
            let twin = application.twin.filter(|twin| twin.near_name)?;
            Some((
                application.person.min(twin.person),
                application.person.max(twin.person),
            ))
        })
        .collect();
    let cluster_of: HashMap<u32, usize> = clusters
        .iter()
        .enumerate()
        .flat_map(|(n, cluster)| cluster.iter().map(move |&record| (record, n)))
        .collect();
    let mut clusters_of: HashMap<u64, HashSet<usize>> = HashMap::new();
    for record in 0..applications.len() as u32 {
        clusters_of
            .entry(person(record))
            .or_default()
            .insert(cluster_of[&record]);
    }
    let joined = twins
        .iter()
        .filter(|(one, other)| {
            !clusters_of[one].is_disjoint(clusters_of.get(other).unwrap_or(&HashSet::new()))
        })
        .count();
    assert!(
        twins.len() >= 30,
        "{} pairs of twins with near names",
        twins.len()
    );
    assert!(
        10 * joined <= twins.len(),
        "{joined} of {} twins joined",
        twins.len()
    );
}
