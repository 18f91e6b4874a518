//! A resident's state as JSON, for those that don't read our Avro: the columns of its row by their names.

use anyhow::Result;
use schemas::Field;
use schemas::change::ResidentChanged;
use serde_json::{Map, Value};
use uuid::Uuid;

/// The row as an object of texts and numbers. What is null is left out, and a text stands for whatever JSON
/// has no type for: PostgreSQL reads it.
pub fn json(change: &ResidentChanged) -> Result<Vec<u8>> {
    let mut row = Map::new();
    let mut put = |column: &str, value: Value| row.insert(column.to_owned(), value);
    put("resident_id", change.resident_id.to_string().into());
    put("sequence", change.sequence.into());
    put("status", change.status.name().into());
    if let Some(resident) = change.redirect_to {
        put("redirect_to", resident.to_string().into());
    }
    for &field in Field::ALL {
        if let Some(value) = change.golden.get(field) {
            put(field.name(), value.into());
        }
    }
    put("folded_name", change.folded_name.as_str().into());
    put("stage", change.stage.into());
    let members: Vec<String> = change.members.iter().map(Uuid::to_string).collect();
    put("members", format!("{{{}}}", members.join(",")).into());
    put("provenance", serde_json::to_string(&change.sources)?.into());
    put("last_event", change.last_event.to_string().into());
    Ok(serde_json::to_vec(&row)?)
}
