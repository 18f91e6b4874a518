//! Rows of what is written and what it is read as.

use rules::Reading;

/// What is written, its value or nothing, the codes of what is found without their subject, and the
/// candidates.
pub type Row<'a> = (&'a str, &'a str, &'a [&'a str], &'a [&'a str]);

/// Panics unless each row is read as it says, and its value as itself. Codes begin with `subject`.
#[track_caller]
pub fn check(subject: &str, read: impl Fn(&str) -> Reading, rows: &[Row<'_>]) {
    for &(written, value, found, candidates) in rows {
        let reading = read(written);
        assert_eq!(reading.value.as_deref().unwrap_or(""), value, "{written}");
        assert_eq!(codes(subject, &reading), found, "{written}");
        assert_eq!(reading.candidates, candidates, "{written}");
        if let Some(value) = &reading.value {
            let again = read(value);
            assert_eq!(
                again.value.as_ref(),
                Some(value),
                "{written}: its normal form is one"
            );
            assert!(again.changed_by.is_empty(), "{written}");
            let changed = value != written;
            assert_eq!(
                changed,
                !reading.changed_by.is_empty(),
                "{written}: {:?}",
                reading.changed_by
            );
        }
    }
}

/// The codes of what was found, without the `subject` they begin with.
pub fn codes(subject: &str, reading: &Reading) -> Vec<&'static str> {
    let codes = reading.found.iter().map(|rule| rule.code);
    codes.map(|code| code.trim_start_matches(subject)).collect()
}
