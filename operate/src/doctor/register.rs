//! The register: reached, its schema, its roles, its positions, its clock, dead letters, silent nodes.

use super::{Finding, finding_list};
use crate::lag::age;
use crate::{Settings, letters};
use chrono::{DateTime, Utc};
use runtime::Fault;
use runtime::clock;
use runtime::kafka::{Cluster, Partition};
use sink::DatabaseFault;
use sink::roles::{Plan, Prefix};
use sqlx::PgConnection;
use std::time::Instant;

const REACHED: &str = "the register answers";
const SCHEMA: &str = "the register's schema";
/// Clocks further apart than this make ages wrong that an operator acts on.
const SKEW_MS: i64 = 5_000;

pub(super) async fn examine(
    settings: &Settings,
    silent_after_hours: u32,
    cluster: Option<&Cluster>,
) -> Vec<Finding> {
    let started = Instant::now();
    let opened = match settings.register() {
        Ok(register) => register
            .open()
            .await
            .map(|conn| (register, conn))
            .map_err(Fault::from),
        Err(fault) => Err(fault),
    };
    let (register, mut conn) = match opened {
        Ok(opened) => opened,
        Err(fault) => {
            return vec![Finding::bad(
                REACHED,
                fault.to_string(),
                "see where commands go with `intakectl context show`; then whether PostgreSQL runs and lets you in",
            )];
        }
    };
    let mut findings = vec![Finding::ok(
        REACHED,
        format!("in {} ms", started.elapsed().as_millis()),
    )];
    match register.check().await {
        Ok(()) => findings.push(Finding::ok(SCHEMA, "this version's")),
        Err(fault) => {
            findings.push(Finding::bad(
                SCHEMA,
                fault.to_string(),
                "`intakectl register migrate` says what would change; run it as the tables' owner with --execute",
            ));
            return findings;
        }
    }
    let asked = [
        ("roles", roles(&mut conn).await),
        ("clocks", clocks(&mut conn).await),
        ("the sink's positions", positions(&mut conn, cluster).await),
        ("dead letters", dead_letters(&mut conn).await),
        ("silent nodes", silent_nodes(&mut conn, silent_after_hours).await),
    ];
    findings.extend(asked.map(|(check, asked)| {
        asked.unwrap_or_else(|fault| {
            Finding::warning(
                check,
                fault.to_string(),
                "ask somebody with the rights of `operator` or more",
            )
        })
    }));
    findings
}

async fn roles(conn: &mut PgConnection) -> Result<Finding, Fault> {
    const CHECK: &str = "roles";
    let prefix: Prefix = "intake_"
        .parse()
        .map_err(|_| Fault::fatal("the usual prefix of roles is wrong"))?;
    let plan = Plan::make(conn, &prefix).await?;
    let missing: Vec<String> = plan
        .roles
        .iter()
        .filter(|(_, is_new)| *is_new)
        .map(|(role, _)| role.clone())
        .collect();
    Ok(if missing.is_empty() {
        Finding::ok(CHECK, format!("{} roles are there", plan.roles.len()))
    } else {
        Finding::warning(
            CHECK,
            format!("not there: {}", missing.join(", ")),
            "`intakectl register roles` prints what makes them; programs and people should log in with one each",
        )
    })
}

async fn clocks(conn: &mut PgConnection) -> Result<Finding, Fault> {
    const CHECK: &str = "clocks";
    const NOW: &str =
        "SELECT clock_timestamp(), (SELECT max(appended_at) FROM node_manifest WHERE isfinite(appended_at))";
    let before = clock::now().0;
    let (database, newest): (DateTime<Utc>, Option<DateTime<Utc>>) = sqlx::query_as(NOW)
        .fetch_one(conn)
        .await
        .map_err(DatabaseFault::from)?;
    let here = (before + clock::now().0) / 2;
    let skew = database.timestamp_millis() - here;
    let ahead = newest.map_or(0, |newest| newest.timestamp_millis() - here);
    let evidence = format!("the database is {skew} ms from this machine");
    Ok(if skew.abs() > SKEW_MS || ahead > SKEW_MS {
        let broker = if ahead > SKEW_MS {
            format!("; the broker stamped a manifest {ahead} ms ahead of it")
        } else {
            String::new()
        };
        Finding::bad(
            CHECK,
            format!("{evidence}{broker}"),
            "let all servers follow one time service (chrony, systemd-timesyncd): ages and lags in seconds are wrong by so much",
        )
    } else {
        Finding::ok(CHECK, evidence)
    })
}

async fn positions(conn: &mut PgConnection, cluster: Option<&Cluster>) -> Result<Finding, Fault> {
    const CHECK: &str = "the sink's positions";
    const POSITIONS: &str = "SELECT topic, partition, next_offset, cluster_id, full_topic FROM sink_position ORDER BY topic, partition";
    let rows: Vec<(String, i32, i64, String, String)> = sqlx::query_as(POSITIONS)
        .fetch_all(conn)
        .await
        .map_err(DatabaseFault::from)?;
    let Some(cluster) = cluster else {
        return Ok(Finding::warning(
            CHECK,
            "not compared: Kafka doesn't answer",
            "heal Kafka first",
        ));
    };
    let offsets = cluster.offsets()?;
    let id = offsets.cluster_id()?;
    let names: Vec<String> = rows.iter().map(|row| row.0.clone()).collect();
    let there = offsets.partitions(&names)?;
    let mut wrong = Vec::new();
    let mut known = Vec::new();
    for (topic, number, next, row_cluster, full_topic) in &rows {
        let partition = Partition::new(topic.clone(), *number);
        if *row_cluster != id || *full_topic != cluster.namespace().full(topic) {
            wrong.push(format!(
                "{partition} belongs to {full_topic} of cluster {row_cluster}"
            ));
        } else if there.contains(&partition) {
            known.push((partition, *next));
        } else {
            wrong.push(format!("{partition} isn't there any more"));
        }
    }
    let partitions: Vec<Partition> = known.iter().map(|(partition, _)| partition.clone()).collect();
    if !partitions.is_empty() {
        for ((partition, next), bounds) in known.iter().zip(offsets.boundaries(&partitions)?) {
            if !(bounds.earliest..=bounds.end).contains(next) {
                wrong.push(format!(
                    "{partition} at {next}, which holds {} to {}",
                    bounds.earliest, bounds.end
                ));
            }
        }
    }
    Ok(if wrong.is_empty() {
        Finding::ok(CHECK, format!("{} partitions, each inside its topic", rows.len()))
    } else {
        Finding::bad(
            CHECK,
            finding_list(&wrong),
            "this register belongs to another cluster or namespace, or a topic was made anew: point kafka.* or the \
             database at the right one; else rebuild the register from the match log",
        )
    })
}

async fn dead_letters(conn: &mut PgConnection) -> Result<Finding, Fault> {
    const CHECK: &str = "dead letters";
    let waiting = letters::waiting(conn).await?;
    let count = |stage: Option<&str>| -> i64 {
        let of_stage = waiting
            .iter()
            .filter(|row| stage.is_none_or(|stage| row.stage == stage));
        of_stage.map(|row| row.count).sum()
    };
    let oldest = waiting.iter().map(|row| row.oldest_seconds).fold(0.0, f64::max);
    let since = format!("the oldest has waited {}", age(oldest));
    Ok(match (count(Some("sink")), count(None)) {
        (0, 0) => Finding::ok(CHECK, "none waits for a decision"),
        (0, all) => Finding::warning(
            CHECK,
            format!("{all} records that were no events, or stood in another's place; {since}"),
            "`intakectl dead-letters group` lists them; deploy/runbooks/IntakeUndecodable.md says what to do",
        ),
        (ours, _) => Finding::bad(
            CHECK,
            format!("the register refused {ours} records; {since}"),
            "`intakectl dead-letters list` names them; deploy/runbooks/IntakeDeadLetter.md says what to do",
        ),
    })
}

async fn silent_nodes(conn: &mut PgConnection, after_hours: u32) -> Result<Finding, Fault> {
    const CHECK: &str = "silent nodes";
    const SILENT: &str = "
        SELECT node_id, max(appended_at) AS heard
          FROM node_manifest
         WHERE node_id NOT IN (SELECT node_id FROM node WHERE retired)
         GROUP BY node_id
        HAVING max(appended_at) < now() - make_interval(hours => $1)
         ORDER BY heard";
    let hours = i32::try_from(after_hours).unwrap_or(i32::MAX);
    let rows: Vec<(String, DateTime<Utc>)> = sqlx::query_as(SILENT)
        .bind(hours)
        .fetch_all(conn)
        .await
        .map_err(DatabaseFault::from)?;
    let named: Vec<String> = rows
        .iter()
        .map(|(node, heard)| format!("{node} since {}", heard.format("%Y-%m-%d %H:%M")))
        .collect();
    Ok(if named.is_empty() {
        Finding::ok(CHECK, format!("none for {after_hours} hours"))
    } else {
        Finding::warning(
            CHECK,
            finding_list(&named),
            "ask the team where the device is; a lost one is written off with `intakectl node retire`",
        )
    })
}
