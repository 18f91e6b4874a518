//! From a step of a case to what the node is sent.

use crate::calendar::{self, DateForm};
use crate::case::Case;
use crate::form::Form;
use crate::household::Household;
use crate::person::Person;
use crate::places::Places;
use crate::random::{Draws, Purpose};
use crate::variation::{Defect, Slip, Step, Variation, Writing};
use schemas::event::{Attachment, Channel, FieldVerification, Service, VerificationFinding};
use schemas::submission::{self, Submission, Verification, Withdrawal};
use schemas::{Applicant, Field, Personal, Sha256};

/// Slips that nobody corrects, per thousand last revisions.
const UNCORRECTED: u32 = 30;

/// A case with the people it is about.
pub(crate) struct Dossier<'a> {
    pub(crate) seed: u64,
    pub(crate) household: &'a Household,
    pub(crate) person: &'a Person,
    pub(crate) case: &'a Case,
}

impl Dossier<'_> {
    pub(crate) fn submit(&self, step: Step, tick: u64) -> (Variation, Submission) {
        let plain = Variation {
            application: self.case.application,
            step,
            defect: None,
            writing: Writing::Clean,
            slip: None,
        };
        let application_id = self.case.application_id(self.seed);
        match step {
            Step::Application { revision } => self.application(step, revision, application_id),
            Step::Resubmission => self.application(step, 1, application_id),
            Step::Verification { stage } => {
                let verification = Verification {
                    application_id: application_id.unwrap_or_default(),
                    captured_at: Some(calendar::captured_at(tick)),
                    stage: i32::from(stage),
                    officer: format!(
                        "{}-{:03}",
                        Places::all().province(self.case.province).code,
                        self.case.person % 997
                    ),
                    findings: self.findings(stage, tick),
                };
                (plain, Submission::Verification(verification))
            }
            Step::Withdrawal => {
                let withdrawal = Withdrawal {
                    application_id: application_id.unwrap_or_default(),
                    captured_at: Some(calendar::captured_at(tick)),
                    reason: Some("applicant-request".to_owned()),
                };
                (plain, Submission::Withdrawal(withdrawal))
            }
        }
    }

    fn draws(&self, revision: u8) -> Draws {
        let part = u64::from(self.case.application) << 8 | u64::from(revision);
        Draws::part(self.seed, Purpose::Writing, self.case.person, part)
    }

    /// The form of one revision, with what was done to it.
    fn fill(&self, step: Step, revision: u8, draws: &mut Draws) -> (Variation, Applicant) {
        let Self {
            seed,
            household,
            person,
            case,
        } = *self;
        let defect = case.defect.filter(|_| revision == 1);
        let writing = Writing::draw(draws);
        let last = revision == case.revisions;
        let slips = if last {
            draws.chance(UNCORRECTED)
        } else {
            case.defect.is_none()
        };
        let slip = slips.then(|| Slip::draw(person, draws));

        let mut applicant = Form {
            seed,
            household,
            person,
            case,
        }
        .fill(draws);
        if let Some(slip) = slip {
            slip.apply(&mut applicant, person);
        }
        writing.apply(&mut applicant);
        if let Some(defect) = defect {
            defect.apply(&mut applicant, person);
        }
        (
            Variation {
                application: case.application,
                step,
                defect,
                writing,
                slip,
            },
            applicant,
        )
    }

    fn application(&self, step: Step, revision: u8, id: Option<String>) -> (Variation, Submission) {
        let case = self.case;
        let mut draws = self.draws(revision);
        let (variation, applicant) = self.fill(step, revision, &mut draws);
        let captured = calendar::captured_at(case.tick_of_revision(revision));
        let application = submission::Application {
            application_id: id,
            revision: if variation.defect == Some(Defect::RevisionZero) {
                0
            } else {
                i32::from(revision)
            },
            captured_at: match variation.defect {
                Some(Defect::UnreadableMoment) => Some("hôm qua".to_owned()),
                _ => draws.chance(970).then_some(captured),
            },
            form: form_of(case.service),
            channel: self.channel(&mut draws),
            service: case.service,
            commune: Some(Places::all().ward(case.ward).code.to_owned()),
            village: (!case.elsewhere).then(|| self.household.village.to_owned()),
            team: draws
                .chance(800)
                .then(|| format!("to-{:02}", 1 + u32::from(case.ward) % 24)),
            applicant,
            attachments: self.attachments(),
        };
        (variation, Submission::Application(application))
    }

    fn channel(&self, draws: &mut Draws) -> Channel {
        let upland = self.person.group.name != "Kinh";
        match draws.below(100) {
            0..55 if upland => Channel::MobileTeam,
            0..10 => Channel::MobileTeam,
            55..63 => Channel::HomeVisit,
            63..80 if !upland => Channel::WardDesk,
            _ => Channel::CommuneOffice,
        }
    }

    fn attachments(&self) -> Vec<Attachment> {
        let mut draws = Draws::part(
            self.seed,
            Purpose::Attachments,
            self.case.person,
            self.case.application.into(),
        );
        let count = 1 + usize::from(draws.chance(250));
        let kinds = ["photo", "birth_certificate"];
        kinds[..count]
            .iter()
            .map(|&kind| {
                let mut digest = [0; 32];
                digest
                    .chunks_exact_mut(8)
                    .for_each(|part| part.copy_from_slice(&draws.bits().to_be_bytes()));
                Attachment {
                    kind: kind.to_owned(),
                    sha256: Sha256(digest),
                    bytes: 30_000 + i64::from(draws.below(90_000)),
                }
            })
            .collect()
    }

    /// An officer compares with the papers: a slip is corrected, what is right is confirmed.
    fn findings(&self, stage: u8, tick: u64) -> Vec<FieldVerification> {
        let person = self.person;
        let number = person.personal_number.map(|number| number.to_string());
        let papers = [
            (Field::FullName, Some(person.name.full())),
            (Field::DateOfBirth, Some(person.born.written(DateForm::Slashes))),
            (Field::PersonalNumber, number),
        ];
        let seen = self.case.revision_at(tick);
        let (Variation { slip, .. }, _) =
            self.fill(Step::Application { revision: seen }, seen, &mut self.draws(seen));
        let checked = papers.into_iter().take(1 + usize::from(stage));
        checked
            .map(|(field, truth)| finding_of(field, slip, truth))
            .collect()
    }
}

fn finding_of(field: Field, slip: Option<Slip>, truth: Option<String>) -> FieldVerification {
    let (finding, value) = match slip.filter(|slip| slip.field() == field) {
        _ if truth.is_none() => (VerificationFinding::Missing, None),
        None => (VerificationFinding::Confirmed, None),
        Some(Slip::NumberLeftOut) => (VerificationFinding::New, truth),
        Some(Slip::NumberMistyped | Slip::DayMistyped | Slip::GivenNameMistyped) => {
            (VerificationFinding::Corrected, truth)
        }
    };
    FieldVerification {
        field,
        finding,
        value: value.map(Personal::new),
    }
}

/// CC01 is the application for a card, CT01 the change of residence, DC02 the collection of residents' details.
fn form_of(service: Service) -> submission::Form {
    let id = match service {
        Service::FirstIssue | Service::Reissue => "CC01",
        Service::Residence => "CT01",
        Service::Change | Service::Supplement => "DC02",
    };
    submission::Form {
        id: id.to_owned(),
        version: "2024-07".to_owned(),
    }
}
