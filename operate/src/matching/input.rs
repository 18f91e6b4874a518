//! A table of people from a file: CSV with whatever delimiter, checked line by line. No cell is ever told.

use super::ids::Ids;
use super::read_mapping;
use crate::progress;
use csv::{ByteRecord, StringRecord};
use indicatif::{ProgressBar, ProgressBarIter};
use linkage::table::{Mapping, Rows, Table};
use runtime::Fault;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{Duration, Instant};

/// Rows that are read before records are made of them.
const AT_ONCE: usize = 4096;

/// A table whose rows are records.
pub struct Loaded {
    pub table: Table,
    pub mapping: Mapping,
    pub headers: Vec<String>,
    pub ids: Ids,
    /// The time that making the records took, without reading the file.
    pub took: Duration,
}

/// Reads the table and makes records of its rows.
pub fn load(input: &Path, mapping: &Path) -> Result<Loaded, Fault> {
    let mut lines = Lines::open(input)?;
    let headers: Vec<&str> = lines.headers.iter().collect();
    let mapping = read_mapping(mapping, &headers)?;
    let headers = headers.into_iter().map(str::to_owned).collect();
    let mut ids = Ids::named(mapping.id.is_some());
    let mut rows = Rows::of(&mapping);
    let mut took = Duration::ZERO;
    let mut batch = Vec::with_capacity(AT_ONCE);
    loop {
        batch.clear();
        while batch.len() < AT_ONCE
            && let Some((line, row)) = lines.next()?
        {
            let id = mapping.id.and_then(|at| row.get(at)).unwrap_or_default();
            ids.add(id.trim(), line)
                .map_err(|what| lines.fault(line, &what))?;
            batch.push(row);
        }
        if batch.is_empty() {
            break;
        }
        let begin = Instant::now();
        for row in &batch {
            rows.add(|at| row.get(at));
        }
        took += begin.elapsed();
    }
    lines.finish()?;
    let begin = Instant::now();
    let table = rows.finish();
    Ok(Loaded {
        table,
        mapping,
        headers,
        ids,
        took: took + begin.elapsed(),
    })
}

/// The rows of a file below its header, with the lines they begin in.
pub struct Lines {
    name: String,
    pub headers: StringRecord,
    reader: csv::Reader<BufReader<ProgressBarIter<File>>>,
    bar: ProgressBar,
    last_cell_is_long: bool,
}

impl Lines {
    /// Opens a file: UTF-8, its first line the header; cells are separated by what separates them there.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let name = path.display().to_string();
        let failed = |e: std::io::Error| Fault::data(format!("can't read {name}: {e}"));
        let file = File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        let bar = progress::bar(size, "reading {bar:40} {bytes} of {total_bytes}, {eta} left");
        let mut input = BufReader::with_capacity(1 << 16, bar.wrap_read(file));
        let begin = input.fill_buf().map_err(failed)?;
        if begin.starts_with(b"\xff\xfe") || begin.starts_with(b"\xfe\xff") {
            return Err(Fault::data(format!(
                "{name} is UTF-16: save it as UTF-8 (CSV UTF-8)"
            )));
        }
        let mark = if begin.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let delimiter = delimiter(&begin[mark..]);
        input.consume(mark);
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(input);
        let mut lines = Self {
            name,
            headers: StringRecord::new(),
            reader,
            bar,
            last_cell_is_long: false,
        };
        lines.headers = match lines.read()? {
            Some((_, headers)) => headers,
            None => {
                let name = &lines.name;
                return Err(Fault::data(format!(
                    "{name} is empty: its first line must name the columns"
                )));
            }
        };
        Ok(lines)
    }

    /// The next row and its line; as many cells as the header has.
    pub fn next(&mut self) -> Result<Option<(u64, StringRecord)>, Fault> {
        let Some((line, row)) = self.read()? else {
            return Ok(None);
        };
        let (cells, columns) = (row.len(), self.headers.len());
        if cells != columns {
            let why = "a cell that holds the delimiter or a line break must stand in quotes";
            return Err(self.fault(line, &format!("{cells} cells, the header has {columns}: {why}")));
        }
        self.last_cell_is_long = row.iter().next_back().is_some_and(|cell| cell.contains('\n'));
        Ok(Some((line, row)))
    }

    fn read(&mut self) -> Result<Option<(u64, StringRecord)>, Fault> {
        let mut bytes = ByteRecord::new();
        let more = self
            .reader
            .read_byte_record(&mut bytes)
            .map_err(|e| Fault::data(format!("can't read {}: {e}", self.name)))?;
        if !more {
            return Ok(None);
        }
        let line = bytes.position().map_or(0, csv::Position::line);
        StringRecord::from_byte_record(bytes)
            .map(|row| Some((line, row)))
            .map_err(|_| self.fault(line, "not UTF-8: save the file as UTF-8 (CSV UTF-8)"))
    }

    /// Looks once more at what was read: a quote that nobody closed makes one cell of all that follows.
    pub fn finish(mut self) -> Result<(), Fault> {
        self.bar.finish_and_clear();
        if self.last_cell_is_long && !self.ends_in_a_quote().unwrap_or(true) {
            let why = "its last cell begins with a quote that is never closed";
            return Err(Fault::data(format!(
                "{}: {why}: the lines after it would be lost",
                self.name
            )));
        }
        Ok(())
    }

    fn ends_in_a_quote(&mut self) -> std::io::Result<bool> {
        let mut file = File::open(&self.name)?;
        let size = file.metadata()?.len();
        file.seek(SeekFrom::Start(size.saturating_sub(1 << 10)))?;
        let mut end = Vec::new();
        file.read_to_end(&mut end)?;
        Ok(end.trim_ascii_end().ends_with(b"\""))
    }

    /// What is wrong in a line, for the one who mends the file.
    pub fn fault(&self, line: u64, what: &str) -> Fault {
        Fault::data(format!("{}, line {line}: {what}", self.name))
    }
}

/// What separates the cells of the header: the most frequent of comma, semicolon, tab and bar.
fn delimiter(begin: &[u8]) -> u8 {
    let mut in_quotes = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    for &byte in begin {
        match byte {
            b'"' => in_quotes = !in_quotes,
            b'\n' | b'\r' if !in_quotes => break,
            _ if !in_quotes => {
                for (_, count) in counts.iter_mut().filter(|(delimiter, _)| *delimiter == byte) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    counts
        .iter()
        .find(|(_, count)| *count == most)
        .map_or(b',', |(delimiter, _)| *delimiter)
}
