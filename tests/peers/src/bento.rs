//! Bento's configuration. Redpanda Connect should read it too: both are forks of one program.

use crate::contender::Place;
use crate::register::Column;
use crate::{BATCH, CONNECTIONS};
use anyhow::Result;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// Joins a batch into one message, so that one statement takes it as one parameter. Records are not read.
const JOINED: &str = r#"root = "[" + content().string().replace_all("\n", ",") + "]""#;
/// Marks what is no JSON.
const READ: &str = r#"root = if content().parse_json().catch(null) == null { throw("no JSON") }"#;

/// Writes a configuration into the place's folder. With dead letters each record is read once, and what is
/// no JSON goes to a topic.
pub fn configure(place: &Place, dead_letters: bool) -> Result<PathBuf> {
    let register = register(place);
    let (processors, output) = if dead_letters {
        (json!([{ "mapping": READ }]), sorted_out(place, &register))
    } else {
        (json!([]), register)
    };
    let configuration = json!({
        "http": { "enabled": false },
        "input": { "kafka_franz": {
            "seed_brokers": [place.brokers],
            "topics": [place.topic],
            "consumer_group": place.group,
            "fetch_max_partition_bytes": "8MiB",
            "checkpoint_limit": 4 * BATCH,
            "batching": { "count": BATCH, "period": "250ms" },
        } },
        "pipeline": { "processors": processors },
        "output": output,
    });
    let path = place.folder.join("bento.json");
    fs::write(&path, serde_json::to_vec_pretty(&configuration)?)?;
    Ok(path)
}

fn register(place: &Place) -> Value {
    let database = &place.database;
    let url = format!(
        // Without the memory a batch is sorted on disk.
        "postgres://{}:none@{}:{}/{}?sslmode=disable&work_mem=64MB",
        database.get_username(),
        database.get_host(),
        database.get_port(),
        database.get_database().unwrap_or_default(),
    );
    json!({
        "processors": [{ "archive": { "format": "lines" } }, { "mapping": JOINED }],
        "sql_raw": {
            "driver": "postgres",
            "dsn": url,
            "query": upsert(&place.columns),
            "args_mapping": "root = [content().string()]",
            "max_in_flight": CONNECTIONS,
            "conn_max_idle": CONNECTIONS,
        },
    })
}

fn sorted_out(place: &Place, register: &Value) -> Value {
    let topic = json!({ "kafka_franz": { "seed_brokers": [place.brokers], "topic": place.dead_letters } });
    json!({ "switch": { "cases": [
        { "check": "errored()", "output": topic },
        { "output": register },
    ] } })
}

/// The last state of each key within the batch, unless the table has a newer one: what our sink guarantees.
fn upsert(columns: &[Column]) -> String {
    let list = |text: fn(&str) -> String| {
        let columns: Vec<String> = columns.iter().map(|column| text(&column.name)).collect();
        columns.join(", ")
    };
    let names = list(str::to_owned);
    // A document that travels as a text.
    let values = list(|name| match name {
        "provenance" => "(provenance #>> '{}')::json".to_owned(),
        _ => name.to_owned(),
    });
    let set = list(|name| format!("{name} = EXCLUDED.{name}"));
    format!(
        "INSERT INTO resident AS stored ({names})
         SELECT DISTINCT ON (resident_id) {values} FROM json_populate_recordset(NULL::resident, $1::json)
          ORDER BY resident_id, sequence DESC
         ON CONFLICT (resident_id) DO UPDATE SET {set} WHERE stored.sequence < EXCLUDED.sequence"
    )
}
