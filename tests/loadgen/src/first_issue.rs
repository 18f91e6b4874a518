//! The plainest form there is.

use schemas::Applicant;
use schemas::event::{ApplicationSubmitted, Channel, Service};
use uuid::Uuid;

/// The form of an applicant's first card that a mobile team takes, with nothing else said: the least that is a form.
pub fn first_issue(application_id: Uuid, applicant: Applicant) -> ApplicationSubmitted {
    ApplicationSubmitted {
        application_id,
        revision: 1,
        reference: None,
        form_id: "CC01".to_owned(),
        form_version: "2024-07".to_owned(),
        channel: Channel::MobileTeam,
        service: Service::FirstIssue,
        commune: None,
        village: None,
        team: None,
        applicant,
        attachments: Vec::new(),
    }
}
