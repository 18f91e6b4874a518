//! Applications to submit, and the truth about them.

use crate::Ground;
use crate::client::Answer;
use loadgen::{Generated, Generator};
use schemas::submission::Submission;
use schemas::{Applicant, Field};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Fields whose values must appear in no log. Left out are those whose values are common words or
/// codes: sex, ethnicity, communes.
const TELLING: &[Field] = &[
    Field::FullName,
    Field::OtherName,
    Field::DateOfBirth,
    Field::PersonalNumber,
    Field::OldNumber,
    Field::PassportNumber,
    Field::PermanentAddress,
    Field::CurrentAddress,
    Field::Phone,
    Field::Email,
    Field::HouseholdHeadName,
    Field::HouseholdHeadNumber,
    Field::FatherName,
    Field::FatherNumber,
    Field::MotherName,
    Field::MotherNumber,
    Field::SpouseName,
    Field::SpouseNumber,
    Field::GuardianName,
    Field::GuardianNumber,
];
/// Shorter values would be found by chance: a year in a time of day, three letters in a word.
const TELLING_BYTES: usize = 8;

/// One submission as NDJSON.
#[derive(Clone, Debug)]
pub struct Line {
    /// With the newline.
    pub json: Vec<u8>,
    /// The node has to refuse it.
    pub refused_by_node: bool,
}

/// Submissions of every kind the generator knows, by province and in order.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// By the province's slug.
    pub lines: BTreeMap<String, Vec<Line>>,
    /// Values of the persons in it, as far as they tell one from another.
    personal: BTreeSet<String>,
}

impl Load {
    /// The first `lines` of the generator's stream for the ground's provinces, evenly spread. What they
    /// say of a person is forbidden in the ground's logs from now on.
    pub fn generate(ground: &Ground, seed: u64, lines: usize) -> Self {
        let mut generator =
            Generator::evenly(seed, ground.provinces.iter()).expect("the provinces are known");
        Self::next(ground, &mut generator, lines)
    }

    /// The next `lines` of a generator's stream, under the same rule.
    pub fn next(ground: &Ground, generator: &mut Generator, lines: usize) -> Self {
        let mut load = Self::default();
        for generated in generator.take(lines) {
            let mut json = Vec::new();
            generated
                .write_line(&mut json)
                .expect("a line is written to memory");
            load.note_personal(&generated);
            let refused_by_node = generated
                .variation
                .defect
                .is_some_and(loadgen::Defect::refused_by_node);
            let lines = load.lines.entry(generated.province.to_string()).or_default();
            lines.push(Line {
                json,
                refused_by_node,
            });
        }
        ground.gate.borrow_mut().forbid(&load.personal);
        load
    }

    fn note_personal(&mut self, generated: &Generated) {
        let values: Vec<String> = match &generated.submission {
            Submission::Application(application) => telling(&application.applicant),
            Submission::Verification(verification) => {
                let values = verification
                    .findings
                    .iter()
                    .filter(|finding| TELLING.contains(&finding.field));
                values
                    .filter_map(|finding| finding.value.as_ref())
                    .map(|value| value.expose().clone())
                    .collect()
            }
            Submission::Withdrawal(_) => Vec::new(),
        };
        self.personal
            .extend(values.into_iter().filter(|value| value.len() >= TELLING_BYTES));
    }

    /// How many lines.
    pub fn len(&self) -> usize {
        self.lines.values().map(Vec::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Cuts it into `parts` of about the same size, each province's order kept.
    pub fn split(&self, parts: usize) -> Vec<Self> {
        let of = |at: usize| {
            let cut =
                |lines: &Vec<Line>| lines[lines.len() * at / parts..lines.len() * (at + 1) / parts].to_vec();
            let lines = self
                .lines
                .iter()
                .map(|(province, lines)| (province.clone(), cut(lines)))
                .collect();
            Self {
                lines,
                personal: BTreeSet::new(),
            }
        };
        (0..parts).map(of).collect()
    }
}

fn telling(applicant: &Applicant) -> Vec<String> {
    TELLING
        .iter()
        .filter_map(|&field| applicant.get(field))
        .map(str::to_owned)
        .collect()
}

/// What the nodes said to a load.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// Every event that a node has on its disk, by its id: each exactly once, however often it was sent.
    pub events: BTreeSet<Uuid>,
    /// Lines answered.
    pub lines: usize,
    /// Lines refused for their form.
    pub invalid: usize,
    /// Lines whose application and revision was taken by other content.
    pub conflicts: usize,
}

impl Sent {
    /// Counts one answer; panics at one that no node of ours should give to the generator.
    pub fn count(&mut self, answer: &Answer) {
        self.lines += 1;
        match (answer.status.as_str(), answer.event_id) {
            ("accepted" | "already_accepted", Some(event)) => {
                self.events.insert(event);
            }
            ("invalid", _) => self.invalid += 1,
            ("conflict", _) => self.conflicts += 1,
            (status, _) => panic!("a node answered {status}: {:?}", answer.error),
        }
    }

    /// Adds what was said to another load.
    pub fn add(&mut self, other: Self) {
        self.events.extend(other.events);
        self.lines += other.lines;
        self.invalid += other.invalid;
        self.conflicts += other.conflicts;
    }
}
