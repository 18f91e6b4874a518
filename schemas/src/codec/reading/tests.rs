//! Our reader beside apache-avro's: on every record of the contract's snapshots, and on what is left of each when
//! bytes of it are changed, both read the same or neither reads anything.

use super::*;
use crate::codec::{Event, HEADER_BYTES, parse};
use crate::{change, control, event, manifest, match_log, outcome};
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::schema::ResolvedSchema;
use std::fmt::Debug;
use std::fs;
use std::path::Path;

/// The records of the snapshots, each a file of hexadecimal lines behind a head.
fn records() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let files = fs::read_dir(folder).expect("snapshots");
    let read = |file: fs::DirEntry| -> Option<Vec<u8>> {
        let text = fs::read_to_string(file.path()).expect("read");
        let hex: String = text.splitn(3, "---\n").nth(2)?.split_whitespace().collect();
        let pairs = (0..hex.len() / 2).map(|n| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).ok());
        pairs.collect()
    };
    files.filter_map(|file| read(file.expect("listed"))).collect()
}

fn agree<T: Event + PartialEq + Debug>(records: &[Vec<u8>]) {
    let schema = parse(T::AVSC);
    let reader = GenericDatumReader::builder(schema)
        .resolved_writer_schemata(ResolvedSchema::try_from(schema).expect("resolves"))
        .human_readable(false)
        .build()
        .expect("reads");
    let theirs = |mut body: &[u8]| {
        let value: Option<T> = reader.read_deser(&mut body).ok();
        value.map(|value| (value, body.len()))
    };
    let shape = Shape::of(schema);
    let ours = |mut body: &[u8]| {
        let bytes = &mut body;
        let value = T::deserialize(Reading { bytes, shape }).ok();
        value.map(|value| (value, body.len()))
    };
    let mine = records
        .iter()
        .filter(|record| record.starts_with(T::codec().header()));
    let mut seen = 0;
    for body in mine.map(|record| &record[HEADER_BYTES..]) {
        seen += 1;
        assert!(ours(body).is_some_and(|(_, left)| left == 0));
        assert_eq!(ours(body), theirs(body));
        for at in 0..body.len() {
            assert_eq!(ours(&body[..at]), theirs(&body[..at]), "cut at {at}");
            for bit in 0..8 {
                let mut body = body.to_vec();
                body[at] ^= 1 << bit;
                assert_eq!(ours(&body), theirs(&body), "bit {bit} of byte {at}");
            }
        }
    }
    assert!(seen > 0, "{} has snapshots", std::any::type_name::<T>());
}

#[test]
fn both_readers_agree() {
    let records = records();
    agree::<event::IntakeEvent>(&records);
    agree::<match_log::MatchLogEntry>(&records);
    agree::<change::EventSettled>(&records);
    agree::<change::ResidentChanged>(&records);
    agree::<outcome::OutcomeNotice>(&records);
    agree::<manifest::NodeManifest>(&records);
    agree::<manifest::NodeClaim>(&records);
    agree::<control::ControlEntry>(&records);
}
