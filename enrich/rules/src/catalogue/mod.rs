//! Every rule there is, one table per subject.

use crate::Rule;

/// Makes one table: a `pub static` for each rule, and `ALL` of them.
macro_rules! rules {
    ($($name:ident $code:literal $severity:ident $vi:literal $en:literal $source:literal;)+) => {
        $(
            #[doc = $en]
            pub static $name: $crate::Rule = $crate::Rule {
                code: $code,
                severity: schemas::Severity::$severity,
                vi: $vi,
                en: $en,
                source: $source,
            };
        )+

        /// The rules of this table.
        pub static ALL: &[&$crate::Rule] = &[$(&$name,)+];
    };
}

pub mod application;
pub mod code;
pub mod date;
pub mod envelope;
pub mod form;
pub mod history;
pub mod name;
pub mod number;
pub mod phone;
pub mod place;
pub mod text;
pub mod verification;

/// Every table, by the subject its codes begin with.
pub static TABLES: &[(&str, &[&Rule])] = &[
    ("application", application::ALL),
    ("code", code::ALL),
    ("date", date::ALL),
    ("envelope", envelope::ALL),
    ("form", form::ALL),
    ("history", history::ALL),
    ("name", name::ALL),
    ("number", number::ALL),
    ("phone", phone::ALL),
    ("place", place::ALL),
    ("text", text::ALL),
    ("verification", verification::ALL),
];

/// The rule of a code.
pub fn find(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code == code)
}

/// Every rule, table by table.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    TABLES.iter().flat_map(|(_, rules)| rules.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_code_is_one_rule_and_begins_with_its_subject() {
        let mut seen = HashSet::new();
        for (subject, rules) in TABLES {
            for rule in *rules {
                assert!(rule.code.starts_with(&format!("{subject}.")), "{}", rule.code);
                assert!(seen.insert(rule.code), "{} is there twice", rule.code);
            }
        }
    }

    #[test]
    fn every_rule_speaks_to_a_clerk_and_names_its_source() {
        for rule in all() {
            for text in [rule.vi, rule.en] {
                assert!(
                    text.ends_with('.') && text.chars().count() > 15,
                    "{}: {text}",
                    rule.code
                );
            }
            assert!(!rule.source.is_empty(), "{} has no source", rule.code);
        }
    }
}
