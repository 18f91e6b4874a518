//! The truth about a table: which records are one person. A file names each record's person, or pairs of
//! records that are one person; which of the two, is told by its header or, where that is certain, by its rows.

use super::ids::Ids;
use super::input::Lines;
use linkage::table::Truth;
use runtime::Fault;
use std::collections::HashMap;
use std::path::Path;

/// Second columns that name a person.
const PERSONS: &[&str] = &[
    "person",
    "person_id",
    "personid",
    "cluster",
    "cluster_id",
    "clusterid",
    "entity",
    "entity_id",
    "resident",
    "resident_id",
    "group",
    "group_id",
    "truth",
    "true_id",
    "label",
];
/// Headers of pairs.
const PAIRS: &[(&str, &str)] = &[
    ("left", "right"),
    ("a", "b"),
    ("record_a", "record_b"),
    ("id_a", "id_b"),
    ("record_1", "record_2"),
    ("record1", "record2"),
    ("id_1", "id_2"),
    ("id1", "id2"),
    ("id_left", "id_right"),
    ("left_id", "right_id"),
    ("rec_id_1", "rec_id_2"),
    ("rec_id_a", "rec_id_b"),
    ("unique_id_l", "unique_id_r"),
];

const AMBIGUOUS: &str = "it can't be told whether the second column names persons or records: head it record,person \
                         or, for pairs of records of one person, left,right";

/// A row: its line, the record, and the person or the other record.
struct Row {
    line: u64,
    record: u32,
    second: Box<str>,
}

/// What the second column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Persons,
    Pairs,
}

/// Reads the truth about records with these ids; `id_column` is what the table calls them.
pub fn read(path: &Path, ids: &Ids, id_column: Option<&str>) -> Result<Truth, Fault> {
    let mut lines = Lines::open(path)?;
    let headers: Vec<String> = lines
        .headers
        .iter()
        .map(|header| header.trim().to_lowercase())
        .collect();
    let (first, second) = columns(&headers, id_column)
        .ok_or_else(|| lines.fault(1, "two columns are needed: the record and its person"))?;
    let named = form_named(&headers[first], &headers[second]);
    let mut rows = Vec::new();
    while let Some((line, row)) = lines.next()? {
        let id = row[first].trim();
        let Some(record) = ids.row(id) else {
            return Err(lines.fault(line, &unknown(id, &row[second], ids)));
        };
        let second = row[second].trim();
        if second.is_empty() {
            return Err(lines.fault(line, "the second column is empty"));
        }
        rows.push(Row {
            line,
            record,
            second: second.into(),
        });
    }
    let form = named
        .or_else(|| form_told(&rows, ids))
        .ok_or_else(|| lines.fault(1, AMBIGUOUS))?;
    let truth = match form {
        Form::Persons => persons(&rows, ids),
        Form::Pairs => pairs(&rows, ids),
    };
    let truth = truth.map_err(|(line, what)| lines.fault(line, &what))?;
    lines.finish()?;
    Ok(truth)
}

/// The columns of the record and of what is said about it.
fn columns(headers: &[String], id_column: Option<&str>) -> Option<(usize, usize)> {
    let place = |name: &str| headers.iter().position(|header| header == name);
    let first = id_column
        .and_then(|name| place(&name.to_lowercase()))
        .unwrap_or(0);
    let person = PERSONS
        .iter()
        .find_map(|name| place(name))
        .filter(|&at| at != first);
    let second = person.or_else(|| (0..headers.len()).find(|&at| at != first))?;
    Some((first, second))
}

fn form_named(first: &str, second: &str) -> Option<Form> {
    if PERSONS.contains(&second) {
        Some(Form::Persons)
    } else if PAIRS.contains(&(first, second)) {
        Some(Form::Pairs)
    } else {
        None
    }
}

/// What the rows themselves say. A person's name may well be a record's id: numbers often are both.
fn form_told(rows: &[Row], ids: &Ids) -> Option<Form> {
    let known = rows.iter().filter(|row| ids.row(&row.second).is_some()).count();
    let mut seen = vec![false; ids.len()];
    let repeated = rows
        .iter()
        .any(|row| std::mem::replace(&mut seen[row.record as usize], true));
    if known == 0 || (!repeated && rows.len() == ids.len()) {
        return Some(Form::Persons);
    }
    if known < rows.len() {
        return None;
    }
    let same =
        persons(rows, ids).is_ok_and(|truth| pairs(rows, ids).is_ok_and(|other| agree(&truth, &other)));
    (repeated || same).then_some(Form::Pairs)
}

/// Whether two readings group the records of the first alike.
fn agree(one: &Truth, other: &Truth) -> bool {
    let (mut there, mut back) = (HashMap::new(), HashMap::new());
    let known = one
        .iter()
        .zip(other)
        .filter_map(|(x, y)| Some((*x.as_ref()?, *y.as_ref()?)));
    known
        .into_iter()
        .all(|(x, y)| *there.entry(x).or_insert(y) == y && *back.entry(y).or_insert(x) == x)
}

fn persons(rows: &[Row], ids: &Ids) -> Result<Truth, (u64, String)> {
    let mut truth: Truth = vec![None; ids.len()];
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    for row in rows {
        let next = numbers.len() as u32;
        let person = *numbers.entry(&row.second).or_insert(next);
        let known = truth[row.record as usize].replace(person);
        if known.is_some_and(|known| known != person) {
            let id = ids.of(row.record);
            return Err((
                row.line,
                format!("the record {id:?} has another person in an earlier line"),
            ));
        }
    }
    Ok(truth)
}

/// Records that pairs connect are one person; each of the others is one of its own.
fn pairs(rows: &[Row], ids: &Ids) -> Result<Truth, (u64, String)> {
    let mut of: Vec<u32> = (0..ids.len() as u32).collect();
    fn root(of: &mut [u32], mut record: u32) -> u32 {
        while of[record as usize] != record {
            let up = of[of[record as usize] as usize];
            of[record as usize] = up;
            record = up;
        }
        record
    }
    for row in rows {
        let other = ids
            .row(&row.second)
            .ok_or_else(|| (row.line, unknown(&row.second, "", ids)))?;
        let (a, b) = (root(&mut of, row.record), root(&mut of, other));
        of[a.max(b) as usize] = a.min(b);
    }
    Ok((0..ids.len() as u32)
        .map(|record| Some(root(&mut of, record)))
        .collect())
}

fn unknown(id: &str, second: &str, ids: &Ids) -> String {
    let hint = if !ids.are_named() {
        ": the mapping names no id column, so records are numbered from 1; add id = \"…\" to it"
    } else if ids.row(second.trim()).is_some() {
        ": the second column has records of it; the record comes first"
    } else {
        ""
    };
    format!("the table has no record {id:?}{hint}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn ids(names: &[&str]) -> Ids {
        let mut ids = Ids::named(true);
        for (line, name) in names.iter().enumerate() {
            ids.add(name, line as u64 + 2).expect("unique");
        }
        ids
    }

    fn read_text(text: &str, ids: &Ids) -> Result<Truth, String> {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(text.as_bytes()).expect("written");
        let name = file.path().display().to_string();
        read(file.path(), ids, Some("rec_id")).map_err(|fault| fault.to_string().replace(&name, "T"))
    }

    #[test]
    fn persons_and_pairs_are_told_apart() {
        let table = ids(&["1", "2", "3", "4"]);
        for (text, expected) in [
            (
                "record,person\n1,a\n2,a\n3,b\n",
                vec![Some(0), Some(0), Some(1), None],
            ),
            ("x,y\n1,a\n2,a\n", vec![Some(0), Some(0), None, None]),
            ("person;rec_id\na;3\nb;1\n", vec![Some(1), None, Some(0), None]),
            (
                "rec_id\tnote\tcluster\n1\tz\tc\n2\tz\tc\n",
                vec![Some(0), Some(0), None, None],
            ),
            ("left,right\n1,3\n3,4\n", vec![Some(0), Some(1), Some(0), Some(0)]),
            ("x,y\n1,2\n1,3\n", vec![Some(0), Some(0), Some(0), Some(3)]),
            // Every record once: these numbers are persons.
            (
                "x,y\n1,2\n2,1\n3,2\n4,4\n",
                vec![Some(0), Some(1), Some(0), Some(2)],
            ),
            // Persons named by their first record, as a file of clusters has it.
            ("x,y\n1,1\n2,1\n3,3\n", vec![Some(0), Some(0), Some(2), Some(3)]),
        ] {
            assert_eq!(read_text(text, &table), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let table = ids(&["1", "2", "3", "4"]);
        for (text, expected) in [
            ("", "T is empty: its first line must name the columns"),
            (
                "record\n1\n",
                "T, line 1: two columns are needed: the record and its person",
            ),
            (
                "record,person\n1,a\n9,a\n",
                "T, line 3: the table has no record \"9\"",
            ),
            (
                "record,person\na,1\n",
                "T, line 2: the table has no record \"a\": the second column has records of it; the record comes first",
            ),
            (
                "record,person\n1,a\n1,b\n",
                "T, line 3: the record \"1\" has another person in an earlier line",
            ),
            ("record,person\n1,\n", "T, line 2: the second column is empty"),
            ("left,right\n1,9\n", "T, line 2: the table has no record \"9\""),
            (
                "record,person\n1,a,b\n",
                "T, line 2: 3 cells, the header has 2: a cell that holds the delimiter or a line break must stand in quotes",
            ),
        ] {
            assert_eq!(read_text(text, &table), Err(expected.to_owned()), "{text}");
        }
        let ambiguous = read_text("x,y\n1,2\n2,3\n", &table).expect_err("ambiguous");
        assert!(ambiguous.contains("head it record,person or"), "{ambiguous}");
        let numbered = Ids::named(false);
        let fault = read_text("record,person\nrec-1,a\n", &numbered).expect_err("no id column");
        assert!(fault.contains("add id ="), "{fault}");
    }
}
