//! What a clerk or their software hands to an intake node: one JSON object, alone or as a line of
//! NDJSON. `schemas/submission.schema.json` is its JSON Schema, `schemas/README.md` its guide.

use crate::Applicant;
use crate::event::{
    ApplicationSubmitted, ApplicationWithdrawn, Attachment, Channel, FieldVerification, Service,
    VerificationRecorded,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One submission. In JSON the key `type` tells the kind; without it, it is an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Submission {
    /// An application, or a later revision of one.
    Application(Application),
    /// An officer's verification.
    Verification(Verification),
    /// The applicant takes the application back.
    Withdrawal(Withdrawal),
}

/// An application as it is submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// A UUID, or the office's own dossier code of 1 to 64 characters, from which the node derives
    /// one. Without it, the id is derived from the content, so the same content is the same
    /// application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// 1 for the first, then 2, 3 …
    #[serde(default = "first")]
    pub revision: i32,
    /// When the clerk took it (RFC 3339 with zone); the moment of submission when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_at: Option<String>,
    /// The form.
    pub form: Form,
    /// Where it was taken.
    pub channel: Channel,
    /// What is applied for.
    pub service: Service,
    /// Code of the commune where it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune: Option<String>,
    /// Village.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village: Option<String>,
    /// Team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The person's fields exactly as written.
    pub applicant: Applicant,
    /// Documents by content hash, at most 32.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

const fn first() -> i32 {
    1
}

/// A form by its official id and version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Such as `CC01`.
    pub id: String,
    /// Such as `2024-07`.
    pub version: String,
}

/// A verification as it is submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// The application, by the id or code it was submitted with.
    pub application_id: String,
    /// When (RFC 3339 with zone); the moment of submission when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_at: Option<String>,
    /// 1 to 3.
    pub stage: i32,
    /// The officer's service number.
    pub officer: String,
    /// At most one for each field.
    #[serde(default)]
    pub findings: Vec<FieldVerification>,
}

/// A withdrawal as it is submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The application, by the id or code it was submitted with.
    pub application_id: String,
    /// When (RFC 3339 with zone); the moment of submission when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_at: Option<String>,
    /// A code or short text without personal details.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Application {
    /// What the event of its application says, with the office's own code where it has one.
    pub fn into_event(self, application_id: Uuid, reference: Option<String>) -> ApplicationSubmitted {
        ApplicationSubmitted {
            application_id,
            revision: self.revision,
            reference,
            form_id: self.form.id,
            form_version: self.form.version,
            channel: self.channel,
            service: self.service,
            commune: self.commune,
            village: self.village,
            team: self.team,
            applicant: self.applicant,
            attachments: self.attachments,
        }
    }
}

impl Verification {
    /// What the event of an application's verification says.
    pub fn into_event(self, application_id: Uuid) -> VerificationRecorded {
        VerificationRecorded {
            application_id,
            stage: self.stage,
            officer: self.officer,
            findings: self.findings,
        }
    }
}

impl Withdrawal {
    /// What the event of an application's withdrawal says.
    pub fn into_event(self, application_id: Uuid) -> ApplicationWithdrawn {
        ApplicationWithdrawn {
            application_id,
            reason: self.reason,
        }
    }
}

/// Why a submission was refused: what, where and what to do. Never quotes a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {problem}")]
pub struct BadSubmission {
    /// Path of the field, such as `applicant.full_name`; `line` for the whole.
    pub at: String,
    /// What is wrong and what is expected.
    pub problem: String,
}

impl BadSubmission {
    /// A fault at a named field.
    pub fn at(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            at: path.into(),
            problem: problem.into(),
        }
    }
}

impl Submission {
    /// Reads one JSON object.
    ///
    /// # Errors
    /// [`BadSubmission`] names the field; its text never holds a submitted value.
    pub fn parse(json: &[u8]) -> Result<Self, BadSubmission> {
        let value: serde_json::Value = serde_json::from_slice(json).map_err(|fault| {
            BadSubmission::at(
                "line",
                format!("not valid JSON in UTF-8 (column {})", fault.column()),
            )
        })?;
        let serde_json::Value::Object(mut object) = value else {
            return Err(BadSubmission::at("line", "must be a JSON object"));
        };
        let kind = object.remove("type").unwrap_or_else(|| "application".into());
        let rest = serde_json::Value::Object(object);
        match kind.as_str() {
            Some("application") => typed(rest).map(Self::Application),
            Some("verification") => typed(rest).map(Self::Verification),
            Some("withdrawal") => typed(rest).map(Self::Withdrawal),
            _ => Err(BadSubmission::at(
                "type",
                "must be application, verification or withdrawal",
            )),
        }
    }
}

fn typed<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, BadSubmission> {
    serde_path_to_error::deserialize(value).map_err(|fault| {
        let path = fault.path().to_string();
        let at = if path == "." { "line".to_owned() } else { path };
        BadSubmission {
            problem: without_values(&fault.inner().to_string()),
            at,
        }
    })
}

/// serde's texts quote what was submitted; this keeps what they say about our own schema.
fn without_values(text: &str) -> String {
    let named = |prefix: &str| {
        let name = text.strip_prefix(prefix)?.split('`').nth(1)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        (name.len() <= 40 && name.bytes().all(plain)).then(|| name.to_owned())
    };
    if let Some(name) = named("missing field") {
        return format!("`{name}` is missing");
    }
    if text.starts_with("unknown field") {
        let name = named("unknown field")
            .map(|name| format!(" `{name}`"))
            .unwrap_or_default();
        return format!("unknown field{name}: see submission.schema.json for the fields there are");
    }
    let expected = text.rsplit_once("expected ").map(|(_, expected)| expected);
    match expected {
        Some(expected) => format!("expected {expected}"),
        None => "has the wrong type or form: see submission.schema.json".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"form":{"id":"CC01","version":"2024-07"},"channel":"mobile_team",
        "service":"first_issue","applicant":{"full_name":"Lò Văn Pâng"}}"#;

    #[test]
    fn an_application_needs_no_type() {
        let Ok(Submission::Application(application)) = Submission::parse(GOOD.as_bytes()) else {
            panic!("refused")
        };
        assert_eq!(application.revision, 1);
        let again = serde_json::to_vec(&Submission::Application(application.clone())).expect("JSON");
        assert_eq!(
            Submission::parse(&again),
            Ok(Submission::Application(application))
        );
    }

    #[test]
    fn refusals_name_the_field_and_never_the_value() {
        for (from, to, at, problem) in [
            (
                "\"Lò Văn Pâng\"",
                "17",
                "applicant.full_name",
                "expected a string",
            ),
            ("\"mobile_team\"", "\"Lò Văn Pâng\"", "channel", "expected one of"),
            (
                "full_name",
                "fullname",
                "applicant.fullname",
                "unknown field `fullname`",
            ),
            ("full_name", "Lò Văn Pâng", "applicant", "unknown field:"),
            ("\"channel\":\"mobile_team\",", "", "line", "`channel` is missing"),
            ("}}", "}", "line", "not valid JSON"),
        ] {
            let fault = Submission::parse(GOOD.replace(from, to).as_bytes()).expect_err(to);
            assert!(fault.at.starts_with(at), "{to}: {fault}");
            assert!(fault.problem.contains(problem), "{to}: {fault}");
            assert!(!fault.problem.contains("Pâng"), "{fault}");
        }
    }
}
