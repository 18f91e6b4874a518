//! `write`: submissions into a file.

use crate::Format;
use crate::progress::Progress;
use anyhow::{Context, bail};
use clap::Args;
use loadgen::{Generated, Generator};
use schemas::provinces::Provinces;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct Write {
    /// Lines to write: applications, and what follows them.
    #[arg(long, value_name = "N")]
    applications: u64,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only for these provinces (slugs); all of the list without it.
    #[arg(long, value_name = "SLUG")]
    province: Vec<String>,
    /// As many households in each province, instead of by population.
    #[arg(long)]
    even: bool,
    /// Where to; "-" is standard output.
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// Also writes the truth about each line (province, person, variation), one JSON object a line.
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
}

#[derive(Debug, Default, Serialize)]
struct Written {
    written: u64,
    /// Lines that a node has to refuse.
    expected_refused: u64,
    provinces: BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct Truth<'a> {
    province: &'a str,
    person: u64,
    variation: loadgen::Variation,
}

impl Write {
    pub fn run(self, provinces: &Provinces, format: Format) -> anyhow::Result<ExitCode> {
        let chosen = choose(provinces, &self.province)?;
        let generator = if self.even {
            Generator::evenly(self.seed, chosen)?
        } else {
            Generator::new(self.seed, chosen)?
        };
        let to_stdout = self.output.as_os_str() == "-";
        let mut output = open(&self.output)?;
        let mut truth = self.truth.as_deref().map(open).transpose()?;
        let mut progress = Progress::new("written", self.applications);
        let mut totals = Written::default();
        for generated in generator.take(usize::try_from(self.applications)?) {
            match generated.write_line(&mut output) {
                Err(fault) if to_stdout && fault.kind() == ErrorKind::BrokenPipe => {
                    return Ok(ExitCode::SUCCESS);
                }
                written => written.with_context(|| format!("can't write {}", self.output.display()))?,
            }
            if let Some(truth) = &mut truth {
                let Generated {
                    province,
                    person,
                    variation,
                    ..
                } = &generated;
                write_truth(
                    truth,
                    &Truth {
                        province,
                        person: *person,
                        variation: *variation,
                    },
                )
                .context("can't write the truth")?;
            }
            totals.count(&generated);
            progress.add(1);
        }
        output
            .flush()
            .with_context(|| format!("can't write {}", self.output.display()))?;
        if let Some(mut truth) = truth {
            truth.flush().context("can't write the truth")?;
        }
        progress.finish();
        if totals.written < self.applications {
            bail!("the population ends after {} lines", totals.written);
        }
        let text = totals.text(format)?;
        if to_stdout {
            eprintln!("{text}")
        } else {
            println!("{text}")
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Written {
    fn count(&mut self, generated: &Generated) {
        self.written += 1;
        self.expected_refused += u64::from(generated.variation.defect.is_some_and(|d| d.refused_by_node()));
        match self.provinces.get_mut(&*generated.province) {
            Some(lines) => *lines += 1,
            None => {
                self.provinces.insert(generated.province.to_string(), 1);
            }
        }
    }

    fn text(&self, format: Format) -> anyhow::Result<String> {
        Ok(match format {
            Format::Json => serde_json::to_string(self)?,
            Format::Table => {
                let provinces = self.provinces.iter();
                let rows: String = provinces
                    .map(|(slug, lines)| format!("{slug:<16} {lines:>10}\n"))
                    .collect();
                format!("{rows}{:<16} {:>10}", "total", self.written)
            }
        })
    }
}

/// The provinces with these slugs, or all of them.
pub fn choose<'a>(
    provinces: &'a Provinces,
    slugs: &[String],
) -> anyhow::Result<Vec<&'a schemas::provinces::Province>> {
    if slugs.is_empty() {
        return Ok(provinces.iter().collect());
    }
    let known = |slug: &String| {
        provinces.by_slug(slug).with_context(|| {
            let known: Vec<_> = provinces.iter().map(|province| province.slug.as_str()).collect();
            format!("there is no province {slug:?}; there are {}", known.join(", "))
        })
    };
    slugs.iter().map(known).collect()
}

fn open(path: &Path) -> anyhow::Result<Box<dyn io::Write>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(BufWriter::with_capacity(1 << 16, io::stdout())));
    }
    let file = File::create(path).with_context(|| format!("can't write {}", path.display()))?;
    Ok(Box::new(BufWriter::with_capacity(1 << 16, file)))
}

fn write_truth(to: &mut impl io::Write, value: &Truth<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *to, value)?;
    to.write_all(b"\n")
}
