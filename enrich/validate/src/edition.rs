//! Forms by their official id, and the months in which each edition was in force.

use crate::overall;
use normalise::Date;
use rules::catalogue::form as rule;
use schemas::Finding;

/// A year and a month.
type Month = (u16, u8);

struct Edition {
    id: &'static str,
    /// In force from the first day of this month; also how its version is written, `2024-07`.
    from: Month,
    /// In force to the last day of this month, where it was replaced by another form.
    until: Option<Month>,
}

/// The editions whose dates are known, by id and then by age.
const EDITIONS: &[Edition] = &[
    // Circular 66/2015/TT-BCA: the declaration for a citizen's card.
    edition("CC01", (2016, 2), Some((2024, 6))),
    // Circular 17/2024/TT-BCA: the sheet of what was collected. Another form under the same id.
    edition("CC01", (2024, 7), None),
    // Circular 66/2015/TT-BCA: what was collected; since Circular 17/2024 the id is a slip to fetch the card.
    edition("CC02", (2016, 2), Some((2024, 6))),
    // Circular 56/2021/TT-BCA, then Circular 66/2023/TT-BCA: the declaration of a change of residence.
    edition("CT01", (2021, 7), None),
    edition("CT01", (2024, 1), None),
    // Circular 66/2015/TT-BCA and its amendments: collecting and changing a resident's details.
    edition("DC01", (2016, 2), None),
    edition("DC02", (2016, 2), None),
];

const fn edition(id: &'static str, from: Month, until: Option<Month>) -> Edition {
    Edition { id, from, until }
}

/// What is found of a form's id and version, on the day it was taken.
pub(crate) fn findings(id: &str, version: &str, as_of: Option<Date>, findings: &mut Vec<Finding>) {
    let mut known = EDITIONS.iter().filter(|edition| edition.id == id.trim());
    if known.clone().next().is_none() {
        findings.push(overall(&rule::UNKNOWN_ID));
        return;
    }
    let month_of = |date: Date| Some((date.year(), date.month()?));
    let version = Date::parse(version.trim()).and_then(month_of);
    let edition = known.rfind(|edition| version.is_some_and(|version| edition.from <= version));
    let Some(edition) = edition else {
        findings.push(overall(&rule::UNKNOWN_VERSION));
        return;
    };
    let month = as_of.and_then(month_of);
    let early = month.is_some_and(|month| month < edition.from);
    let late = month
        .zip(edition.until)
        .is_some_and(|(month, until)| month > until);
    if early || late {
        findings.push(overall(&rule::NOT_IN_FORCE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_by_an_example() {
        for (id, version, day, code) in [
            ("CC01", "2024-07", "2024-07-01", None),
            ("CC01", "2024-07", "2024-06-30", Some("form.not-in-force")),
            ("CC01", "2016-02", "2024-06-30", None),
            ("CC01", "2016-02", "2024-07-01", Some("form.not-in-force")),
            ("CC01", "2015-01", "2024-07-01", Some("form.unknown-version")),
            ("CC01", "1", "2024-07-01", Some("form.unknown-version")),
            ("CT01", "2024-07", "2024-08-01", None),
            ("DC02", "2024-07", "2024-08-01", None),
            ("XX99", "2024-07", "2024-08-01", Some("form.unknown-id")),
        ] {
            let mut found = Vec::new();
            findings(id, version, Date::parse(day), &mut found);
            let codes: Vec<_> = found.iter().map(|finding| finding.code.as_str()).collect();
            assert_eq!(
                codes,
                code.into_iter().collect::<Vec<_>>(),
                "{id} {version} {day}"
            );
        }
    }
}
