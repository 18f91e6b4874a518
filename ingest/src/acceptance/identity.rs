//! Which application a submission is about.

use super::limits;
use schemas::submission::BadSubmission;
use schemas::{NodeId, Sha256};
use uuid::Uuid;

/// Derives this node's application ids: the same text or content always gives the same id.
#[derive(Clone, Debug)]
pub struct Identity {
    namespace: Uuid,
}

/// An application's id and the dossier code it was derived from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub application_id: Uuid,
    pub reference: Option<String>,
}

impl Identity {
    /// The ids of one node: two offices may use the same dossier codes.
    pub fn of(node_id: &NodeId) -> Self {
        let name = format!("urn:vn.intake:node:{node_id}");
        Self {
            namespace: Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()),
        }
    }

    /// A UUID in its usual form is taken as it is; any other text of 1 to 64 characters is a dossier
    /// code.
    ///
    /// # Errors
    /// [`BadSubmission`] when it is empty, too long, or has spaces at its ends.
    pub fn named(&self, text: &str) -> Result<Named, BadSubmission> {
        const AT: &str = "application_id";
        if let Some(application_id) = as_uuid(text) {
            return Ok(Named {
                application_id,
                reference: None,
            });
        }
        limits::filled(AT, text, limits::APPLICATION_ID)?;
        if text.trim() != text || text.chars().any(char::is_control) {
            let problem = "must have no spaces at its ends and no control characters";
            return Err(BadSubmission::at(AT, problem));
        }
        Ok(Named {
            application_id: Uuid::new_v5(&self.namespace, text.as_bytes()),
            reference: Some(text.to_owned()),
        })
    }

    /// The id of an application that was submitted without one.
    pub fn of_content(&self, content_hash: Sha256) -> Named {
        // Longer than any dossier code, so that the two can't meet.
        let name = format!("sha256:{content_hash}");
        Named {
            application_id: Uuid::new_v5(&self.namespace, name.as_bytes()),
            reference: None,
        }
    }
}

fn as_uuid(text: &str) -> Option<Uuid> {
    const HYPHENATED: usize = 36;
    let parsed = (text.len() == HYPHENATED).then(|| Uuid::try_parse(text).ok());
    parsed.flatten().filter(|id| !id.is_nil())
}
