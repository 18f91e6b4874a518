//! `intakectl application show`.

use super::application_rows::{self as rows, ApplicationRow, ComparedRow, EventRow};
use super::mask::Mask;
use super::resident::{bits, moment, reviews};
use super::resident_rows::{self, ReviewRow};
use super::unmask::Unmask;
use super::way::{self, Stage};
use crate::lag::age;
use crate::table::{Cell, Table, Tone};
use crate::{Report, Settings};
use clap::{Args, Subcommand};
use runtime::Fault;
use schemas::codec::Event;
use schemas::{Body, Field, IntakeEvent};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// Commands about applications.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// One application: its way through every stage with times, its outcomes, its resident
    ///
    /// Values are masked: the first letter and dots.
    #[command(after_help = "Example:\n  intakectl application show 0b7e…")]
    Show(Options),
}

/// Options of `application show`.
#[derive(Debug, Args)]
pub struct Options {
    /// The application's id
    #[arg(value_name = "ID")]
    application_id: Uuid,
    #[command(flatten)]
    unmask: Unmask,
}

/// An application.
#[derive(Debug, Serialize)]
pub struct Application {
    application_id: Uuid,
    masked: bool,
    /// The revision in force; none when only other events came.
    in_force: Option<InForce>,
    events: Vec<WayOfEvent>,
    /// Others that it was compared with.
    compared: Vec<ComparedRow>,
    /// Pairs of it that wait for a person, or were decided.
    reviews: Vec<ReviewRow>,
}

#[derive(Debug, Serialize)]
struct InForce {
    revision: i32,
    status: String,
    stage: i16,
    resident_id: Option<Uuid>,
    node_id: String,
    form_id: String,
    form_version: String,
    channel: String,
    service: String,
    commune: Option<String>,
    reference: Option<String>,
    ruleset: String,
    findings: Value,
    written: Vec<WrittenField>,
    changes: Value,
    verifications: Value,
}

#[derive(Debug, Serialize)]
struct WrittenField {
    field: Field,
    value: String,
}

#[derive(Debug, Serialize)]
struct WayOfEvent {
    sequence: i64,
    kind: String,
    revision: Option<i32>,
    outcome: String,
    /// What became of it at first, where a later step changed it.
    first_outcome: String,
    changed_by: Option<i64>,
    findings: Value,
    resident_id: Option<Uuid>,
    event_id: Option<Uuid>,
    node_id: Option<String>,
    epoch: Option<Uuid>,
    node_sequence: Option<i64>,
    topic: Option<String>,
    partition: Option<i32>,
    offset: Option<i64>,
    way: Vec<Stage>,
}

/// Shows an application.
///
/// # Errors
/// Data when nothing of it is in the register; transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Application, Fault> {
    let mut conn = settings.open_register().await?;
    let id = options.application_id;
    let row = rows::application(&mut conn, id).await?;
    let events = rows::events(&mut conn, id).await?;
    if row.is_none() && events.is_empty() {
        return Err(Fault::data(format!(
            "nothing of application {id} is in the register: it may be pending at its node (`intake-node outcome`), \
             or on the way (`intakectl lag`)"
        )));
    }
    let about = [id.to_string()];
    let mask = options
        .unmask
        .mask(&mut conn, "application.unmask", &about)
        .await?;
    Ok(Application {
        application_id: id,
        masked: mask == Mask::Masked,
        in_force: row.map(|row| InForce::of(row, mask)).transpose()?,
        events: events.into_iter().map(WayOfEvent::of).collect(),
        compared: rows::compared(&mut conn, id).await?,
        reviews: resident_rows::reviews(&mut conn, &[id]).await?,
    })
}

impl InForce {
    fn of(row: ApplicationRow, mask: Mask) -> Result<Self, Fault> {
        let event =
            IntakeEvent::decode(&row.event).map_err(|why| Fault::data(format!("the row's event: {why}")))?;
        let written = match &event.body {
            Body::ApplicationSubmitted(submitted) => mask.fields(&submitted.applicant),
            _ => Vec::new(),
        };
        let list = |document: Option<sqlx::types::Json<Value>>| {
            document.map_or_else(|| Value::Array(Vec::new()), |json| json.0)
        };
        Ok(Self {
            revision: row.revision,
            status: row.status,
            stage: row.stage,
            resident_id: row.resident_id,
            node_id: row.node_id,
            form_id: row.form_id,
            form_version: row.form_version,
            channel: row.channel,
            service: row.service,
            commune: row.commune,
            reference: row.reference,
            ruleset: row.ruleset,
            findings: list(row.findings),
            written: written
                .into_iter()
                .map(|(field, value)| WrittenField { field, value })
                .collect(),
            changes: mask.json(list(row.changes)),
            verifications: mask.json(list(row.verifications)),
        })
    }
}

impl WayOfEvent {
    fn of(row: EventRow) -> Self {
        Self {
            way: way::stages(&row.times()),
            sequence: row.sequence,
            kind: row.kind,
            revision: row.revision,
            outcome: row.outcome,
            first_outcome: row.first_outcome,
            changed_by: row.changed_by,
            findings: row
                .findings
                .map_or_else(|| Value::Array(Vec::new()), |json| json.0),
            resident_id: row.resident_id,
            event_id: row.event_id,
            node_id: row.node_id,
            epoch: row.epoch,
            node_sequence: row.node_sequence,
            topic: row.topic,
            partition: row.partition,
            offset: row.source_offset,
        }
    }

    fn table(&self) -> String {
        let revision = self
            .revision
            .map(|revision| format!(" revision {revision}"))
            .unwrap_or_default();
        let place = match (&self.node_id, self.node_sequence) {
            (Some(node), Some(sequence)) => format!("{node} sequence {sequence}"),
            _ => "no node".to_owned(),
        };
        let changed = match self.changed_by {
            Some(step) => format!(" (at first {}, changed by step {step})", self.first_outcome),
            None => String::new(),
        };
        let mut text = format!(
            "\n{}{revision}: {}{changed}; step {}, {place}\n",
            self.kind, self.outcome, self.sequence
        );
        for finding in codes(&self.findings) {
            text += &format!("finding: {finding}\n");
        }
        let mut table = Table::new(&["STAGE", "AT", "AFTER"]);
        for stage in &self.way {
            let after = stage.seconds.map_or_else(|| "-".to_owned(), between);
            let tone = if stage.seconds.is_some_and(|seconds| seconds < 0.0) {
                Tone::Notice
            } else {
                Tone::Plain
            };
            table.row([
                Cell::text(stage.stage),
                Cell::text(moment(stage.at)),
                Cell::text(after).toned(tone),
            ]);
        }
        text + &table.render()
    }
}

impl Application {
    fn others(&self) -> String {
        let mut table = Table::new(&["APPLICATION", "RESIDENT", "WEIGHT", "BY WEIGHTS", "IN FORCE"]);
        for other in &self.compared {
            let (word, tone) = if other.accepted {
                ("yes", Tone::Plain)
            } else {
                ("no", Tone::Notice)
            };
            let resident = other.resident_id.map(|id| id.to_string());
            table.row([
                Cell::text(other.application_id.to_string()),
                Cell::text(resident.unwrap_or_else(|| "none".to_owned())),
                bits(other.weight_millibits),
                Cell::text(&other.rule),
                Cell::text(word).toned(tone),
            ]);
        }
        table.render()
    }
}

/// A time between stages: to the millisecond, unless it is long.
fn between(seconds: f64) -> String {
    if seconds.abs() < 120.0 {
        format!("{seconds:.3} s")
    } else {
        age(seconds)
    }
}

/// Findings in short: severity, code, field.
fn codes(findings: &Value) -> Vec<String> {
    let word =
        |finding: &Value, key: &str| finding.get(key).and_then(Value::as_str).unwrap_or("-").to_owned();
    let short = |finding: &Value| {
        format!(
            "{} {} {}",
            word(finding, "severity"),
            word(finding, "code"),
            word(finding, "field")
        )
    };
    findings
        .as_array()
        .map(|list| list.iter().map(short).collect())
        .unwrap_or_default()
}

impl Report for Application {
    fn table(&self) -> String {
        let mut text = format!("application {}\n", self.application_id);
        if let Some(now) = &self.in_force {
            let resident = now
                .resident_id
                .map_or_else(|| "none".to_owned(), |id| id.to_string());
            text += &format!(
                "revision {} is in force: {}, verification stage {}, resident {resident}\n\
                 form {} {}, {}, {}, taken by {}, rules {}\n",
                now.revision,
                now.status,
                now.stage,
                now.form_id,
                now.form_version,
                now.service,
                now.channel,
                now.node_id,
                now.ruleset
            );
            let mut written = Table::new(&["FIELD", "AS WRITTEN"]);
            for field in &now.written {
                written.row([Cell::text(field.field.name()), Cell::text(&field.value)]);
            }
            text += &format!("\n{}", written.render());
        }
        for event in &self.events {
            text += &event.table();
        }
        if !self.compared.is_empty() {
            text += &format!(
                "\ncompared with (log2 of the odds that two are one person)\n{}",
                self.others()
            );
        }
        if !self.reviews.is_empty() {
            text += &format!("\nreviews\n{}", reviews(&self.reviews).render());
        }
        if self.masked {
            text += "\nvalues are masked; --unmask --reason '…' shows them";
        }
        text
    }
}
