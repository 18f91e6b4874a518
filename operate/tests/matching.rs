//! `intakectl match` as it is used: the real binary over tables made here, and nothing else.

use loadgen::KinApplication;
use schemas::Field;
use schemas::provinces::Provinces;
use serde_json::Value;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Answer {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.stderr);
        serde_json::from_str(&self.stdout).expect("JSON")
    }
}

/// A folder with files.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        for (name, text) in files {
            folder.put(name, text.as_bytes());
        }
        folder
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).expect("written");
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new(self.0.path()).join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("read")
    }

    /// Runs `intakectl` with a command line whose words that begin with `@` are files of the folder.
    fn intakectl(&self, line: &str) -> Answer {
        let words = line.split_whitespace().map(|word| match word.strip_prefix('@') {
            Some(name) => self.path(name).into_os_string(),
            None => word.into(),
        });
        let output = Command::new(env!("CARGO_BIN_EXE_intakectl"))
            .args(words)
            .output()
            .expect("intakectl runs");
        Answer {
            code: output.status.code().expect("an exit code"),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }
}

const PEOPLE: &str = include_str!("../../enrich/linkage/mappings/people.toml");

/// A table like those of Febrl, in its writing: two records of each person, the second with a slip or two.
fn people() -> (String, String) {
    const GIVEN: [&str; 8] = [
        "michaela", "courtney", "jack", "emiily", "charlie", "blake", "nicholas", "sophie",
    ];
    const SURNAMES: [&str; 9] = [
        "neumann", "painter", "clarke", "white", "ryan", "reid", "morrison", "campbell", "webb",
    ];
    const STREETS: [&str; 7] = [
        "stanley",
        "pinkerton",
        "hambidge",
        "tyrrell",
        "barnard",
        "florey",
        "julia flynn",
    ];
    let mut table =
        "rec_id, given_name, surname, street_number, address_1, address_2, suburb, postcode, state, \
                     date_of_birth, soc_sec_id\n"
            .to_owned();
    let mut truth = "record,person\n".to_owned();
    for n in 0_usize..400 {
        let (given, surname, street) = (GIVEN[n % 8], SURNAMES[n * 5 % 9], STREETS[n * 3 % 7]);
        let (state, postcode) = (["nsw", "vic", "qld"][n % 3], 2000 + n * 37 % 971);
        let born = format!("19{:02}{:02}{:02}", n * 13 % 97, 1 + n * 7 % 12, 1 + n * 11 % 28);
        let number = 1_000_000 + n * 7_919 % 8_999_999;
        for (which, given, surname, born, postcode) in [
            (
                "org",
                given.to_owned(),
                surname.to_owned(),
                born.clone(),
                postcode.to_string(),
            ),
            (
                "dup-0",
                if n % 3 == 0 {
                    format!("{given}e")
                } else {
                    given.to_owned()
                },
                if n % 5 == 0 {
                    String::new()
                } else {
                    surname.to_owned()
                },
                if n % 7 == 0 { String::new() } else { born },
                if n % 4 == 0 {
                    (postcode + 10).to_string()
                } else {
                    postcode.to_string()
                },
            ),
        ] {
            let house = 1 + n * 17 % 211;
            writeln!(
                table,
                "rec-{n}-{which}, {given}, {surname}, {house}, {street} street, , suburb {}, {postcode}, {state}, {born}, {number}",
                n % 61
            )
            .expect("a text");
            writeln!(truth, "rec-{n}-{which},{n}").expect("a text");
        }
    }
    (table, truth)
}

#[test]
fn a_table_of_people_is_learned_linked_and_measured() {
    let (table, truth) = people();
    let folder = Folder::new(&[
        ("people.csv", &table),
        ("truth.csv", &truth),
        ("map.toml", PEOPLE),
    ]);
    let learned = folder
        .intakectl("match train --input @people.csv --mapping @map.toml --output @w.toml -o json")
        .json();
    assert_eq!(learned["converged"], true, "{learned}");
    assert!(
        (learned["expected_matches"].as_f64().expect("a number") - 400.0).abs() < 5.0,
        "{learned}"
    );
    assert!(folder.read("w.toml").contains("[column.soc_sec_id]"));

    let measured = folder
        .intakectl(
            "-o json match evaluate --input @people.csv --mapping @map.toml --weights @w.toml --threshold .95 \
             --truth @truth.csv --clusters @clusters.csv --review @review.csv",
        )
        .json();
    for key in ["precision", "recall", "f1", "b_cubed"] {
        assert!(measured[key].as_f64().expect(key) > 0.99, "{measured}");
    }
    assert_eq!(measured["records"], 800);
    for key in ["clusters", "review_per_1000", "records_per_second", "rss_bytes"] {
        assert!(measured[key].is_number(), "{key}: {measured}");
    }
    assert_eq!(measured["weights"], learned["version"]);

    let clusters = folder.read("clusters.csv");
    let mut lines = clusters.lines();
    assert_eq!(lines.next(), Some("record,cluster"));
    assert_eq!(lines.next(), Some("rec-0-org,rec-0-org"));
    assert_eq!(
        lines.next(),
        Some("rec-0-dup-0,rec-0-org"),
        "a cluster has the name of its first record"
    );
    let named: HashSet<&str> = clusters
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(1))
        .collect();
    assert_eq!(
        named.len() as u64,
        measured["clusters"].as_u64().expect("a number")
    );
    assert!(
        folder
            .read("review.csv")
            .starts_with("left,right,probability,bits\n")
    );

    // What it wrote is a truth too, by which it is right.
    let again = folder
        .intakectl("match evaluate --input @people.csv --mapping @map.toml --weights @w.toml --threshold .95 --truth @clusters.csv -o json")
        .json();
    assert_eq!(
        (again["precision"].as_f64(), again["recall"].as_f64()),
        (Some(1.0), Some(1.0))
    );
}

#[test]
fn two_runs_write_the_same_bytes() {
    let (table, _) = people();
    let folder = Folder::new(&[("people.csv", &table), ("map.toml", PEOPLE)]);
    for weights in ["one.toml", "two.toml"] {
        let line = format!("match train --input @people.csv --mapping @map.toml --output @{weights}");
        let answer = folder.intakectl(&line);
        assert_eq!(answer.code, 0, "{}", answer.stderr);
        for part in [
            "COLUMN",
            "BITS",
            "surname",
            "converged in",
            "expected to be one person",
        ] {
            assert!(answer.stdout.contains(part), "{part} in\n{}", answer.stdout);
        }
    }
    assert_eq!(folder.read("one.toml"), folder.read("two.toml"));
}

#[test]
fn applications_are_linked_by_the_shipped_weights_whatever_their_columns_are_called() {
    const COLUMNS: [(&str, Field); 10] = [
        ("Họ và tên", Field::FullName),
        ("Ngày sinh", Field::DateOfBirth),
        ("Giới tính", Field::Sex),
        ("CCCD", Field::PersonalNumber),
        ("Tỉnh khai sinh", Field::BirthProvince),
        ("Xã khai sinh", Field::BirthCommune),
        ("Xã thường trú", Field::PermanentCommune),
        ("Họ tên cha", Field::FatherName),
        ("Họ tên mẹ", Field::MotherName),
        ("Điện thoại", Field::Phone),
    ];
    let mut mapping = "id = \"STT\"\nas_of = \"Ngày\"\n".to_owned();
    let mut table = format!("STT;Ngày;{}\n", COLUMNS.map(|(name, _)| name).join(";"));
    for (name, field) in COLUMNS {
        writeln!(mapping, "[columns.\"{name}\"]\nfield = \"{field}\"").expect("a text");
    }
    let mut truth = "STT;person\n".to_owned();
    let applications = loadgen::kin(3, 1_500, Provinces::default_21().iter()).expect("provinces");
    for (
        n,
        KinApplication {
            person,
            captured_on,
            applicant,
            ..
        },
    ) in applications.iter().enumerate()
    {
        let cells = COLUMNS.map(|(_, field)| applicant.get(field).unwrap_or_default());
        writeln!(table, "{n};{captured_on};{}", cells.join(";")).expect("a text");
        // Persons named by numbers, which are ids of records as well.
        writeln!(truth, "{n};{person}").expect("a text");
    }
    let folder = Folder::new(&[("map.toml", &mapping), ("truth.csv", &truth)]);
    folder.put("table.csv", &[b"\xef\xbb\xbf", table.as_bytes()].concat());
    let measured = folder
        .intakectl("match evaluate --input @table.csv --mapping @map.toml --truth @truth.csv -o json")
        .json();
    assert_eq!(measured["weights"], "vn-1");
    assert!(
        measured["precision"].as_f64().expect("a number") > 0.995,
        "{measured}"
    );
    assert!(
        measured["recall"].as_f64().expect("a number") > 0.93,
        "{measured}"
    );
    let told = folder.intakectl("match evaluate --input @table.csv --mapping @map.toml --truth @truth.csv");
    let names = applications
        .iter()
        .filter_map(|application| application.applicant.get(Field::FullName));
    for name in names.take(200) {
        assert!(
            !(told.stdout.clone() + &told.stderr).contains(name),
            "no value of a person is printed"
        );
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_line_and_without_its_cells() {
    const MAP: &str = "id = \"id\"\n[columns.name]\ncomparator = \"name\"\n";
    let folder = Folder::new(&[("map.toml", MAP)]);
    for (table, expected) in [
        (&b""[..], "is empty: its first line must name the columns"),
        (b"id,name\n1,SECRET,x\n", "line 2: 3 cells, the header has 2"),
        (b"id,name\n1,SECRET\n2\n", "line 3: 1 cells, the header has 2"),
        (
            b"id,name\n1,SECRET\n2,b\n1,SECRET\n",
            "line 4: the id \"1\" stands in line 2 already",
        ),
        (b"id,name\n1,SECRET\n ,SECRET\n", "line 3: the record has no id"),
        (b"id,name\n1,SECRET\n2,SECR\xc9T\n", "line 3: not UTF-8"),
        (
            b"id,name\n1,\"SECRET\n2,b\n3,c\n",
            "its last cell begins with a quote that is never closed",
        ),
        (b"\xff\xfei\0d\0", "is UTF-16: save it as UTF-8"),
        (
            b"id,nom\n1,SECRET\n",
            "columns.name: the table has no column \"name\": it has id, nom",
        ),
        (b"id,name\n1,SECRET\n2,b\n", "learn weights for them with"),
        (b"id,name\n", "learn weights for them with"),
    ] {
        folder.put("table.csv", table);
        let answer = folder.intakectl("match evaluate --input @table.csv --mapping @map.toml");
        assert_eq!(answer.code, 1, "{expected}");
        assert!(
            answer.stderr.contains(expected),
            "{}\nhas not\n{expected}",
            answer.stderr
        );
        assert!(!answer.stderr.contains("SECR"), "{}", answer.stderr);
    }
    let nothing = folder.intakectl("match train --input @table.csv --mapping @map.toml --output @w.toml");
    assert!(
        nothing.stderr.contains("there is nothing to learn from"),
        "{}",
        nothing.stderr
    );
    assert!(
        !folder.path("w.toml").exists(),
        "nothing is written that was learned from nothing"
    );
    let usage = folder.intakectl("match evaluate --input @table.csv --mapping @map.toml --threshold 1");
    assert_eq!(usage.code, 2, "{}", usage.stderr);
}

#[test]
fn a_table_without_rows_is_linked_to_nothing() {
    let (table, _) = people();
    let folder = Folder::new(&[("people.csv", &table), ("map.toml", PEOPLE)]);
    let learned = folder.intakectl("match train --input @people.csv --mapping @map.toml --output @w.toml");
    assert_eq!(learned.code, 0, "{}", learned.stderr);
    let header = table.lines().next().expect("a header").to_owned() + "\n";
    folder.put("empty.csv", header.as_bytes());
    folder.put("truth.csv", b"record,person\n");
    let measured = folder
        .intakectl("match evaluate --input @empty.csv --mapping @map.toml --weights @w.toml --truth @truth.csv --clusters @c.csv -o json")
        .json();
    assert_eq!(
        (&measured["records"], &measured["clusters"]),
        (&0.into(), &0.into())
    );
    assert_eq!(folder.read("c.csv"), "record,cluster\n");
}

#[test]
fn the_help_holds_the_mappings_that_are_tested() {
    let folder = Folder::new(&[]);
    for line in ["match --help", "match train --help", "match evaluate --help"] {
        let help = folder.intakectl(line).stdout;
        for part in [
            PEOPLE,
            include_str!("../../enrich/linkage/mappings/applications.toml"),
            "swaps_with",
        ] {
            let missing = part.lines().find(|line| !help.contains(line.trim_end()));
            assert_eq!(missing, None, "{line}");
        }
    }
}

#[test]
fn a_mapping_is_proposed_without_telling_a_cell() {
    const TABLE: &str = "Mã hồ sơ;Họ tên;Ngày sinh;Giới tính;CCCD;Xã thường trú;Ghi chú
h1;Lò Văn Pâng;05/09/1987;Nam;011087001234;Mường Thanh;đã xem
h2;Quàng Thị Hoa;1990;Nữ;;Mường Thanh;
h3;Lò Văn Pâng;05/09/1987;Nam;011087001234;Mường Thanh;
";
    let folder = Folder::new(&[
        ("t.csv", TABLE),
        ("rows.csv", "Lò Văn Pâng,05/09/1987\nVi Thị An,1/2/1990\n"),
    ]);
    let proposed = folder.intakectl("match map --input @t.csv --output @m.toml -o json");
    let told = proposed.json();
    assert_eq!(
        (&told["rows"], &told["our_forms"]),
        (&Value::from(3), &Value::from(true))
    );
    let seems: Vec<&str> = (told["columns"].as_array().expect("columns").iter())
        .map(|column| column["seems"].as_str().expect("text"))
        .collect();
    assert_eq!(
        seems,
        [
            "names a record",
            "field full_name",
            "field date_of_birth",
            "field sex",
            "field personal_number",
            "field permanent_commune",
            "left out: it is no field of the forms that is known by this name"
        ]
    );
    let mapping = folder.read("m.toml");
    assert!(
        mapping.contains(r#""Họ tên" = { field = "full_name" }   # 3 filled, 2 different"#),
        "{mapping}"
    );
    for cell in ["Pâng", "Hoa", "1987", "011087001234", "Thanh", "h1", "xem"] {
        assert!(
            !mapping.contains(cell) && !proposed.stdout.contains(cell),
            "{cell}"
        );
    }
    // It is one: the same engine reads it.
    let linked =
        folder.intakectl("match evaluate --input @t.csv --mapping @m.toml --clusters @c.csv -o json");
    assert_eq!(linked.json()["clusters"], 2);

    let refused = folder.intakectl("match map --input @rows.csv");
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("no header"), "{}", refused.stderr);
    assert!(!refused.stderr.contains("Pâng") && !refused.stderr.contains("1987"));
}
