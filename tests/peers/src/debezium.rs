//! Debezium's JDBC sink in a standalone worker of Kafka Connect.

use crate::contender::{Place, installed};
use crate::register::Column;
use crate::{BATCH, CONNECTIONS};
use anyhow::Result;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

const LOG4J: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/debezium/log4j2.xml");

/// The worker, configured in the place's folder, with the jars of `libs`.
pub fn command(libs: &Path, place: &Place) -> Result<Command> {
    let worker = place.folder.join("worker.properties");
    let sink = place.folder.join("sink.properties");
    fs::write(&worker, worker_properties(place))?;
    fs::write(&sink, sink_properties(place))?;
    let mut command = Command::new("java");
    command
        .arg("-Xmx2g")
        .arg(format!("-Dlog4j2.configurationFile={LOG4J}"))
        .arg("-cp")
        .arg(installed(libs)?.join("*"))
        .arg("org.apache.kafka.connect.cli.ConnectStandalone")
        .args([worker, sink]);
    Ok(command)
}

fn worker_properties(place: &Place) -> String {
    format!(
        "bootstrap.servers={}
listeners=http://{}
key.converter=org.apache.kafka.connect.converters.ByteArrayConverter
value.converter=org.apache.kafka.connect.json.JsonConverter
offset.storage.file.filename={}
plugin.discovery=service_load
",
        place.brokers,
        tests::free_address(),
        place.folder.join("offsets").display(),
    )
}

/// Rows written one by one and joined by the driver were faster than `UNNEST`. The reduction buffer keeps
/// the last state of a key, and texts take the type of their column.
fn sink_properties(place: &Place) -> String {
    let database = &place.database;
    format!(
        "name=residents
connector.class=io.debezium.connector.jdbc.JdbcSinkConnector
tasks.max={CONNECTIONS}
topics={topic}
consumer.override.group.id={group}
consumer.override.max.poll.records={BATCH}
consumer.override.max.partition.fetch.bytes=8388608
connection.url=jdbc:postgresql://{host}:{port}/{name}?stringtype=unspecified&reWriteBatchedInserts=true
connection.username={user}
connection.password=none
insert.mode=upsert
primary.key.mode=record_value
primary.key.fields=resident_id
collection.name.format=resident
schema.evolution=none
batch.size={BATCH}
use.reduction.buffer=true
value.converter=org.apache.kafka.connect.json.JsonConverter
value.converter.schema.content={schema}
errors.tolerance=all
errors.deadletterqueue.topic.name={dead_letters}
errors.deadletterqueue.topic.replication.factor=1
errors.deadletterqueue.context.headers.enable=true
",
        topic = place.topic,
        group = place.group,
        dead_letters = place.dead_letters,
        host = database.get_host(),
        port = database.get_port(),
        user = database.get_username(),
        name = database.get_database().unwrap_or_default(),
        schema = schema(&place.columns),
    )
}

/// Connect's schema of a record, given once instead of in each record.
fn schema(columns: &[Column]) -> Value {
    let field = |column: &Column| {
        let kind = match column.type_name.as_str() {
            "bigint" => "int64",
            "smallint" => "int16",
            _ => "string",
        };
        json!({ "field": column.name, "type": kind, "optional": !column.not_null })
    };
    let fields: Vec<Value> = columns.iter().map(field).collect();
    json!({ "type": "struct", "name": "resident", "optional": false, "fields": fields })
}
