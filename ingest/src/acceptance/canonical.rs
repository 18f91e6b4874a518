//! The one way to write a submission as JSON, so that its hash stands for its content: keys sorted
//! by their bytes, no spaces, absent members left out. As RFC 8785 for the types that occur here
//! (no fractions).

use schemas::Sha256;
use schemas::submission::{BadSubmission, Submission};
use serde_json::Value;

/// SHA-256 over the canonical JSON of a submission.
pub fn content_hash(submission: &Submission) -> Result<Sha256, BadSubmission> {
    let unwritable = |_| BadSubmission::at("line", "can't be written as JSON");
    let mut canonical = Vec::with_capacity(1024);
    let value = serde_json::to_value(submission).map_err(unwritable)?;
    write(&value, &mut canonical).map_err(unwritable)?;
    Ok(Sha256::of(&canonical))
}

fn write(value: &Value, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match value {
        Value::Object(members) => {
            let mut present: Vec<_> = members.iter().filter(|(_, value)| !value.is_null()).collect();
            present.sort_unstable_by_key(|(key, _)| key.as_bytes());
            out.push(b'{');
            for (at, (key, value)) in present.into_iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                serde_json::to_writer(&mut *out, key)?;
                out.push(b':');
                write(value, out)?;
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        plain => serde_json::to_writer(out, plain)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_spaces_do_not_matter_and_content_does() {
        let hash = |json: &str| {
            content_hash(&Submission::parse(json.as_bytes()).expect("a submission")).expect("hashed")
        };
        let one = r#"{"form":{"id":"CC01","version":"1"},"channel":"ward_desk","service":"change","applicant":{"sex":"Nam"}}"#;
        let same = r#"{ "type":"application", "applicant":{"sex":"Nam","phone":null}, "revision":1,
            "service":"change","channel":"ward_desk","form":{"version":"1","id":"CC01"}}"#;
        assert_eq!(hash(one), hash(same));
        assert_ne!(hash(one), hash(&one.replace("Nam", "Nữ")));
    }
}
