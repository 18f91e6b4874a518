//! `intakectl resident show`.

use super::mask::Mask;
use super::resident_rows::{
    self as rows, EdgeRow, HistoryRow, MemberRow, NumberRow, ResidentRow, ReviewRow, Source,
};
use super::unmask::Unmask;
use crate::table::{Cell, Table, Tone};
use crate::{Report, Settings};
use chrono::SecondsFormat;
use clap::{Args, Subcommand};
use runtime::Fault;
use schemas::Field;
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

/// Commands about residents.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// One resident: golden record, where each value comes from, applications, history
    ///
    /// Values are masked: the first letter and dots. Redirects are followed.
    #[command(
        after_help = "Examples:\n  intakectl resident show 6f1c…\n  intakectl resident show --application 0b7e… -o json"
    )]
    Show(Options),
}

/// Options of `resident show`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    whom: Whom,
    #[command(flatten)]
    unmask: Unmask,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Whom {
    /// The resident's id
    #[arg(value_name = "ID")]
    resident_id: Option<Uuid>,
    /// By an identity number that it has or had, personal or of the former card
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// By one of its applications
    #[arg(long, value_name = "ID")]
    application: Option<Uuid>,
}

/// A resident.
#[derive(Debug, Serialize)]
pub struct Resident {
    resident_id: Uuid,
    /// The ids that led here, the one asked for first.
    redirected_from: Vec<Uuid>,
    status: String,
    stage: i16,
    last_event: Uuid,
    masked: bool,
    fields: Vec<ShownField>,
    members: Vec<MemberRow>,
    /// Every number that one of its applications ever had.
    numbers: Vec<NumberRow>,
    edges: Vec<EdgeRow>,
    /// Pairs of its applications that wait for a person, or were decided.
    reviews: Vec<ReviewRow>,
    history: Vec<HistoryRow>,
}

#[derive(Debug, Serialize)]
struct ShownField {
    field: Field,
    value: String,
    /// The application it comes from.
    from: Option<Uuid>,
    revision: Option<i32>,
}

/// A chain of redirects longer than this is a fault, not a family.
const MOST_REDIRECTS: usize = 1_000;

/// Shows a resident.
///
/// # Errors
/// Data when there is no such resident, or several; transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Resident, Fault> {
    let mut conn = settings.open_register().await?;
    let asked = whom(&mut conn, &options.whom).await?;
    let (row, redirected_from) = follow(&mut conn, asked).await?;
    let about = [row.resident_id.to_string()];
    let mask = options.unmask.mask(&mut conn, "resident.unmask", &about).await?;
    let fields = mask.fields(&row.golden.0).into_iter().map(|(field, value)| {
        let source = source_of(field, &row.provenance);
        ShownField {
            field,
            value,
            from: source.map(|source| source.application_id),
            revision: source.map(|source| source.revision),
        }
    });
    Ok(Resident {
        resident_id: row.resident_id,
        redirected_from,
        fields: fields.collect(),
        masked: mask == Mask::Masked,
        members: rows::members(&mut conn, &row.members).await?,
        numbers: numbers(&mut conn, &row.members, mask).await?,
        edges: rows::edges(&mut conn, &row.members).await?,
        reviews: rows::reviews(&mut conn, &row.members).await?,
        history: rows::history(&mut conn, row.resident_id).await?,
        status: row.status,
        stage: row.stage,
        last_event: row.last_event,
    })
}

async fn numbers(conn: &mut PgConnection, members: &[Uuid], mask: Mask) -> Result<Vec<NumberRow>, Fault> {
    let mut numbers = rows::numbers(conn, members).await?;
    numbers
        .iter_mut()
        .for_each(|row| row.number = mask.show(&row.number));
    Ok(numbers)
}

async fn whom(conn: &mut PgConnection, whom: &Whom) -> Result<Uuid, Fault> {
    if let Some(number) = &whom.number {
        let found = rows::by_number(conn, number).await?;
        return match found.as_slice() {
            [] => Err(Fault::data("no resident has this number")),
            [one] => Ok(*one),
            several => {
                let ids: Vec<String> = several.iter().map(Uuid::to_string).collect();
                Err(Fault::data(format!(
                    "{} residents have this number, show each by its id: {}",
                    ids.len(),
                    ids.join(", ")
                )))
            }
        };
    }
    if let Some(application) = whom.application {
        return match rows::by_application(conn, application).await? {
            None => Err(Fault::data(format!(
                "no application {application} is in the register: see `intakectl application show`"
            ))),
            Some(None) => Err(Fault::data(format!(
                "application {application} belongs to no resident: see `intakectl application show`"
            ))),
            Some(Some(resident)) => Ok(resident),
        };
    }
    whom.resident_id
        .ok_or_else(|| Fault::data("say which resident: ID, --number or --application"))
}

/// The resident that stands for this one now, and the ids that led there.
///
/// # Errors
/// Data when there is no such resident, or its redirects don't end.
pub(crate) async fn follow(conn: &mut PgConnection, asked: Uuid) -> Result<(ResidentRow, Vec<Uuid>), Fault> {
    let (mut id, mut path) = (asked, Vec::new());
    while path.len() < MOST_REDIRECTS {
        let row = rows::resident(conn, id)
            .await?
            .ok_or_else(|| Fault::data(format!("no resident {id} is in the register")))?;
        match row.redirect_to {
            None => return Ok((row, path)),
            Some(next) => {
                path.push(id);
                id = next;
            }
        }
    }
    Err(Fault::data(format!(
        "the redirects from resident {asked} don't end"
    )))
}

fn source_of(field: Field, sources: &[Source]) -> Option<&Source> {
    let named = sources.iter().find(|source| source.fields.contains(&field));
    named.or_else(|| sources.first())
}

impl Report for Resident {
    fn table(&self) -> String {
        let mut text = format!(
            "resident {}: {}, verification stage {}\n",
            self.resident_id, self.status, self.stage
        );
        for id in &self.redirected_from {
            text += &format!("redirected from {id}\n");
        }
        let mut fields = Table::new(&["FIELD", "VALUE", "FROM APPLICATION", "REVISION"]);
        for field in &self.fields {
            fields.row([
                Cell::text(field.field.name()),
                Cell::text(&field.value),
                Cell::text(field.from.map_or_else(|| "-".to_owned(), |id| id.to_string())),
                Cell::optional_number(field.revision.map(i64::from)),
            ]);
        }
        let mut members = Table::new(&[
            "APPLICATION",
            "REVISION",
            "STATUS",
            "STAGE",
            "NODE",
            "SERVICE",
            "CAPTURED",
        ])
        .dispensable(&["SERVICE", "CAPTURED"]);
        for member in &self.members {
            members.row([
                Cell::text(member.application_id.to_string()),
                Cell::number(member.revision.into()),
                Cell::text(&member.status),
                Cell::number(member.stage.into()),
                Cell::text(&member.node_id),
                Cell::text(&member.service),
                Cell::text(moment(member.captured_at)),
            ]);
        }
        let mut numbers = Table::new(&["KIND", "NUMBER", "IN FORCE", "BY APPLICATION"]);
        for row in &self.numbers {
            numbers.row([
                Cell::text(&row.kind),
                Cell::text(&row.number),
                Cell::text(if row.in_force { "yes" } else { "no" }),
                Cell::text(row.application_id.to_string()),
            ]);
        }
        let mut history = Table::new(&["STEP", "AT", "STATUS", "STAGE", "APPLICATIONS", "BY EVENT"])
            .dispensable(&["BY EVENT"]);
        for state in &self.history {
            history.row([
                Cell::number(state.sequence),
                Cell::text(moment(state.at)),
                Cell::text(&state.status),
                Cell::number(state.stage.into()),
                Cell::number(state.members.into()),
                Cell::text(state.last_event.to_string()),
            ]);
        }
        let mut edges = Table::new(&["LEFT", "RIGHT", "WEIGHT", "BY WEIGHTS", "IN FORCE"]);
        for edge in &self.edges {
            let (word, tone) = if edge.accepted {
                ("yes", Tone::Plain)
            } else {
                ("no", Tone::Notice)
            };
            edges.row([
                Cell::text(edge.left_id.to_string()),
                Cell::text(edge.right_id.to_string()),
                bits(edge.weight_millibits),
                Cell::text(&edge.rule),
                Cell::text(word).toned(tone),
            ]);
        }
        for (title, table, empty) in [
            ("golden record", fields, self.fields.is_empty()),
            ("applications", members, self.members.is_empty()),
            (
                "identity numbers, earlier ones too",
                numbers,
                self.numbers.is_empty(),
            ),
            (
                "what comparing them came to (log2 of the odds that two are one person)",
                edges,
                self.edges.is_empty(),
            ),
            ("reviews", reviews(&self.reviews), self.reviews.is_empty()),
            (
                "states after the first, the latest first",
                history,
                self.history.is_empty(),
            ),
        ] {
            if !empty {
                text += &format!("\n{title}\n{}", table.render());
            }
        }
        if self.masked {
            text += "\nvalues are masked; --unmask --reason '…' shows them";
        }
        text
    }
}

/// A weight as people read it: in bits.
pub(super) fn bits(millibits: i64) -> Cell {
    Cell::signed(millibits as f64 / 1_000.0)
}

/// Reviews, what waits first.
pub(super) fn reviews(rows: &[ReviewRow]) -> Table {
    let mut table = Table::new(&["LEFT", "RIGHT", "REVIEW", "WEIGHT", "BY", "WHY"]);
    let rank = |row: &&ReviewRow| row.status != "open";
    let mut rows: Vec<&ReviewRow> = rows.iter().collect();
    rows.sort_by_key(rank);
    for row in rows {
        let tone = if row.status == "open" {
            Tone::Notice
        } else {
            Tone::Plain
        };
        table.row([
            Cell::text(row.left_id.to_string()),
            Cell::text(row.right_id.to_string()),
            Cell::text(&row.status).toned(tone),
            bits(row.weight_millibits),
            Cell::text(row.decided_by.as_deref().unwrap_or("-")),
            Cell::text(row.reason.as_deref().unwrap_or("-")),
        ]);
    }
    table
}

/// A moment as people read it, to the millisecond.
pub(super) fn moment(at: Option<chrono::DateTime<chrono::Utc>>) -> String {
    at.map_or_else(
        || "-".to_owned(),
        |at| at.to_rfc3339_opts(SecondsFormat::Millis, true),
    )
}
