//! `people`: applications of a population that is hard to keep apart, as a table with the truth.

use crate::Format;
use anyhow::Context;
use clap::Args;
use loadgen::KinApplication;
use schemas::Field;
use schemas::provinces::Provinces;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct People {
    /// About how many people; they make not quite twice as many applications.
    #[arg(long, value_name = "N")]
    people: u64,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The table (CSV): record, captured_on and the fields of a form.
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// The person of each record (CSV).
    #[arg(long, value_name = "FILE")]
    truth: PathBuf,
}

/// The columns of the table.
const FIELDS: &[Field] = &[
    Field::FullName,
    Field::DateOfBirth,
    Field::Sex,
    Field::PersonalNumber,
    Field::OldNumber,
    Field::BirthProvince,
    Field::BirthCommune,
    Field::PermanentCommune,
    Field::CurrentCommune,
    Field::FatherName,
    Field::FatherDateOfBirth,
    Field::MotherName,
    Field::MotherDateOfBirth,
    Field::SpouseName,
    Field::Phone,
    Field::HouseholdNumber,
    Field::Ethnicity,
];

impl People {
    pub fn run(self, provinces: &Provinces, _: Format) -> anyhow::Result<ExitCode> {
        let applications = loadgen::kin(self.seed, self.people, provinces.iter())?;
        let mut table = csv::Writer::from_path(&self.output)
            .with_context(|| format!("can't write {}", self.output.display()))?;
        let mut truth = csv::Writer::from_path(&self.truth)
            .with_context(|| format!("can't write {}", self.truth.display()))?;
        table.write_record(
            ["record", "captured_on"]
                .into_iter()
                .chain(FIELDS.iter().map(|field| field.name())),
        )?;
        truth.write_record(["record", "person"])?;
        for (
            n,
            KinApplication {
                person,
                captured_on,
                applicant,
                ..
            },
        ) in applications.iter().enumerate()
        {
            let record = format!("r{n}");
            let values = FIELDS
                .iter()
                .map(|&field| applicant.get(field).unwrap_or_default());
            table.write_record([record.as_str(), captured_on].into_iter().chain(values))?;
            truth.write_record([record, format!("p{person}")])?;
        }
        table.flush()?;
        truth.flush()?;
        writeln!(std::io::stderr(), "{} applications", applications.len())?;
        Ok(ExitCode::SUCCESS)
    }
}
