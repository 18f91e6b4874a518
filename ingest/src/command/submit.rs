//! `submit`: a file of applications, with or without a server, with or without a network.

use super::access::{self, Access};
use super::server::Server;
use crate::acceptance::bulk::{self, Summary};
use crate::acceptance::lines::{Content, Lines, Numbered};
use crate::acceptance::spreadsheet::Rows;
use crate::acceptance::{Answer, Intake, Line, MAX_LINE_BYTES};
use crate::folder::{Folder, Hold};
use crate::settings::Settings;
use runtime::{Fault, Stop};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Lines and bytes sent to a server at once.
const PART_LINES: usize = 5_000;
const PART_BYTES: usize = 8 << 20;

/// Submit a file: NDJSON with one submission a line, or CSV with one application a row
///
/// Needs neither a server nor a network: what is accepted is on the disk, and published when there is
/// one. Every line is answered by a line of JSON: line, status (accepted, already_accepted, conflict,
/// invalid, too_large, spool_full, unavailable), the receipt, and error. The same file sent again adds
/// nothing. Exits 0 when every line is accepted or was accepted before, 1 otherwise.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The node's folder
    #[arg(long, value_name = "FOLDER")]
    dir: PathBuf,
    /// The file; - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write the answers to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// What the file is; by default CSV when its name ends in .csv, else NDJSON
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Ndjson,
    Csv,
}

type NumberedLines = Box<dyn Iterator<Item = io::Result<Numbered>>>;

/// Submits the file.
///
/// # Errors
/// When the file can't be read, the report not be written, or the spool not be used.
pub fn run(options: &Options) -> Result<ExitCode, Fault> {
    let folder = Folder::at(&options.dir);
    let settings = folder.settings()?;
    let lines = options.lines().map_err(|e| unreadable(&options.file, &e))?;
    let mut report = options.report()?;
    let each = |line: Line| {
        serde_json::to_writer(&mut report, &line)?;
        report.write_all(b"\n")
    };
    let submitted = match access::to(&folder)? {
        Access::Held(held) => into_spool(&folder, &held, &settings, lines, each)?,
        Access::Served(server) => to_server(&server, lines, each)?,
    };
    let flushed = report.flush();
    let summary = submitted.map_err(|e| unreadable(&options.file, &e))?;
    flushed.map_err(|e| Fault::transient(format!("can't write the report: {e}")))?;
    eprintln!("{summary}");
    Ok(if summary.all_safe {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Options {
    fn lines(&self) -> io::Result<NumberedLines> {
        let input: Box<dyn BufRead> = if self.file == Path::new("-") {
            Box::new(BufReader::new(io::stdin()))
        } else {
            Box::new(BufReader::with_capacity(64 << 10, File::open(&self.file)?))
        };
        let is_csv = self
            .file
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        Ok(match self.format {
            Some(Format::Csv) => Box::new(Rows::of(input, MAX_LINE_BYTES)?),
            None if is_csv => Box::new(Rows::of(input, MAX_LINE_BYTES)?),
            _ => Box::new(Lines::of(input, MAX_LINE_BYTES)),
        })
    }

    fn report(&self) -> Result<BufWriter<Box<dyn Write>>, Fault> {
        let out: Box<dyn Write> = match &self.report {
            None => Box::new(io::stdout()),
            Some(path) => {
                let refused = |e: io::Error| Fault::fatal(format!("can't write {}: {e}", path.display()));
                Box::new(File::create(path).map_err(refused)?)
            }
        };
        Ok(BufWriter::new(out))
    }
}

fn unreadable(file: &Path, fault: &io::Error) -> Fault {
    Fault::fatal(format!(
        "submitting {} stopped: {fault}. What was answered is kept; sending the file again adds nothing twice",
        file.display()
    ))
}

fn into_spool(
    folder: &Folder,
    held: &Hold,
    settings: &Settings,
    lines: NumberedLines,
    each: impl FnMut(Line) -> io::Result<()>,
) -> Result<io::Result<Summary>, Fault> {
    let spool = Arc::new(folder.open_spool(held, settings)?);
    let (intake, writer) = Intake::start(spool, Stop::manual())?;
    let summary = bulk::submit(lines, &intake, each);
    drop(intake);
    writer
        .join()
        .map_err(|_| Fault::fatal("the spool's writer panicked: please report it"))?;
    Ok(summary)
}

/// Through the server that holds the folder, in parts, so that answers come while the file is read.
fn to_server(
    server: &Server,
    mut lines: NumberedLines,
    mut each: impl FnMut(Line) -> io::Result<()>,
) -> Result<io::Result<Summary>, Fault> {
    let mut summary = Summary::new();
    loop {
        let part = match Part::gather(&mut lines, &mut summary) {
            Ok(part) => part,
            Err(fault) => return Ok(Err(fault)),
        };
        if part.lines.is_empty() {
            return Ok(Ok(summary));
        }
        for line in part.send(server)? {
            summary.count(line.status);
            if let Err(fault) = each(line) {
                return Ok(Err(fault));
            }
        }
    }
}

/// Some lines of the file: their numbers, and whether they are in the body or too long for it.
#[derive(Default)]
struct Part {
    body: Vec<u8>,
    lines: Vec<(u64, bool)>,
}

impl Part {
    fn gather(lines: &mut NumberedLines, summary: &mut Summary) -> io::Result<Self> {
        let mut part = Self::default();
        while part.lines.len() < PART_LINES && part.body.len() < PART_BYTES {
            let Some(line) = lines.next() else { break };
            let Numbered { number, content } = line?;
            summary.lines += 1;
            match content {
                Content::Empty => summary.empty += 1,
                Content::TooLong => part.lines.push((number, false)),
                Content::Bytes(json) => {
                    part.lines.push((number, true));
                    part.body.extend_from_slice(&json);
                    part.body.push(b'\n');
                }
            }
        }
        Ok(part)
    }

    fn send(self, server: &Server) -> Result<Vec<Line>, Fault> {
        let text = if self.body.is_empty() {
            String::new()
        } else {
            server.post_lines(&self.body)?
        };
        let mut answers = text.lines();
        let mut answered = Vec::with_capacity(self.lines.len());
        for (number, sent) in self.lines {
            let line = if sent {
                let answer = answers.next().ok_or_else(|| server.foreign())?;
                serde_json::from_str(answer).map_err(|_| server.foreign())?
            } else {
                Answer::TooLarge.line(None)
            };
            answered.push(Line {
                line: Some(number),
                ..line
            });
        }
        Ok(answered)
    }
}
