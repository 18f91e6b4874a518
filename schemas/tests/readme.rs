//! What README.md, asyncapi.yaml and the example say is what the code does.

use schemas::change::{EventSettled, ResidentChanged};
use schemas::codec::Event;
use schemas::control::ControlEntry;
use schemas::manifest::{NodeClaim, NodeManifest};
use schemas::match_log::MatchLogEntry;
use schemas::outcome::OutcomeNotice;
use schemas::provinces::Provinces;
use schemas::topics::{self, TopicSpec};
use schemas::{Field, IntakeEvent};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const README: &str = include_str!("../README.md");
const ASYNCAPI: &str = include_str!("../asyncapi.yaml");
const PUBLISH: &str = include_str!("../examples/publish.py");

fn schema_files() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("avro");
    let entries = fs::read_dir(folder).expect("the schemas' folder");
    entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("an ASCII name")
        })
        .collect()
}

/// The texts behind `key` on the lines of a YAML document.
fn values<'a>(yaml: &'a str, key: &str) -> Vec<&'a str> {
    yaml.lines()
        .filter_map(|line| line.trim().strip_prefix(key))
        .map(str::trim)
        .collect()
}

/// Every name of a field and every symbol of an enum in a schema, except those of [`Field`] itself.
fn names(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Array(branches) => branches.iter().for_each(|branch| names(branch, found)),
        Value::Object(object) => {
            let listed = |key: &str| object.get(key).and_then(Value::as_array).into_iter().flatten();
            found.extend(listed("symbols").filter_map(Value::as_str).map(str::to_owned));
            for field in listed("fields") {
                found.extend(field["name"].as_str().map(str::to_owned));
                names(&field["type"], found);
            }
            ["type", "items"]
                .iter()
                .filter_map(|key| object.get(*key))
                .for_each(|part| names(part, found));
        }
        _ => {}
    }
}

#[test]
fn the_first_ten_bytes_of_each_schema_are_those_in_the_table() {
    let rows = [
        ("IntakeEvent", IntakeEvent::codec().header()),
        ("NodeManifest", NodeManifest::codec().header()),
        ("NodeClaim", NodeClaim::codec().header()),
        ("OutcomeNotice", OutcomeNotice::codec().header()),
        ("MatchLogEntry", MatchLogEntry::codec().header()),
        ("EventSettled", EventSettled::codec().header()),
        ("ResidentChanged", ResidentChanged::codec().header()),
        ("ControlEntry", ControlEntry::codec().header()),
    ];
    let table: Vec<String> = rows
        .iter()
        .map(|(name, header)| {
            let bytes: Vec<String> = header.iter().map(|byte| format!("{byte:02X}")).collect();
            format!("| `{name}` | `{}` |", bytes.join(" "))
        })
        .collect();
    let written: Vec<&str> = README.lines().filter(|line| line.contains("| `C3 01 ")).collect();
    assert_eq!(written, table, "README.md must have:\n{}\n", table.join("\n"));
    assert_eq!(rows.len(), schema_files().len(), "every schema is in the table");
}

#[test]
fn the_guide_names_every_field_and_symbol_that_a_publisher_meets() {
    for file in ["IntakeEvent", "NodeManifest", "NodeClaim", "OutcomeNotice"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("avro/{file}.avsc"));
        let text = fs::read_to_string(path).expect("a schema");
        let mut found = BTreeSet::new();
        names(&serde_json::from_str(&text).expect("JSON"), &mut found);
        let unnamed: Vec<_> = found
            .iter()
            .filter(|name| !README.contains(&format!("`{name}`")))
            .collect();
        assert!(unnamed.is_empty(), "{file}: README.md doesn't name {unnamed:?}");
    }
    let fields: Vec<&str> = README
        .lines()
        .skip_while(|line| !line.starts_with("All fields"))
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .take(Field::ALL.len())
        .collect();
    let declared: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
    assert_eq!(fields, declared, "the table of the applicant's fields");
}

#[test]
fn the_guide_names_every_reason_and_limit_of_this_crate() {
    use schemas::codec::Unreadable::{
        Malformed, NotSingleObject, SequenceOutOfRange, TrailingBytes, UnknownSchema,
    };
    for why in [
        NotSingleObject,
        UnknownSchema,
        Malformed,
        SequenceOutOfRange,
        TrailingBytes,
    ] {
        assert!(
            README.contains(&format!("| `{}` |", why.code())),
            "{}",
            why.code()
        );
    }
    let largest = format!(
        "| a record's value, framing included | {} bytes |",
        topics::MAX_EVENT_BYTES
    );
    assert!(README.contains(&largest), "{largest}");
    let sequences = format!("| `sequence` | 1 to {} (2^53) |", IntakeEvent::MAX_SEQUENCE);
    assert!(README.contains(&sequences), "{sequences}");
    let of_topic = topics::all(&Provinces::default_21())
        .into_iter()
        .find(|spec| spec.name == topics::applications("dien-bien"))
        .expect("a topic for each province");
    let client = format!("(Java: `max.request.size`) {}", of_topic.max_message_bytes);
    assert!(README.contains(&client), "{client}");
}

#[test]
fn the_guide_s_python_is_the_example_s() {
    let mut blocks = 0;
    for block in README.split("```python\n").skip(1) {
        let code = block.split("```").next().expect("a block's text");
        assert!(
            PUBLISH.contains(code),
            "examples/publish.py doesn't have:\n{code}"
        );
        blocks += 1;
    }
    assert!(blocks >= 5, "{blocks} blocks of Python");
}

#[test]
fn asyncapi_has_every_topic_as_it_is_made() {
    let specs = topics::all(&Provinces::default_21());
    let pattern = |spec: &TopicSpec| match topics::province_of(&spec.name) {
        Some(slug) => spec.name.replace(slug, "{province}"),
        None => spec.name.clone(),
    };
    let declared: BTreeSet<String> = specs.iter().map(pattern).collect();
    let described: BTreeSet<String> = values(ASYNCAPI, "address:")
        .into_iter()
        .map(str::to_owned)
        .collect();
    assert_eq!(described, declared);
    for spec in &specs {
        let channel = ASYNCAPI
            .split("    address: ")
            .find(|channel| channel.starts_with(&format!("{}\n", pattern(spec))))
            .expect("a channel for each topic");
        let cleanup = match spec.compacted {
            true => "cleanup.policy: [compact]".to_owned(),
            false => format!("cleanup.policy: [delete], retention.ms: {}", spec.retention_ms),
        };
        let made = format!("{{{cleanup}, max.message.bytes: {}}}", spec.max_message_bytes);
        assert_eq!(
            values(channel, "topicConfiguration:").first(),
            Some(&made.as_str()),
            "{}",
            spec.name
        );
        let partitions = values(channel, "partitions:");
        let partitions = partitions
            .first()
            .and_then(|value| value.split(' ').next()?.parse().ok());
        assert_eq!(partitions, Some(spec.partitions), "{}", spec.name);
    }
}

#[test]
fn asyncapi_refers_to_every_schema_and_to_no_other() {
    let referred: BTreeSet<String> = ASYNCAPI
        .split("'./avro/")
        .skip(1)
        .filter_map(|rest| rest.split('\'').next())
        .map(str::to_owned)
        .collect();
    assert_eq!(referred, schema_files());
}
