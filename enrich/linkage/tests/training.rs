//! Training: what is known of a generated table is found again, and nothing makes it collapse.

use linkage::table::{Mapping, Rows, Table, measure};
use linkage::train::{Trained, train};
use linkage::{Linker, Thresholds, Weights};

/// A fixed sequence that stands for chance.
struct Draws(u64);

impl Draws {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

const SYLLABLES: [&str; 16] = [
    "ba", "ko", "li", "mu", "ne", "ra", "so", "ti", "vu", "xe", "ga", "do", "fi", "hu", "ja", "pe",
];

fn word(mut number: u64, len: usize) -> String {
    let mut word = String::new();
    for _ in 0..len {
        word += SYLLABLES[(number % 16) as usize];
        number /= 16;
    }
    word
}

/// People with two records each; in the second, a town is another in one of ten, a number missing in three of
/// ten and another in one of thirty, a date of birth another in one of twenty, a name has a letter too many in
/// one of five.
fn people(count: u64) -> (Vec<[String; 5]>, Vec<Option<u32>>) {
    let mut draws = Draws(7);
    let (mut rows, mut truth) = (Vec::new(), Vec::new());
    for person in 0..count {
        let row = [
            word(draws.below(400), 3),
            word(draws.below(1000), 3),
            format!(
                "{}-{:02}-{:02}",
                1940 + draws.below(70),
                1 + draws.below(12),
                1 + draws.below(28)
            ),
            word(draws.below(10), 2),
            format!("{:09}", draws.below(1_000_000_000)),
        ];
        let mut again = row.clone();
        if draws.chance(20) {
            again[0] += "x";
        }
        if draws.chance(10) {
            again[3] = word(draws.below(10), 2);
        }
        if draws.chance(5) {
            again[2] = "1931-01-01".to_owned();
        }
        if draws.chance(30) {
            again[4] = String::new();
        } else if draws.chance(5) {
            again[4] = format!("{:09}", draws.below(1_000_000_000));
        }
        rows.extend([row, again]);
        truth.extend([Some(person as u32); 2]);
    }
    (rows, truth)
}

// Some have the names of an application's columns: what we know and ask of those is not meant.
const HEADERS: [&str; 5] = [
    "given_name",
    "surname",
    "date_of_birth",
    "town",
    "personal_number",
];
const MAPPING: &str = "[columns]\ngiven_name = { comparator = \"name\" }\nsurname = { comparator = \"name\" }\n\
                       date_of_birth = { comparator = \"date\" }\ntown = { comparator = \"category\" }\n\
                       personal_number = { comparator = \"number\" }";

fn table(mapping: &str, rows: &[[String; 5]]) -> Table {
    let mapping = Mapping::parse(mapping, &HEADERS).expect("right");
    let mut records = Rows::of(&mapping);
    for row in rows {
        records.add(|at| row.get(at).map(String::as_str));
    }
    records.finish()
}

fn trained(table: &Table) -> Trained {
    train(
        &table.model,
        &table.dictionary,
        &table.records,
        &table.frequencies,
    )
}

fn clusters(table: Table, weights: Weights) -> Vec<Vec<u32>> {
    let count = table.records.len();
    let thresholds = Thresholds {
        link: 0.95,
        ..Thresholds::default()
    };
    let mut linker: Linker<u32> =
        Linker::new(table.model, weights, thresholds).of_table(table.dictionary, table.frequencies, count);
    for (n, record) in table.records.iter().enumerate() {
        if linker.insert(n as u32, record).is_err() {
            linker.insert_unlinked(n as u32, record);
        }
    }
    linker.partition()
}

#[test]
fn what_is_known_of_a_table_is_found_again() {
    let (rows, truth) = people(2_000);
    let table = table(MAPPING, &rows);
    let found = trained(&table);
    assert!(found.converged, "{} rounds", found.rounds);
    assert!(
        (found.expected_matches - 2_000.0).abs() < 40.0,
        "{}",
        found.expected_matches
    );
    assert!(
        (found.weights.match_rate - 1.0).abs() < 0.02,
        "{}",
        found.weights.match_rate
    );
    let share = |column: &str, level: &str, of: fn(&linkage::ColumnWeights) -> &Vec<f64>| {
        let column = table.model.column(column).expect("a column");
        let levels = table.model.columns()[column].comparator.levels();
        let level = levels
            .iter()
            .position(|known| known.name == level)
            .expect("a level");
        of(&found.weights.columns[column])[level]
    };
    for (column, level, m) in [
        ("given_name", "same", 0.80),
        ("given_name", "letter", 0.20),
        ("surname", "same", 1.0),
        ("date_of_birth", "same", 0.95),
        // One of ten of the changed towns is the same by chance.
        ("town", "same", 0.91),
        ("personal_number", "same", 0.95),
    ] {
        let found = share(column, level, |weights| &weights.m);
        assert!(
            (found - m).abs() < 0.03,
            "m of {column} {level}: {found}, not {m}"
        );
    }
    for (column, u) in [
        ("given_name", 1.0 / 400.0),
        ("surname", 1.0 / 1000.0),
        ("town", 0.1),
    ] {
        let found = share(column, "same", |weights| &weights.u);
        assert!((found / u - 1.0).abs() < 0.35, "u of {column}: {found}, not {u}");
    }
    let measured = measure(&clusters(table, found.weights), &truth);
    assert!(measured.f1 > 0.99, "{measured:?}");
}

#[test]
fn the_same_table_gives_the_same_bytes() {
    let (rows, _) = people(300);
    let written = || {
        let table = table(MAPPING, &rows);
        trained(&table).weights.to_toml(&table.model)
    };
    assert_eq!(written(), written());
}

#[test]
fn no_mapping_makes_it_collapse() {
    let (rows, truth) = people(1_000);
    for (why, mapping) in [
        (
            "all categories",
            MAPPING
                .replace("name\"", "category\"")
                .replace("date\"", "category\""),
        ),
        (
            "all texts",
            MAPPING.replace("date\"", "text\"").replace("number\"", "text\""),
        ),
        ("a date as a number", MAPPING.replace("\"date\"", "\"number\"")),
        (
            "no frequencies",
            MAPPING.replace("\" }", "\", frequency = false }"),
        ),
        (
            "frequencies of all",
            MAPPING.replace("\" }", "\", frequency = true }"),
        ),
        (
            "two keys",
            format!("{MAPPING}\n[blocking]\nkeys = [\"surname\", \"date_of_birth\"]"),
        ),
        (
            "relatives",
            MAPPING.replace("\"date\" }", "\"date\", role = \"birth\" }"),
        ),
    ] {
        let table = table(&mapping, &rows);
        let found = trained(&table);
        let shares = found
            .weights
            .columns
            .iter()
            .flat_map(|column| column.m.iter().chain(&column.u));
        assert!(
            shares
                .clone()
                .all(|share| share.is_finite() && (0.0..=1.0).contains(share)),
            "{why}"
        );
        let measured = measure(&clusters(table, found.weights), &truth);
        assert!(measured.f1 > 0.97, "{why}: {measured:?}");
    }
}

#[test]
fn tables_with_nothing_to_learn_are_no_trouble() {
    let empty = || [const { String::new() }; 5];
    let same = people(1).0.remove(0);
    for (why, rows, pairs) in [
        ("no row", vec![], false),
        ("one row", vec![same.clone()], false),
        ("nothing written", vec![empty(); 50], false),
        ("2,000 times the same", vec![same; 2_000], true),
    ] {
        let table = table(MAPPING, &rows);
        let found = trained(&table);
        assert_eq!(found.pairs > 0, pairs, "{why}");
        assert!(pairs || !found.converged, "{why}: nothing was learned");
        let text = found.weights.to_toml(&table.model);
        assert!(!text.contains("NaN") && !text.contains("inf"), "{why}: {text}");
        let count: usize = clusters(table, found.weights).iter().map(Vec::len).sum();
        assert_eq!(count, rows.len(), "{why}");
    }
}
