//! A submission as a line of NDJSON, without the fields that have no value: as an office writes it.

use crate::generator::Generated;
use schemas::Applicant;
use schemas::event::{Attachment, Channel, Service};
use schemas::submission::{Application, Form, Submission};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::io;

impl Generated {
    /// Writes the submission as one line of compact JSON with a newline at its end.
    ///
    /// # Errors
    /// What `to` fails with.
    pub fn write_line(&self, to: &mut impl io::Write) -> io::Result<()> {
        match &self.submission {
            Submission::Application(application) => serde_json::to_writer(&mut *to, &Line::of(application))?,
            other => serde_json::to_writer(&mut *to, other)?,
        }
        to.write_all(b"\n")
    }
}

/// [`Application`] for writing: that type's own form writes absent fields as null.
#[derive(Serialize)]
struct Line<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    application_id: Option<&'a str>,
    revision: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    captured_at: Option<&'a str>,
    form: &'a Form,
    channel: Channel,
    service: Service,
    #[serde(skip_serializing_if = "Option::is_none")]
    commune: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    village: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<&'a str>,
    applicant: Present<'a>,
    attachments: &'a [Attachment],
}

impl<'a> Line<'a> {
    // Taken apart without `..`, so that a new field of the contract doesn't compile until it is here.
    fn of(application: &'a Application) -> Self {
        let Application {
            application_id,
            revision,
            captured_at,
            form,
            channel,
            service,
            commune,
            village,
            team,
            applicant,
            attachments,
        } = application;
        Self {
            r#type: "application",
            application_id: application_id.as_deref(),
            revision: *revision,
            captured_at: captured_at.as_deref(),
            form,
            channel: *channel,
            service: *service,
            commune: commune.as_deref(),
            village: village.as_deref(),
            team: team.as_deref(),
            applicant: Present(applicant),
            attachments,
        }
    }
}

struct Present<'a>(&'a Applicant);

impl Serialize for Present<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (field, value) in self.0.present() {
            map.serialize_entry(field.name(), value)?;
        }
        map.end()
    }
}
