//! What people write, and what it is read as: `vectors.tsv`.

use places::{Context, Places};

const VECTORS: &str = include_str!("vectors.tsv");

#[test]
fn every_vector_reads_as_it_says() {
    let mut read = 0;
    for line in VECTORS.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let &[text, as_of, province, expected, name] = columns.as_slice() else {
            panic!("five columns: {line}");
        };
        let context = Context {
            as_of: (!as_of.is_empty()).then(|| as_of.parse().expect("a day")),
            province: (!province.is_empty()).then_some(province),
        };
        let reading = Places::shared().read(text, context);
        let found = match &reading.value {
            Some(value) => {
                let unit = Places::shared().unit_of_value(value).expect("a unit");
                assert_eq!(*value, format!("{expected}@2025-07-01"), "{line}");
                assert_eq!(unit.name(), name, "{line}");
                assert!(reading.found.is_empty(), "{line}");
                expected
            }
            None => reading.found[0].code,
        };
        assert_eq!(found, expected, "{line}");
        read += 1;
    }
    assert!(read > 200, "{read} vectors");
}

#[test]
fn relatives_of_a_unit() {
    let places = Places::shared();
    let old_ward = places
        .unit_of_value("03124@2025-03-01")
        .expect("Phường Noong Bua");
    assert_eq!(
        old_ward.label(),
        "Phường Noong Bua, Thành phố Điện Biên Phủ, Tỉnh Điện Biên"
    );
    let successors: Vec<String> = old_ward.successors().iter().map(|unit| unit.label()).collect();
    assert_eq!(successors, ["Phường Mường Thanh, Tỉnh Điện Biên"]);

    let day = |year, month| chrono::NaiveDate::from_ymd_opt(year, month, 1);
    let then = |code, as_of| places.unit(code, as_of).expect("a unit").name();
    assert_eq!(then("15", day(2025, 6)), "Tỉnh Yên Bái");
    assert_eq!(then("15", day(2025, 7)), "Tỉnh Lào Cai");
    assert_eq!(then("24", day(2024, 1)), "Tỉnh Bắc Giang");
    assert_eq!(then("24", None), "Tỉnh Bắc Ninh");
    assert_eq!(
        then("10", day(2026, 1)),
        "Tỉnh Lào Cai",
        "known from the state before"
    );

    let province = places.unit("11", day(2026, 1)).expect("Điện Biên");
    assert!(old_ward.is_inside(province));
    assert!(!old_ward.is_inside(places.unit("12", day(2026, 1)).expect("Lai Châu")));
    assert!(old_ward.is_inside(old_ward.district().expect("Điện Biên Phủ")));
}
