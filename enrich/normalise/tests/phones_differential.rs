//! Our reading against libphonenumber's, whose numbering plan was made by others.
//!
//! `data/libphonenumber.tsv` was made once with the Python package `phonenumbers` 9.0.43: for every prefix of
//! two digits in both lengths, every area code, the international spellings and random digits,
//! `parse(text, "VN")`, `is_valid_number`, `format_number(…, E164)` and `number_type`.

use normalise::phone;

const VECTORS: &str = include_str!("data/libphonenumber.tsv");

struct Theirs<'a> {
    written: &'a str,
    number: Option<&'a str>,
    kind: &'a str,
}

fn vectors() -> impl Iterator<Item = Theirs<'static>> {
    let rows = VECTORS.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| {
        let mut columns = row.split('\t');
        let mut column = || columns.next().expect("three columns");
        Theirs {
            written: column(),
            number: Some(column()).filter(|&number| number != "-"),
            kind: column(),
        }
    })
}

/// Why the two may differ, if they do.
fn known_difference(theirs: &Theirs<'_>) -> Option<&'static str> {
    let reading = phone::read(theirs.written);
    let codes: Vec<_> = reading.found.iter().map(|rule| rule.code).collect();
    let has = |code: &str| codes.contains(&code);
    let by = |way: &str| reading.changed_by.contains(&way);
    let national = theirs
        .number
        .and_then(|number| number.strip_prefix("+84"))
        .unwrap_or("");
    match (theirs.number, reading.value.as_deref()) {
        (None, Some(_)) if by("phone.prefix-2018") => Some("they forgot the prefixes of before 2018"),
        (None, Some(_)) if by("phone.area-code-2017") => Some("they forgot the area codes of before 2017"),
        (_, None) if has("phone.ambiguous") => Some("two readings: we hold"),
        (_, Some(value))
            if value.starts_with("+8452")
                || value.starts_with("+8455")
                || value.starts_with("+8489")
                || value.starts_with("+8499") =>
        {
            Some("they know which blocks of an operator's prefix are handed out")
        }
        (Some(_), _) if national.starts_with("30") || national.starts_with("31") => {
            Some("they take these for mobile prefixes; none is handed out, and they were area codes")
        }
        (Some(_), None) if national.starts_with("51") => Some("a mobile prefix that no operator has"),
        (Some(_), None) if national.starts_with('1') => Some("numbers of machines are no person's"),
        (Some(_), None) if theirs.kind == "other" => Some("service numbers are no person's"),
        (None, Some(_)) if has("phone.foreign") => Some("we don't know other countries' plans"),
        _ => None,
    }
}

#[test]
fn libphonenumber_agrees_but_for_what_is_known() {
    let mut same = 0;
    for theirs in vectors() {
        let ours = phone::read(theirs.written).value;
        if ours.as_deref() == theirs.number {
            same += 1;
        } else {
            assert!(
                known_difference(&theirs).is_some(),
                "{}: ours {ours:?}, theirs {:?} ({})",
                theirs.written,
                theirs.number,
                theirs.kind
            );
        }
    }
    assert!(same > 350, "only {same} are the same");
}
