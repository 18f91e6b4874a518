//! `intakectl normalise`.

use super::lines::{self, Line};
use super::{unless_gone, verdict};
use crate::Ended;
use ::normalise::{Context, Date, KINDS, Kind, codes, date, place};
use ::rules::catalogue::text as found;
use ::rules::{Reading, Ruleset};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use runtime::Fault;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};
use std::path::PathBuf;

/// Options of `normalise`.
#[derive(Debug, Args)]
pub struct Options {
    /// What the lines are values of
    #[arg(long, value_name = "FIELD", value_parser = kinds())]
    field: &'static Kind,
    /// Read {"value": …, "context": {…}} and write {"verdict": …, "value": …, "candidates": …, "codes": …, "rules": …}
    #[arg(long)]
    json: bool,
    /// Other weights and thresholds of rules than the shipped ones
    #[arg(long, value_name = "FILE")]
    pub ruleset: Option<PathBuf>,
}

fn kinds() -> impl TypedValueParser<Value = &'static Kind> {
    let names = KINDS.iter().map(|kind| kind.name);
    PossibleValuesParser::new(names).try_map(|name| Kind::named(&name).ok_or("no such field"))
}

/// A line of `--json`.
#[derive(Debug, Deserialize)]
struct Asked {
    value: String,
    #[serde(default)]
    context: AskedContext,
}

/// What is known of the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AskedContext {
    sex: Option<String>,
    date_of_birth: Option<String>,
    as_of: Option<String>,
    birth_province: Option<String>,
}

/// The answer to a line of `--json`.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    verdict: &'static str,
    value: Option<&'a str>,
    candidates: &'a [String],
    codes: Vec<&'static str>,
    rules: &'a [&'static str],
}

/// Answers each line of the input. `today` is the day that values are read on when a line names none.
///
/// # Errors
/// Transient when the input can't be read or the output can't be written.
pub fn run(
    options: &Options,
    ruleset: &Ruleset,
    today: Option<Date>,
    input: impl BufRead,
    mut output: impl Write,
) -> Result<Ended, Fault> {
    let thresholds = ruleset.thresholds();
    let plain = Context {
        as_of: today,
        thresholds,
        ..Context::default()
    };
    let answered = lines::each(input, |line, _| {
        let reading = match line {
            Line::Text(text) if options.json => asked(options.field, text, plain),
            Line::Text(text) => options.field.read(text, &plain),
            Line::NotUtf8 => Reading::uncertain(&found::NOT_UTF8),
            Line::TooLong => Reading::uncertain(&found::TOO_LONG),
        };
        if options.json {
            in_json(&reading, ruleset, &mut output)
        } else {
            in_columns(&reading, ruleset, &mut output)
        }
    });
    unless_gone(answered.and_then(|()| output.flush()))?;
    Ok(Ended::Fine)
}

fn asked(field: &Kind, line: &str, plain: Context<'_>) -> Reading {
    let Ok(asked) = serde_json::from_str::<Asked>(line) else {
        return Reading::uncertain(&found::NOT_READABLE);
    };
    let known = asked.context;
    let read = |text: String| date::read(&text, &Context::default()).value;
    let day = |text: Option<String>| text.and_then(read).as_deref().and_then(Date::parse);
    let as_of = day(known.as_of).or(plain.as_of);
    let sex = known.sex.and_then(|sex| codes::sex::read(&sex).value);
    let birth_province = known
        .birth_province
        .and_then(|text| place::province_then(&text, as_of));
    let context = Context {
        as_of,
        date_of_birth: day(known.date_of_birth),
        sex: sex.as_deref(),
        birth_province: birth_province.as_deref(),
        ..plain
    };
    field.read(&asked.value, &context)
}

fn codes_of(reading: &Reading) -> Vec<&'static str> {
    reading.found.iter().map(|rule| rule.code).collect()
}

fn in_columns(reading: &Reading, ruleset: &Ruleset, output: &mut impl Write) -> std::io::Result<()> {
    let value = reading.value.as_deref().unwrap_or("");
    match verdict(ruleset.heaviest(reading)) {
        "ok" => writeln!(output, "ok\t{value}"),
        "reject" => writeln!(output, "reject\t\t{}", codes_of(reading).join(",")),
        verdict => writeln!(output, "{verdict}\t{value}\t{}", codes_of(reading).join(",")),
    }
}

fn in_json(reading: &Reading, ruleset: &Ruleset, output: &mut impl Write) -> std::io::Result<()> {
    let verdict = verdict(ruleset.heaviest(reading));
    let answer = Answer {
        verdict,
        value: reading.value.as_deref().filter(|_| verdict != "reject"),
        candidates: &reading.candidates,
        codes: codes_of(reading),
        rules: &reading.changed_by,
    };
    serde_json::to_writer(&mut *output, &answer)?;
    output.write_all(b"\n")
}
