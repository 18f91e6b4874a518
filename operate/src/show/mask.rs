//! Hiding values about a person.

use schemas::{Applicant, Field};
use serde_json::{Map, Value};

/// Whether values about a person are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mask {
    /// The first letter and dots: enough to see that a value is there.
    Masked,
    /// As they are.
    Unmasked,
}

impl Mask {
    /// The value as it may be shown. Masked, not even its length is told.
    pub(crate) fn show(self, value: &str) -> String {
        match self {
            Self::Unmasked => value.to_owned(),
            Self::Masked => value
                .chars()
                .next()
                .map(|first| format!("{first}•••"))
                .unwrap_or_default(),
        }
    }

    /// The fields that have a value, each as it may be shown.
    pub(crate) fn fields(self, person: &Applicant) -> Vec<(Field, String)> {
        person
            .present()
            .map(|(field, value)| (field, self.show(value)))
            .collect()
    }

    /// JSON with every `value` as it may be shown.
    pub(crate) fn json(self, document: Value) -> Value {
        match document {
            Value::Array(items) => items.into_iter().map(|item| self.json(item)).collect(),
            Value::Object(members) => {
                let member = |(key, value): (String, Value)| match value {
                    Value::String(text) if key == "value" => (key, Value::String(self.show(&text))),
                    other => (key, self.json(other)),
                };
                Value::Object(members.into_iter().map(member).collect::<Map<_, _>>())
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_values_tell_neither_text_nor_length() {
        assert_eq!(Mask::Masked.show("Đinh Thị Ánh"), "Đ•••");
        assert_eq!(Mask::Masked.show(""), "");
        assert_eq!(Mask::Unmasked.show("Đinh"), "Đinh");
        let changes = serde_json::json!([{"field": "phone", "value": "0912345678", "rule": "phone.digits"}]);
        let shown = serde_json::json!([{"field": "phone", "value": "0•••", "rule": "phone.digits"}]);
        assert_eq!(Mask::Masked.json(changes), shown);
    }
}
