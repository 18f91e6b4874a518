//! Written fields to normalised fields: pure functions, versioned as a ruleset.
//!
//! **Invariant:** no clock, no network, no disk, no randomness. What was written is never touched:
//! normalised values stand beside it. A field that is not named there is its own normal form.

mod applicant;
mod character;
pub mod codes;
mod context;
pub mod date;
mod kind;
mod letter;
pub mod name;
pub mod number;
pub mod phone;
pub mod place;
mod residence;
pub mod syllable;
pub mod text;

pub use applicant::{Normalised, Values, of_applicant, of_body, verified_values};
pub use context::Context;
pub use date::Date;
pub use fold;
pub use kind::{KINDS, Kind};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rules::Thresholds;
    use schemas::{Applicant, Field, Severity};

    fn read(written: &Applicant) -> Values {
        of_applicant(written, None, Thresholds::default())
    }

    #[test]
    fn what_needs_no_change_is_not_named() {
        let mut written = Applicant::default();
        written.set(Field::FullName, Some("Lò Văn Pâng".to_owned()));
        written.set(Field::DateOfBirth, Some("05/09/1987".to_owned()));
        let changes = read(&written).changes;
        assert_eq!(changes.len(), 1);
        assert_eq!(
            written.normalised(&changes).get(Field::DateOfBirth),
            Some("1987-09-05")
        );
        assert_eq!(written.get(Field::DateOfBirth), Some("05/09/1987"));
    }

    #[test]
    fn a_name_in_three_fields_is_one_name() {
        let mut written = Applicant::default();
        written.set(Field::Surname, Some("Lò ".to_owned()));
        written.set(Field::GivenName, Some("Pâng".to_owned()));
        let person = written.normalised(&read(&written).changes);
        assert_eq!(person.get(Field::FullName), Some("Lò Pâng"));
        assert_eq!(read(&person), Values::default(), "normalised once is normalised");
    }

    #[test]
    fn another_name_goes_to_its_own_field_and_parts_must_agree() {
        let mut written = Applicant::default();
        written.set(Field::FullName, Some("LÒ VĂN PÂNG (tức Ín)".to_owned()));
        written.set(Field::Surname, Some("Lò".to_owned()));
        written.set(Field::GivenName, Some("Páo".to_owned()));
        let values = read(&written);
        let person = written.normalised(&values.changes);
        assert_eq!(person.get(Field::OtherName), Some("Ín"));
        assert_eq!(person.get(Field::FullName), Some("Lò Văn Pâng"));
        assert_eq!(values.changes[0].rule, "name.apart+name.case");
        let codes: Vec<&str> = values.found.iter().map(|(_, rule)| rule.code).collect();
        assert_eq!(codes, ["name.other-name", "name.parts-disagree"]);
    }

    #[test]
    fn what_the_register_cannot_hold_is_not_read() {
        for (value, code) in [
            ("ắ".repeat(1001), "text.too-long"),
            ("a\0".to_owned(), "text.nul-character"),
        ] {
            for kind in KINDS {
                let found = kind.read(&value, &Context::default()).found;
                assert_eq!(
                    found.iter().map(|rule| rule.code).collect::<Vec<_>>(),
                    [code],
                    "{}",
                    kind.name
                );
            }
        }
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in "\\PC{0,40}", which in 0..KINDS.len()) {
            let read = |text: &str| KINDS[which].read(text, &Context::default());
            let once = read(&text);
            let held = once.severity().is_some_and(|heaviest| heaviest <= Severity::Hold);
            if let Some(value) = once.value.filter(|_| !held) {
                let again = read(&value);
                prop_assert_eq!(again.value.as_ref(), Some(&value));
                prop_assert!(again.changed_by.is_empty(), "{:?}", again.changed_by);
            }
        }
    }
}
