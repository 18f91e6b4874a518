//! JSON columns.

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

/// A list as a JSON document; null in the database when it is empty.
pub(crate) fn list<T: Serialize>(values: &[T]) -> Option<Vec<u8>> {
    (!values.is_empty()).then(|| of(values))
}

/// A value as a JSON document.
pub(crate) fn of<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("ids, names and texts are JSON")
}

/// Names and texts as one JSON object, in their order.
pub(crate) fn object<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let mut document = Vec::new();
    serde_json::Serializer::new(&mut document)
        .collect_map(entries)
        .expect("names and texts are JSON");
    document
}

/// A document as text, for an array parameter.
pub(crate) fn text(document: Vec<u8>) -> String {
    String::from_utf8(document).expect("JSON is UTF-8")
}

/// Reads a list back.
pub(crate) fn read<T: DeserializeOwned>(document: Option<&str>) -> Result<Vec<T>, serde_json::Error> {
    document.map_or_else(|| Ok(Vec::new()), serde_json::from_str)
}
