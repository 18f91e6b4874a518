//! What people write and what `intakectl normalise` makes of it: `vectors.tsv`, written down apart from the
//! readers' own tests.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

const VECTORS: &str = include_str!("vectors.tsv");

struct Vector {
    asked: Value,
    verdict: &'static str,
    value: &'static str,
}

fn vectors() -> BTreeMap<&'static str, Vec<Vector>> {
    let mut by_kind: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for line in VECTORS.lines().filter(|line| !line.starts_with('#')) {
        let [kind, written, known, verdict, value] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("five columns: {line}");
        };
        let written: String = serde_json::from_str(written).expect("a JSON string");
        let mut context = Map::new();
        let mut name = "";
        for part in known.split(' ') {
            // A value may have spaces: `birth_province=Điện Biên`.
            match part.split_once('=') {
                Some((next, value)) => {
                    name = next;
                    context.insert(next.to_owned(), value.into());
                }
                None => {
                    let value = context[name].as_str().unwrap_or("");
                    context[name] = format!("{value} {part}").into();
                }
            }
        }
        by_kind.entry(kind).or_default().push(Vector {
            asked: json!({"value": written, "context": context}),
            verdict,
            value,
        });
    }
    by_kind
}

#[test]
fn every_vector_is_answered_as_it_says() {
    let mut wrong = Vec::new();
    for (kind, vectors) in vectors() {
        let mut child = Command::new(env!("CARGO_BIN_EXE_intakectl"))
            .args(["normalise", "--json", "--field", kind])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("intakectl runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        let lines: String = vectors
            .iter()
            .map(|vector| format!("{}\n", vector.asked))
            .collect();
        let writing = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
        let output = child.wait_with_output().expect("it ends");
        writing.join().expect("no panic").expect("written");
        let answers = String::from_utf8(output.stdout).expect("text");
        let mut answers = answers.lines();
        for Vector {
            asked,
            verdict,
            value,
        } in vectors
        {
            let answer: Value =
                serde_json::from_str(answers.next().expect("an answer a line")).expect("JSON");
            let read = answer["value"].as_str().unwrap_or("");
            if (answer["verdict"].as_str(), read) != (Some(verdict), value) {
                wrong.push(format!("{kind} {asked}: {answer}, not {verdict} {value:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
