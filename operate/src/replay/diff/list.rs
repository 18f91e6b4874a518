//! All differences in a file.

use super::difference::Difference;
use runtime::Fault;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The form of a list, by its file's ending.
pub(super) fn file(text: &str) -> Result<PathBuf, &'static str> {
    let path = PathBuf::from(text);
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("ndjson" | "csv") => Ok(path),
        _ => Err("a list is written as NDJSON or as CSV: name a file that ends in .ndjson or .csv"),
    }
}

const COLUMNS: [&str; 11] = [
    "kind",
    "resident_id",
    "application_id",
    "event_sequence",
    "province",
    "field",
    "before",
    "after",
    "codes",
    "rule",
    "others",
];

/// Writes them, aside and renamed.
///
/// # Errors
/// Transient when the file can't be written.
pub(super) fn write(path: &Path, all: impl Iterator<Item = Difference>) -> Result<(), Fault> {
    let unwritable = |why: String| Fault::transient(format!("can't write {}: {why}", path.display()));
    let aside = path.with_extension("part");
    let written = || -> Result<(), Box<dyn std::error::Error>> {
        let mut out = BufWriter::new(File::create(&aside)?);
        if path.extension().is_some_and(|ending| ending == "csv") {
            let mut csv = csv::Writer::from_writer(&mut out);
            csv.write_record(COLUMNS)?;
            for one in all {
                csv.write_record(cells(one))?;
            }
            csv.flush()?;
            drop(csv);
        } else {
            for one in all {
                serde_json::to_writer(&mut out, &one)?;
                out.write_all(b"\n")?;
            }
        }
        out.flush()?;
        std::fs::rename(&aside, path)?;
        Ok(())
    };
    written().map_err(|e| unwritable(e.to_string()))
}

fn cells(one: Difference) -> [String; 11] {
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let others: Vec<String> = one.others.iter().map(ToString::to_string).collect();
    [
        one.kind.name().to_owned(),
        id(one.resident_id),
        id(one.application_id),
        one.event_sequence.map(|n| n.to_string()).unwrap_or_default(),
        one.province.unwrap_or_default(),
        one.field.unwrap_or_default(),
        one.before.unwrap_or_default(),
        one.after.unwrap_or_default(),
        one.codes.join(" "),
        one.rule.unwrap_or_default(),
        others.join(" "),
    ]
}
