//! Hiding what an event says about a person: every text is hidden that isn't known to be harmless.

use super::decoded;
use crate::show::mask::Mask;
use serde_json::{Map, Value, json};

/// Members whose texts are ids, codes, hashes, times and names of things. All others are hidden: a field that
/// is added to an event later is hidden until somebody decides here that it may be seen.
const HARMLESS: &[&str] = &[
    "application_id",
    "applications",
    "at",
    "based_on",
    "by",
    "channel",
    "code",
    "decision",
    "differs",
    "entry_id",
    "epoch",
    "event_id",
    "field",
    "fields",
    "finding",
    "form_id",
    "form_version",
    "hash",
    "head_hash",
    "kind",
    "last_event",
    "left",
    "members",
    "merged",
    "moved",
    "node_id",
    "open_link",
    "outcome",
    "previous_hash",
    "province",
    "redirect_to",
    "resident_id",
    "right",
    "rule",
    "rules_version",
    "ruleset",
    "service",
    "severity",
    "sha256",
    "software",
    "status",
    "topic",
    "verdict",
    "version",
    "withheld_hash",
];
/// The same document with what is about a person as it may be shown.
pub(super) fn shown(document: Value, mask: Mask) -> Value {
    match document {
        Value::Object(members) => {
            let members = members.into_iter().map(|(key, value)| {
                let value = member(&key, value, mask);
                (key, value)
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(|item| shown(item, mask)).collect(),
        Value::String(text) => Value::String(mask.show(&text)),
        harmless => harmless,
    }
}

fn member(key: &str, value: Value, mask: Mask) -> Value {
    match value {
        Value::Array(numbers) if is_bytes(&numbers) => bytes(key, &numbers, mask),
        Value::Array(items) if HARMLESS.contains(&key) => items
            .into_iter()
            .map(|item| if item.is_string() { item } else { shown(item, mask) })
            .collect(),
        Value::String(text) if HARMLESS.contains(&key) || (key == "reason" && is_code(&text)) => {
            Value::String(text)
        }
        other => shown(other, mask),
    }
}

/// Whether a list is bytes, as JSON has them. No event has a list of any other numbers.
fn is_bytes(items: &[Value]) -> bool {
    !items.is_empty() && items.iter().all(Value::is_number)
}

fn bytes(key: &str, numbers: &[Value], mask: Mask) -> Value {
    let bytes: Vec<u8> = numbers
        .iter()
        .filter_map(|number| u8::try_from(number.as_u64()?).ok())
        .collect();
    match decoded::nested(key, &bytes) {
        Some(event) => shown(event.content, mask),
        None => json!(format!("{} bytes", bytes.len())),
    }
}

/// Whether a reason is one of our codes (`envelope.malformed`, `message-too-large`) and not somebody's words.
fn is_code(text: &str) -> bool {
    text.contains(['.', '-'])
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || matches!(c, '.' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_hidden_unless_it_is_known_to_be_harmless() {
        let document = json!({
            "event_id": "0190", "sequence": 3, "new_field": "Lò Văn Pâng",
            "body": {"ApplicationWithdrawn": {"application_id": "a-1", "reason": "chuyển đi với chị Lò"}},
            "findings": [{"code": "name.short", "field": "full_name", "value": "Pâng"}],
            "refused": {"value": [1, 2, 3], "reason": "envelope.malformed"}, "new_bytes": [76, 195, 178],
            "headers": [{"name": "lo-van-pang", "value": "TMOy"}],
        });
        let hidden = json!({
            "event_id": "0190", "sequence": 3, "new_field": "L•••",
            "body": {"ApplicationWithdrawn": {"application_id": "a-1", "reason": "c•••"}},
            "findings": [{"code": "name.short", "field": "full_name", "value": "P•••"}],
            "refused": {"value": "3 bytes", "reason": "envelope.malformed"}, "new_bytes": "3 bytes",
            "headers": [{"name": "l•••", "value": "T•••"}],
        });
        assert_eq!(shown(document.clone(), Mask::Masked), hidden);
        let open = shown(document, Mask::Unmasked);
        assert_eq!(
            (&open["new_field"], &open["refused"]["value"]),
            (&json!("Lò Văn Pâng"), &json!("3 bytes")),
            "what isn't decoded stays hidden"
        );
    }
}
