//! Mappings: the documented examples, and what is said of wrong ones.

use linkage::table::{LONGEST_CELL, Mapping, Rows, Table};

/// The headers of a mapping's table: every name it mentions.
fn headers(mapping: &str) -> Vec<String> {
    let file: toml::Table = mapping.parse().expect("TOML");
    let columns = file["columns"].as_table().expect("columns").keys().cloned();
    let named = ["id", "as_of"]
        .into_iter()
        .filter_map(|key| file.get(key)?.as_str().map(str::to_owned));
    columns.chain(named).collect()
}

fn parse(mapping: &str, headers: &[&str]) -> Result<Mapping, Vec<String>> {
    Mapping::parse(mapping, headers).map_err(|wrong| wrong.0)
}

fn table(mapping: &Mapping, rows: &[&[&str]]) -> Table {
    let mut records = Rows::of(mapping);
    for row in rows {
        records.add(|at| row.get(at).copied());
    }
    records.finish()
}

#[test]
fn the_documented_mappings_are_right() {
    for (text, columns) in [
        (include_str!("../mappings/people.toml"), 10),
        (include_str!("../mappings/applications.toml"), 13),
    ] {
        let headers = headers(text);
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let mapping = parse(text, &headers).expect("right");
        assert!(mapping.id.is_some() && mapping.not_compared.is_empty());
        assert_eq!(table(&mapping, &[]).model.columns().len(), columns, "{text}");
    }
}

#[test]
fn the_shipped_weights_fit_applications_only() {
    let applications = include_str!("../mappings/applications.toml");
    let known = headers(applications);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let ours = table(&parse(applications, &known).expect("right"), &[]);
    assert!(linkage::Weights::shipped_for(&ours.model).is_ok());
    let alike = "[columns]\ngiven_name = { comparator = \"name\" }\nsurname = { comparator = \"name\", role = \"family\" }\n\
                 date_of_birth = { comparator = \"date\", role = \"birth\" }";
    let other = table(
        &parse(alike, &["given_name", "surname", "date_of_birth"]).expect("right"),
        &[],
    );
    assert_eq!(
        linkage::Weights::shipped_for(&other.model).map(|_| ()),
        Err(["date_of_birth", "given_name", "surname"]
            .map(str::to_owned)
            .to_vec()),
        "columns of the same names are other columns"
    );
    assert!(other.model.keys().is_empty(), "nor have they our keys");
}

#[track_caller]
fn wrong(mapping: &str, expected: &[&str]) {
    let found = parse(mapping, &["id", "name", "born", "street", "name ", "Họ Tên"]).expect_err(mapping);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.contains(expected), "{found}\nhas not\n{expected}");
    }
}

#[test]
fn what_is_wrong_is_said_with_what_may_stand_there() {
    for (mapping, expected) in [
        ("", vec!["columns: nothing to compare"]),
        ("id = id", vec!["TOML parse error at line 1"]),
        (
            "idx = \"id\"\n[columns]\nborn = { comparator = \"date\" }",
            vec!["idx: unknown: here may stand id, as_of"],
        ),
        (
            "id = 3\n[columns]\nborn = { comparator = \"date\" }",
            vec!["id: must be a text in quotes"],
        ),
        (
            "id = \"x\"\n[columns]\nborn = { comparator = \"date\" }",
            vec!["id: the table has no column \"x\": it has id"],
        ),
        (
            "as_of = \"x\"\n[columns]\nborn = { comparator = \"date\" }",
            vec!["as_of: the table has no column \"x\""],
        ),
        (
            "as_of = 7\n[columns]\nborn = { comparator = \"date\" }",
            vec!["as_of: must be the name of a column, or a day"],
        ),
        ("columns = 3", vec!["columns: must be a table"]),
        (
            "[columns]\nborn = \"date\"",
            vec!["columns.born: must be a table, such as { comparator = \"text\" }"],
        ),
        (
            "[columns]\nborn = { role = \"birth\" }",
            vec!["columns.born: needs field = an application's field, or comparator"],
        ),
        (
            "[columns]\nborn = { comparator = \"day\" }",
            vec!["columns.born.comparator: no comparator \"day\": there are name"],
        ),
        (
            "[columns]\nborn = { comparator = \"abode\" }",
            vec!["columns.born.comparator: no comparator \"abode\""],
        ),
        (
            "[columns]\nborn = { comparator = \"date\", rolle = \"birth\" }",
            vec!["columns.born.rolle: unknown: here may stand field, comparator, role"],
        ),
        (
            "[columns]\nborn = { comparator = \"date\", role = \"x\" }",
            vec!["columns.born.role: no role \"x\": there are person, birth"],
        ),
        (
            "[columns]\nborn = { comparator = \"date\", frequency = 1 }",
            vec!["columns.born.frequency: must be true or false"],
        ),
        (
            "[columns]\nborn = { field = \"dob\" }",
            vec!["columns.born.field: no field \"dob\": there are full_name"],
        ),
        (
            "[columns]\nborn = { field = \"date_of_birth\", role = \"birth\" }",
            vec!["columns.born.role: unknown: here may stand field"],
        ),
        (
            "[columns]\nname = { comparator = \"name\" }",
            vec!["columns.name: the table has several columns \"name\""],
        ),
        (
            "[columns]\nborn = { field = \"date_of_birth\" }\nstreet = { field = \"date_of_birth\" }",
            vec!["columns.street: columns.born is the field date_of_birth already"],
        ),
        (
            "[columns]\n\"ho ten\" = { field = \"full_name\" }\n\"họ tên\" = { field = \"surname\" }",
            vec!["the same column of the table as"],
        ),
        (
            "[columns]\nborn = { comparator = \"date\", swaps_with = \"street\" }\nstreet = { comparator = \"text\" }",
            vec!["columns.born.swaps_with: must name another mapped column"],
        ),
        (
            "[columns]\nborn = { comparator = \"date\" }\n[blocking]\nkeys = \"born\"",
            vec!["blocking.keys: must be a list of texts"],
        ),
        (
            "[columns]\nborn = { comparator = \"date\" }\n[blocking]\nkey = [\"born\"]",
            vec!["blocking.key: unknown: here may stand keys"],
        ),
        (
            "[columns]\nborn = { comparator = \"date\" }\n[blocking]\nkeys = [\"street\", \"born:first\"]",
            vec![
                "\"street\": no column \"street\": there are born",
                "born has no such part: of a date there are whole, year",
            ],
        ),
    ] {
        wrong(mapping, &expected);
    }
}

#[test]
fn a_column_beside_the_fields_may_not_have_the_name_of_what_they_make() {
    let mapping = "[columns]\nfull = { field = \"full_name\" }\nsurname = { comparator = \"text\" }";
    let faults = parse(mapping, &["full", "surname"]).expect_err("twice");
    assert!(
        faults[0].starts_with("columns.surname: the fields of this mapping make a column of this name"),
        "{faults:?}"
    );
}

#[test]
fn keys_may_name_the_tables_columns_and_fields() {
    let mapping = "[columns]\nho_ten = { field = \"full_name\" }\nngay_sinh = { field = \"date_of_birth\" }\n\
                   xa = { field = \"current_commune\" }\n[blocking]\nkeys = [\"ho_ten + ngay_sinh:year\", \
                   \"full_name:last + xa\", \"surname:start + date_of_birth\"]";
    let table = table(
        &parse(mapping, &["ho_ten", "ngay_sinh", "xa"]).expect("right"),
        &[],
    );
    let keys: Vec<String> = table
        .model
        .keys()
        .iter()
        .map(|key| table.model.describe(key))
        .collect();
    assert_eq!(
        keys,
        [
            "surname + given_name + date_of_birth:year",
            "given_name:last + abode:commune",
            "surname:start + date_of_birth"
        ]
    );
}

#[test]
fn a_header_is_found_without_its_case_and_marks_where_that_is_clear() {
    let mapping = "[columns]\n\"ho ten\" = { field = \"full_name\" }";
    assert!(parse(mapping, &["Họ Tên", "tuoi"]).is_ok());
    assert!(parse(mapping, &["Họ Tên", "Hồ Tên"]).is_err());
}

#[test]
fn cells_are_trimmed_and_nothing_is_no_value() {
    let mapping = "[columns]\nname = { comparator = \"name\" }\nborn = { comparator = \"date\" }\n\
                   phone = { comparator = \"number\" }\nstreet = { comparator = \"text\" }";
    let mapping = parse(mapping, &[" name", "born ", "phone", "street"]).expect("right");
    let long = "đ".repeat(5_000_000);
    let longer = format!("{long}x");
    let table = table(
        &mapping,
        &[
            &[" An  Na ", "1987-09-05", "0912 345 678", " N/A "],
            &["an na", " 5/9/1987", "0912.345.678", "unknown"],
            &["AN NA", "19870905", "none", &long],
            &["", "soon", "-", &longer],
            &["an na"],
        ],
    );
    let [one, two, three, four, five] = &table.records[..] else {
        panic!("five records");
    };
    assert_eq!(one.slots, two.slots);
    assert_eq!(one.slots[..2], three.slots[..2]);
    assert_eq!(
        three.slots[4], four.slots[4],
        "the first {LONGEST_CELL} bytes count"
    );
    assert_eq!(
        five.slots,
        [0, one.slots[1], 0, 0, 0],
        "a cell that isn't there is none"
    );
    let born = table.model.column("born").expect("a column");
    assert_eq!((table.filled[born].filled, table.filled[born].unreadable), (3, 1));
    let phone = table.model.column("phone").expect("a column");
    assert_eq!(
        (table.filled[phone].filled, table.filled[phone].unreadable),
        (2, 0)
    );
}
