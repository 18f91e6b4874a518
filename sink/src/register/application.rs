//! `application`: the revision in force of each application, and what became of it.

use super::copy::Tuples;
use super::document;
use super::table::{OnConflict, Table, Written};
use crate::fault::DatabaseFault;
use schemas::change::ApplicationState;
use schemas::event::{Channel, Service};
use schemas::head::{BodyHead, EventHead};
use sqlx::PgConnection;
use std::sync::LazyLock;
use uuid::Uuid;

const COLUMNS: [&str; 24] = [
    "application_id",
    "sequence",
    "revision",
    "status",
    "stage",
    "resident_id",
    "event_id",
    "node_id",
    "form_id",
    "form_version",
    "channel",
    "service",
    "commune",
    "village",
    "team",
    "reference",
    "captured_at",
    "appended_at",
    "first_appended_at",
    "ruleset",
    "changes",
    "findings",
    "verifications",
    "event",
];

pub(crate) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "application",
        "application_id",
        &COLUMNS,
        &[("status", "application_status")],
        &OnConflict::NewerReplaces,
    )
});

/// The last state of an application within a batch.
pub(crate) struct ApplicationRow<'a> {
    pub sequence: i64,
    pub resident_id: Option<Uuid>,
    pub state: &'a ApplicationState,
    pub head: &'a EventHead,
}

/// Writes applications, sorted by id, in one statement and so in one order, whether they are there or not.
///
/// Two lanes may hold the same application, as a form that waits or was refused comes with its node and
/// one in force with its resident. In two statements, one of which copied new ones straight in, each lane held what the
/// other waited for.
pub(crate) async fn write(
    conn: &mut PgConnection,
    rows: &[ApplicationRow<'_>],
) -> Result<Written, DatabaseFault> {
    let mut tuples = Tuples::new(COLUMNS.len() as i16, rows.len() * 1500);
    rows.iter().for_each(|row| add(&mut tuples, row));
    TABLE.write(conn, tuples, false).await
}

fn add(tuples: &mut Tuples, row: &ApplicationRow<'_>) {
    let ApplicationRow {
        sequence,
        resident_id,
        state,
        head,
        ..
    } = row;
    let BodyHead::ApplicationSubmitted(form) = &head.body;
    tuples
        .row()
        .uuid(Some(state.application_id))
        .bigint(Some(*sequence))
        .integer(Some(state.revision))
        .text(Some(state.status.name()))
        .smallint(super::stage(state.stage))
        .uuid(*resident_id)
        .uuid(Some(state.event_id))
        .text(Some(head.node_id.as_str()))
        .text(Some(&form.form_id))
        .text(Some(&form.form_version))
        .text(Some(channel(form.channel)))
        .text(Some(service(form.service)))
        .text(form.commune.as_deref())
        .text(form.village.as_deref())
        .text(form.team.as_deref())
        .text(form.reference.as_deref())
        .timestamptz(Some(head.captured_at))
        .timestamptz(Some(state.appended_at))
        .timestamptz(Some(state.first_appended_at))
        .text(Some(&state.ruleset))
        .json(document::list(&state.changes).as_deref())
        .jsonb(document::list(&state.findings).as_deref())
        .json(document::list(&state.verifications).as_deref())
        .bytea(Some(&state.event));
}

const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::MobileTeam => "mobile_team",
        Channel::CommuneOffice => "commune_office",
        Channel::HomeVisit => "home_visit",
        Channel::WardDesk => "ward_desk",
    }
}

const fn service(service: Service) -> &'static str {
    match service {
        Service::FirstIssue => "first_issue",
        Service::Reissue => "reissue",
        Service::Change => "change",
        Service::Residence => "residence",
        Service::Supplement => "supplement",
    }
}
