//! The register as people read it.

use super::{count, load_anyway, records, register};
use crate::fixture::history::{History, Keyed};
use crate::restore::{self, Restored};
use schemas::Severity;
use schemas::change::{ApplicationStatus, EventSettled, OutcomeChanged};
use schemas::codec::Change;
use schemas::finding::{Finding, OutcomeKind};
use sqlx::PgConnection;

const STEPS: usize = 120;

/// The last refused application of a history, as one that waits.
fn held(changes: &mut [Keyed]) -> EventSettled {
    let refused = changes
        .iter_mut()
        .rev()
        .find_map(|keyed| match &mut keyed.change {
            Change::Settled(change) if change.outcome == OutcomeKind::Rejected => Some(change),
            _ => None,
        });
    let change = refused.expect("one is refused");
    let findings = vec![Finding::overall(Severity::Hold, "birth-date.missing")];
    let application = change.application.as_mut().expect("its application");
    application.status = ApplicationStatus::Held;
    application.findings.clone_from(&findings);
    change.outcome = OutcomeKind::Held;
    change.findings = findings;
    (**change).clone()
}

/// A later step by which what waited is refused.
fn released(waiting: &EventSettled, step: i64) -> Keyed {
    changed(waiting, step, OutcomeKind::Rejected)
}

/// A later step that gives an event another outcome.
fn changed(waiting: &EventSettled, step: i64, outcome: OutcomeKind) -> Keyed {
    let changed = OutcomeChanged {
        event_sequence: waiting.sequence,
        event_id: waiting.event_id.expect("an event"),
        node_id: waiting.node_id.clone().expect("a node"),
        epoch: waiting.epoch.expect("an epoch"),
        outcome,
        findings: Vec::new(),
        resident_id: None,
        ledger: waiting.ledger.expect("books"),
        waiting: None,
    };
    Keyed {
        key: b"node".to_vec(),
        change: Change::Settled(Box::new(EventSettled {
            sequence: step,
            outcome: OutcomeKind::Copy,
            application: None,
            released: vec![changed],
            ..waiting.clone()
        })),
    }
}

#[tokio::test]
async fn people_read_who_what_when_and_why() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let mut changes = History::new(14, 4).steps(STEPS);
    let waiting = held(&mut changes);
    load_anyway(&mut conn, &records(&changes)).await;

    const SETTLED: &str = "
        SELECT concat_ws(' ', status, reasons, count(*), count(settled_at), count(loaded_at), count(province),
                         count(resident_id))
          FROM application_outcome GROUP BY status, reasons ORDER BY 1";
    let outcomes: Vec<String> = sqlx::query_scalar(SETTLED)
        .fetch_all(&mut conn)
        .await
        .expect("read");
    assert_eq!(
        outcomes,
        [
            "held {birth-date.missing} 1 1 1 1 0",
            "loaded {} 118 118 118 118 118",
            "rejected {name.missing} 1 1 1 1 0",
        ]
    );

    const CURRENT: &str = "
        SELECT count(*) FROM resident_current r
          JOIN intake_event e ON e.event_id = (SELECT last_event FROM resident WHERE resident_id = r.resident_id)
         WHERE (r.changed_at, r.changed_by_node, r.changed_by_application) = (e.matched_at, e.node_id, e.application_id)";
    let residents = count(&mut conn, "SELECT count(*) FROM resident").await;
    assert_eq!(count(&mut conn, CURRENT).await, residents);
    const CHANGES: &str = "
        SELECT count(*) FROM resident_change c JOIN application a USING (application_id)
         WHERE a.resident_id = c.resident_id AND a.node_id = c.node_id AND a.captured_at = c.captured_at
           AND a.revision = c.revision AND c.matched_at IS NOT NULL AND c.golden ->> 'phone' IS NOT NULL";
    let states = count(&mut conn, "SELECT count(*) FROM resident_history").await;
    assert!(states > 0);
    assert_eq!(count(&mut conn, CHANGES).await, states);

    const HOLDS: &str = "SELECT sequence, node_id, reasons FROM open_hold WHERE held_for IS NOT NULL";
    let holds: Vec<(i64, String, Vec<String>)> =
        sqlx::query_as(HOLDS).fetch_all(&mut conn).await.expect("read");
    let node = waiting.node_id.as_ref().expect("a node").as_str().to_owned();
    assert_eq!(
        holds,
        [(waiting.sequence, node, vec!["birth-date.missing".to_owned()])]
    );
    load_anyway(&mut conn, &records(&[released(&waiting, STEPS as i64 + 1)])).await;
    assert_eq!(count(&mut conn, "SELECT count(*) FROM open_hold").await, 0);

    sqlx::query("UPDATE resident SET status = 'superseded'")
        .execute(&mut conn)
        .await
        .expect("merged away");
    assert_eq!(count(&mut conn, "SELECT count(*) FROM resident_current").await, 0);
    assert_eq!(count(&mut conn, "SELECT count(*) FROM resident_masked").await, 0);
}

#[tokio::test]
async fn the_masked_view_holds_nothing_that_was_written() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    load_anyway(&mut conn, &records(&History::new(15, 4).steps(STEPS))).await;
    const TOLD: &str = "
        SELECT count(*) FROM resident r JOIN resident_masked m USING (resident_id)
         WHERE strpos(m::text, r.full_name) > 0 OR strpos(m::text, r.date_of_birth) > 0
            OR strpos(m::text, r.personal_number) > 0 OR strpos(m::text, r.old_number) > 0
            OR strpos(m::text, r.phone) > 0";
    let residents = count(&mut conn, "SELECT count(*) FROM resident").await;
    assert_eq!(
        count(&mut conn, "SELECT count(*) FROM resident_masked").await,
        residents
    );
    assert_eq!(count(&mut conn, TOLD).await, 0);
    for (mask, value, shown) in [
        ("mask_name", Some("Lò Văn Pâng"), Some("L. V. P.")),
        ("mask_name", Some("  H'Hen\tNiê "), Some("  H.\tN. ")),
        ("mask_name", Some(""), Some("")),
        ("mask_name", None, None),
        ("mask_number", Some("011087001234"), Some("•••234")),
        ("mask_number", Some("0912 345 678"), Some("•••678")),
        ("mask_number", Some("123456"), Some("•••")),
        ("mask_number", None, None),
        ("mask_date", Some("1987-09-05"), Some("1987")),
        ("mask_date", Some("05/09/1987"), Some("1987")),
        ("mask_date", Some("tháng 6 năm 1950"), Some("1950")),
        ("mask_date", Some("05091987"), Some("••••")),
        ("mask_date", Some("5/9/87"), Some("••••")),
        ("mask_date", None, None),
    ] {
        assert_eq!(
            masked(&mut conn, mask, value).await.as_deref(),
            shown,
            "{mask}({value:?})"
        );
    }
}

async fn masked(conn: &mut PgConnection, mask: &str, value: Option<&str>) -> Option<String> {
    let query = match mask {
        "mask_name" => "SELECT mask_name($1)",
        "mask_number" => "SELECT mask_number($1)",
        _ => "SELECT mask_date($1)",
    };
    sqlx::query_scalar(query)
        .bind(value)
        .fetch_one(conn)
        .await
        .expect("masked")
}

#[tokio::test]
async fn an_event_that_waits_again_is_handed_on_as_one_that_waits() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let mut changes = History::new(14, 4).steps(STEPS);
    let waiting = held(&mut changes);
    load_anyway(&mut conn, &records(&changes)).await;
    let mut seen = Vec::new();
    for (step, outcome) in [(1_000, OutcomeKind::Loaded), (1_001, OutcomeKind::Held)] {
        load_anyway(&mut conn, &records(&[changed(&waiting, step, outcome)])).await;
        restore::read(&register, |row| {
            match row {
                Restored::WaitsAgain { sequence, event } => {
                    seen.push((sequence, event.sequence, event.outcome))
                }
                Restored::Released {
                    event_sequence,
                    sequence,
                    outcome,
                } if event_sequence == waiting.sequence => seen.push((sequence, event_sequence, outcome)),
                _ => {}
            }
            Ok(())
        })
        .await
        .expect("read");
    }
    let event = waiting.sequence;
    assert_eq!(
        seen,
        [
            (1_000, event, OutcomeKind::Loaded),
            (1_001, event, OutcomeKind::Held)
        ]
    );
}
