//! What a generated submission is and what was done to it: the truth, for tests to compare with.

use serde::Serialize;

/// How a submission differs from a clean first application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Variation {
    /// Which of the person's applications it is about: 0, 1, 2.
    pub application: u8,
    /// What it does.
    pub step: Step,
    /// Why it should be refused or rejected, if it should.
    pub defect: Option<Defect>,
    /// How its texts are written.
    pub writing: Writing,
    /// One value that is wrong or left out.
    pub slip: Option<Slip>,
}

/// One step in the life of an application. The order is that of steps in one tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The application (revision 1) or a correction of it (2, 3).
    Application {
        /// Number of the revision, from 1.
        revision: u8,
    },
    /// Revision 1 once more, byte for byte.
    Resubmission,
    /// An officer's verification.
    Verification {
        /// 1 to 3.
        stage: u8,
    },
    /// The applicant takes it back.
    Withdrawal,
}

/// Why an application can't go through. Its JSON is valid all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Defect {
    /// No name in any field.
    NoName,
    /// A date of birth that no calendar has: 31/02.
    ImpossibleDate,
    /// Born after the campaign.
    BornInFuture,
    /// Not one field of the applicant.
    EmptyApplicant,
    /// Revision 0: the node refuses it at once.
    RevisionZero,
    /// `captured_at` is no RFC 3339 moment: the node refuses it at once.
    UnreadableMoment,
}

impl Defect {
    /// Whether the intake node itself has to refuse it, so that it never becomes an event.
    pub const fn refused_by_node(self) -> bool {
        matches!(self, Self::RevisionZero | Self::UnreadableMoment)
    }
}

/// How names and places are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Writing {
    /// Composed Unicode (NFC), single spaces.
    Clean,
    /// Capital letters, as many forms ask for.
    UpperCase,
    /// Two spaces where one belongs, and one at an end.
    DoubledSpaces,
    /// Decomposed Unicode (NFD), as some keyboards and file names give.
    Decomposed,
    /// Without tones and marks: Lo Van Pang.
    TonesMissing,
}

/// A mistake in one field, corrected by the last revision where there is more than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Slip {
    /// The person has a personal number; the form doesn't have it.
    NumberLeftOut,
    /// One digit of the serial is wrong.
    NumberMistyped,
    /// The day of birth is another one of the same month.
    DayMistyped,
    /// The given name has lost its marks, or doubled a letter.
    GivenNameMistyped,
}
