//! The people: distinct numbers, families that fit, shares as documented.

use loadgen::{Generated, Generator, MAX_HOUSEHOLDS, Places, Role, Sex, Step, Writing};
use schemas::provinces::Provinces;
use schemas::submission::Submission;
use std::collections::{HashMap, HashSet};

fn stream(seed: u64) -> Generator {
    Generator::new(seed, Provinces::default_21().iter()).expect("the 21 provinces are known")
}

#[test]
fn distinct_people_have_distinct_numbers() {
    let population = stream(1);
    // From every stretch of the population, so that serials come round many times.
    let households = (0..21).flat_map(|stretch| (0..6_000).map(move |h| stretch * (MAX_HOUSEHOLDS / 21) + h));
    let (mut people, mut without, mut numbers) = (0_u32, 0_u32, HashSet::new());
    for household in households {
        for person in population.household(household).people() {
            people += 1;
            match person.personal_number {
                Some(number) => assert!(
                    numbers.insert(number),
                    "person {} has another's number",
                    person.index
                ),
                None => without += 1,
            }
        }
    }
    assert!(people > 350_000, "{people}");
    let share = f64::from(without) / f64::from(people);
    assert!((share - 0.18).abs() < 0.005, "{share} without a number");
}

#[test]
fn families_fit_together() {
    let (population, mut twins, mut handed_down) = (stream(2), 0, 0);
    for index in 0..20_000 {
        let household = population.household(index);
        let head = household.head();
        if let Some(spouse) = household.spouse_of(head) {
            assert_eq!(spouse.sex, head.sex.opposite());
        }
        let children: Vec<_> = household
            .people()
            .filter(|person| person.role == Role::Child)
            .collect();
        for child in &children {
            assert!(child.born.year - head.born.year >= 19, "household {index}");
            if let Some(father) = household.parent_of(child, Sex::Male) {
                assert_eq!(child.name.surname, father.name.surname, "household {index}");
                handed_down += 1;
            }
        }
        twins += children
            .windows(2)
            .filter(|pair| pair[0].born == pair[1].born)
            .count();
        let names: HashSet<_> = household.people().map(|person| person.name).collect();
        assert_eq!(
            names.len(),
            household.people().count(),
            "two of one name in household {index}"
        );
    }
    assert!(handed_down > 10_000, "{handed_down}");
    assert!(
        (50..400).contains(&twins),
        "{twins} pairs of twins in 20,000 households"
    );
}

#[test]
fn every_commune_belongs_to_the_province_it_is_sent_to() {
    let provinces = Provinces::default_21();
    let wards: HashMap<&str, HashSet<&str>> = provinces
        .iter()
        .map(|p| {
            (
                p.slug.as_str(),
                Places::all()
                    .wards_of(&p.code)
                    .iter()
                    .map(|ward| ward.code)
                    .collect(),
            )
        })
        .collect();
    for Generated {
        province, submission, ..
    } in stream(3).take(50_000)
    {
        if let Submission::Application(application) = submission {
            let commune = application.commune.expect("every application names its commune");
            assert!(
                wards[&*province].contains(commune.as_str()),
                "{commune} is not in {province}"
            );
        }
    }
}

#[test]
fn shares_are_as_documented() {
    let lines: Vec<_> = stream(4).skip(60_000).take(100_000).collect();
    let share = |what: &dyn Fn(&Generated) -> bool| {
        lines.iter().filter(|generated| what(generated)).count() as f64 / lines.len() as f64
    };
    let step = |wanted: Step| move |g: &Generated| g.variation.step == wanted;
    for (name, what, expected, tolerance) in [
        (
            "resubmissions",
            &step(Step::Resubmission) as &dyn Fn(&Generated) -> bool,
            0.047,
            0.004,
        ),
        (
            "second revisions",
            &step(Step::Application { revision: 2 }),
            0.080,
            0.006,
        ),
        (
            "third revisions",
            &step(Step::Application { revision: 3 }),
            0.014,
            0.004,
        ),
        ("withdrawals", &step(Step::Withdrawal), 0.008, 0.002),
        (
            "verifications",
            &|g| matches!(g.variation.step, Step::Verification { .. }),
            0.055,
            0.008,
        ),
        ("defects", &|g| g.variation.defect.is_some(), 0.012, 0.003),
        (
            "refused by the node",
            &|g| g.variation.defect.is_some_and(|d| d.refused_by_node()),
            0.004,
            0.0015,
        ),
        (
            "second and third applications",
            &|g| g.variation.application > 0,
            0.207,
            0.02,
        ),
        (
            "upper case",
            &|g| g.variation.writing == Writing::UpperCase,
            0.094,
            0.01,
        ),
        ("slips", &|g| g.variation.slip.is_some(), 0.12, 0.03),
        ("for Ha Noi", &|g| &*g.province == "ha-noi", 0.244, 0.02),
        ("for Dien Bien", &|g| &*g.province == "dien-bien", 0.0185, 0.004),
    ] {
        let found = share(what);
        assert!(
            (found - expected).abs() < tolerance,
            "{name}: {found:.4}, documented {expected}"
        );
    }
}

#[test]
fn ethnic_groups_follow_the_census() {
    let provinces = Provinces::default_21();
    for (slug, group, expected) in [
        ("dien-bien", "Mông", 0.383),
        ("dien-bien", "Thái", 0.357),
        ("hoa-binh", "Mường", 0.643),
        ("lang-son", "Nùng", 0.429),
        ("ha-noi", "Kinh", 0.989),
        ("nam-dinh", "Kinh", 1.0),
    ] {
        let population = Generator::new(6, provinces.by_slug(slug)).expect("the province is known");
        let heads = (0..8_000)
            .filter(|&index| population.household(index).head().group.name == group)
            .count();
        let share = heads as f64 / 8_000.0;
        assert!(
            (share - expected).abs() < 0.02,
            "{slug}: {share} {group}, expected {expected}"
        );
    }
}

#[test]
fn some_people_apply_in_several_provinces_and_are_the_same_people() {
    let mut provinces: HashMap<u64, HashSet<_>> = HashMap::new();
    let mut births: HashMap<u64, HashSet<String>> = HashMap::new();
    for Generated {
        province,
        person,
        variation,
        submission,
    } in stream(5).take(50_000)
    {
        provinces.entry(person).or_default().insert(province);
        if let Submission::Application(application) = submission
            && variation.slip.is_none()
            && variation.defect.is_none()
            && let Some(number) = application.applicant.personal_number
        {
            births.entry(person).or_default().insert(number.into_exposed());
        }
    }
    let several = provinces.values().filter(|of_person| of_person.len() > 1).count();
    assert!(several > 1_000, "{several} people");
    assert!(
        births.values().all(|numbers| numbers.len() == 1),
        "a person has two numbers"
    );
}
