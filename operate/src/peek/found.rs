//! Whether a record says something: for a search, which prints nothing of what it compares.

use super::decoded::{Decoded, decoded, nested};
use runtime::kafka::Record;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// A member of events, and the value it is to have.
#[derive(Debug)]
pub(crate) struct Sought {
    /// A member's name, or names from the outside in with dots between.
    path: Vec<String>,
    /// May be a person's.
    value: SecretString,
}

impl Sought {
    pub(crate) fn new(field: &str, value: SecretString) -> Self {
        Self {
            path: field.split('.').map(str::to_owned).collect(),
            value,
        }
    }

    /// Whether the record has such a member with exactly this value, at whatever depth, also in the events that stand
    /// inside others as bytes. What can't be decoded has none.
    pub(crate) fn is_in(&self, record: &Record) -> bool {
        match decoded(record) {
            Some(Ok(Decoded { content, .. })) => self.within(&content, &mut Vec::new()),
            _ => false,
        }
    }

    fn within(&self, document: &Value, path: &mut Vec<String>) -> bool {
        match document {
            Value::Object(members) => members.iter().any(|(key, value)| {
                path.push(key.clone());
                let found = (path.ends_with(&self.path) && self.is(value)) || self.inside(key, value, path);
                path.pop();
                found
            }),
            Value::Array(items) => items.iter().any(|item| self.within(item, path)),
            _ => false,
        }
    }

    /// Below a member.
    fn inside(&self, key: &str, value: &Value, path: &mut Vec<String>) -> bool {
        match bytes(value).and_then(|bytes| nested(key, &bytes)) {
            Some(event) => self.within(&event.content, path),
            None => self.within(value, path),
        }
    }

    fn is(&self, value: &Value) -> bool {
        let sought = self.value.expose_secret();
        match value {
            Value::String(text) => text == sought,
            Value::Number(number) => number.to_string() == sought,
            Value::Bool(flag) => flag.to_string() == sought,
            Value::Array(items) => items.iter().any(|item| item.as_str() == Some(sought)),
            _ => false,
        }
    }
}

/// A list that JSON has for bytes.
fn bytes(value: &Value) -> Option<Vec<u8>> {
    let numbers = value.as_array().filter(|numbers| !numbers.is_empty())?;
    let byte = |number: &Value| u8::try_from(number.as_u64()?).ok();
    numbers.iter().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_member_is_found_at_any_depth_by_its_whole_value() {
        let document = json!({
            "sequence": 3,
            "body": {"ApplicationSubmitted": {"applicant": {"full_name": "Lò Văn Pâng"}, "form_id": "CC01"}},
            "findings": [{"code": "name.short"}, {"code": "date.future"}], "members": ["a-1", "a-2"],
        });
        let found = |field: &str, value: &str| {
            let value = SecretString::from(value.to_owned());
            Sought::new(field, value).within(&document, &mut Vec::new())
        };
        for (field, value) in [
            ("full_name", "Lò Văn Pâng"),
            ("applicant.full_name", "Lò Văn Pâng"),
            ("sequence", "3"),
            ("code", "date.future"),
            ("members", "a-2"),
        ] {
            assert!(found(field, value), "{field}");
        }
        for (field, value) in [
            ("full_name", "Lò Văn"),
            ("findings.full_name", "Lò Văn Pâng"),
            ("sequence", "33"),
            ("name", "Lò Văn Pâng"),
        ] {
            assert!(!found(field, value), "{field}");
        }
    }

    #[test]
    fn what_is_sought_is_not_told() {
        let sought = Sought::new("full_name", SecretString::from("Lò Văn Pâng".to_owned()));
        assert!(!format!("{sought:?}").contains("Pâng"));
    }
}
