//! What a person is asked about a number that two people have.

use linkage::{Decision, Linker, Thresholds, Weights, applicant};
use schemas::Field;

const NUMBER: &str = "011087001234";
const OTHER_NUMBER: &str = "011091004321";

/// A form of one of two brothers, with this number.
fn form(name: &'static str, born: &'static str, number: &'static str) -> [(Field, &'static str); 7] {
    [
        (Field::FullName, name),
        (Field::DateOfBirth, born),
        (Field::Sex, "M"),
        (Field::PersonalNumber, number),
        (Field::FatherName, "Lò Văn Ín"),
        (Field::MotherName, "Quàng Thị Hặc"),
        (Field::BirthProvince, "11"),
    ]
}

fn elder(number: &'static str) -> [(Field, &'static str); 7] {
    form("Lò Văn Pâng", "1987-09-05", number)
}

fn younger(number: &'static str) -> [(Field, &'static str); 7] {
    form("Lò Văn Thoong", "1991-02-17", number)
}

fn linker(forms: &[[(Field, &'static str); 7]]) -> Linker<u32> {
    let mut linker = Linker::new(applicant::model(), Weights::shipped(), Thresholds::default());
    for (n, form) in (1..).zip(forms) {
        let record = linker.applicant(|asked| {
            let written = form.iter().find(|(field, _)| *field == asked);
            written.map(|(_, value)| *value)
        });
        linker.insert(n, &record).expect("few together");
    }
    linker
}

fn asked(linker: &Linker<u32>) -> Vec<(u32, u32)> {
    let mut pairs: Vec<(u32, u32)> = linker
        .reviews()
        .iter()
        .map(|edge| (edge.left, edge.right))
        .collect();
    pairs.sort_unstable();
    pairs
}

#[test]
fn a_number_that_two_people_have_is_asked_about() {
    assert_eq!(asked(&linker(&[elder(NUMBER), younger(NUMBER)])), [(1, 2)]);
}

#[test]
fn a_brothers_number_is_asked_about_once() {
    let mut linker = linker(&[elder(NUMBER), younger(NUMBER), younger(OTHER_NUMBER)]);
    assert_eq!(asked(&linker), [(2, 3)], "whose form it is, not the brother");
    let known: Vec<(u32, u32)> = linker
        .reviews_of(&[1])
        .iter()
        .map(|edge| (edge.left, edge.right))
        .collect();
    assert_eq!(known, [], "and so when the brother's form comes again");
    linker.decide(2, 3, Decision::Same);
    assert_eq!(asked(&linker), [], "who decided has seen both numbers");
    linker.decide(2, 3, Decision::Different);
    assert_eq!(asked(&linker), [(1, 2)], "nobody knows yet whose form it is");
}
