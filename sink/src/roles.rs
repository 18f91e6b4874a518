//! What each program and each kind of person may do to the register: group roles, given to logins.
//!
//! Roles belong to the whole server and often to another administrator than the tables do, so they are no
//! migration: a plan is made, can be read, and is run by whoever may.

use crate::fault::DatabaseFault;
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;

/// A group role and its rights.
struct Role {
    name: &'static str,
    purpose: &'static str,
    /// Rights on the database, beside connecting.
    on_database: Option<&'static str>,
    /// Rights, and the tables and views they are on.
    on_tables: &'static [(&'static str, &'static str)],
}

const ROLES: [Role; 7] = [
    Role {
        name: "sink",
        purpose: "Loads the register: writes every table, changes no event, empties history for who is erased, deletes nothing but numbers of who is erased.",
        on_database: Some("TEMPORARY"), // a batch goes by way of temporary tables
        on_tables: &[
            ("SELECT", "_sqlx_migrations, set_aside_index"),
            (
                "SELECT, INSERT, UPDATE",
                "resident, application, match_edge, review, event_outcome, node, node_ledger, node_manifest, \
                 source_position, sink_position",
            ),
            (
                "SELECT, INSERT",
                "intake_event, resident_history, moved_application, match_rules, erasure, erased, dead_letter_decision",
            ),
            ("SELECT, INSERT, DELETE", "identity_number"),
            ("SELECT (event_sequence), INSERT", "held_event"),
            (
                "SELECT (id, stage, topic, partition, record_offset, value, sequence), INSERT",
                "dead_letter",
            ),
            // To empty what they hold of somebody who is erased.
            ("UPDATE (golden)", "resident_history"),
            ("UPDATE (entry)", "held_event"),
            ("UPDATE (value, headers)", "dead_letter"),
        ],
    },
    Role {
        name: "match",
        purpose: "Restores the matcher: reads what its state is made of.",
        on_database: None,
        on_tables: &[
            (
                "SELECT",
                "_sqlx_migrations, node, node_ledger, source_position, sink_position, event_outcome, held_event, \
                 intake_event, application, match_edge, review, match_rules",
            ),
            (
                "SELECT (resident_id, sequence, status, redirect_to, members)",
                "resident",
            ),
            ("SELECT (stage, topic, value)", "dead_letter"),
            ("SELECT (entry_id)", "dead_letter_decision"),
        ],
    },
    Role {
        name: "operator",
        purpose: "Runs the pipeline: reads books, positions, nodes and dead letters, and people masked only.",
        on_database: None,
        on_tables: &[
            (
                "SELECT",
                "_sqlx_migrations, node, node_ledger, node_manifest, source_position, sink_position, intake_event, \
                 event_outcome, match_edge, review, match_rules, moved_application, dead_letter, dead_letter_decision, \
                 dead_letter_state, erasure, erased, \
                 event_outcome_current, application_outcome, \
                 open_hold, resident_masked",
            ),
            ("SELECT (event_sequence)", "held_event"),
            ("SELECT (application_id)", "identity_number"),
            ("INSERT (action, about, reason, result)", "audit"),
            (
                "SELECT (resident_id, sequence, status, redirect_to, stage, members, last_event)",
                "resident, resident_history",
            ),
            (
                "SELECT (application_id, sequence, revision, status, stage, resident_id, event_id, node_id, form_id, \
                 form_version, channel, service, commune, village, team, reference, captured_at, appended_at, \
                 ruleset, findings)",
                "application",
            ),
        ],
    },
    Role {
        name: "reviewer",
        purpose: "Looks at doubtful pairs and decides: reads applications, residents and what comparing came to, proposes and approves.",
        on_database: None,
        on_tables: &[
            (
                "SELECT",
                "_sqlx_migrations, sink_position, application, resident, resident_history, match_edge, review, \
                 match_rules, moved_application, intake_event, event_outcome, event_outcome_current, node, \
                 node_ledger, erased, identity_number, resident_number, review_proposal, review_proposal_approval",
            ),
            // Who proposes or approves is written by the database.
            (
                "INSERT (proposal_id, decision, left_ids, right_ids, resident_ids, sequences, reason)",
                "review_proposal",
            ),
            (
                "INSERT (proposal_id, proposed_by, step)",
                "review_proposal_approval",
            ),
            ("INSERT (action, about, reason, result)", "audit"),
        ],
    },
    Role {
        name: "engineer",
        purpose: "Runs replays: reads the register, makes shadows of it in schemas of their own, plans, approves and promotes.",
        on_database: Some("CREATE, TEMPORARY"),
        on_tables: &[
            ("SELECT", EVERYTHING),
            ("INSERT (replay_id, plan, plan_hash)", "replay"),
            ("INSERT (replay_id, step, result)", "replay_step"),
            (
                "INSERT (replay_id, planned_by, diff_hash, lines, reason)",
                "replay_approval",
            ),
            ("INSERT (action, about, reason, result)", "audit"),
        ],
    },
    Role {
        name: "reader",
        purpose: "Looks outcomes up: reads applications and events with their outcome, and people masked.",
        on_database: None,
        on_tables: &[(
            "SELECT",
            "resident_masked, application_outcome, event_outcome_current, open_hold",
        )],
    },
    Role {
        name: "auditor",
        purpose: "Answers for the register: reads everything as it is, history and audit included, and writes nothing but what it looked at.",
        on_database: None,
        on_tables: &[
            ("SELECT", EVERYTHING),
            ("INSERT (action, about, reason, result)", "audit"),
        ],
    },
];

/// Every table and view that the schema has when the plan is run.
const EVERYTHING: &str = "ALL TABLES IN SCHEMA";

/// How the names of the roles begin, so that two registers of one server can have their own.
#[derive(Clone, Debug)]
pub struct Prefix(String);

impl std::str::FromStr for Prefix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        // PostgreSQL keeps pg_ for itself, and cuts names at 63 bytes.
        if begins && text.chars().all(letters) && text.len() <= 50 && !text.starts_with("pg_") {
            return Ok(Self(text.to_owned()));
        }
        Err(
            "a prefix has 1 to 50 characters of a-z, 0-9 and _, begins with no digit and not with pg_"
                .to_owned(),
        )
    }
}

/// What gives the register's roles exactly their rights, whatever they had before.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Each role, and whether the plan makes it.
    pub roles: Vec<(String, bool)>,
    /// In the order in which they are run.
    pub statements: Vec<String>,
}

impl Plan {
    /// A plan for the register that `conn` works with, in the first schema of its search path.
    ///
    /// # Errors
    /// Transient when the connection breaks.
    pub async fn make(conn: &mut PgConnection, prefix: &Prefix) -> Result<Self, DatabaseFault> {
        const HERE: &str = "SELECT quote_ident(current_schema()), quote_ident(current_database())";
        const THERE: &str = "SELECT rolname::text FROM pg_roles WHERE starts_with(rolname, $1)";
        let (schema, database): (String, String) = sqlx::query_as(HERE).fetch_one(&mut *conn).await?;
        let there: Vec<String> = sqlx::query_scalar(THERE).bind(&prefix.0).fetch_all(conn).await?;
        let there: BTreeSet<String> = there.into_iter().collect();
        let mut plan = Self {
            roles: Vec::new(),
            statements: Vec::new(),
        };
        for role in &ROLES {
            let name = format!("{}{}", prefix.0, role.name);
            let is_new = !there.contains(&name);
            if is_new {
                plan.statements.push(format!("CREATE ROLE {name} NOLOGIN"));
                plan.statements
                    .push(format!("COMMENT ON ROLE {name} IS '{}'", role.purpose));
            }
            role.grant(&name, &schema, &database, &mut plan.statements);
            plan.roles.push((name, is_new));
        }
        Ok(plan)
    }

    /// Runs the plan, whole or not at all.
    ///
    /// # Errors
    /// Transient when the connection breaks, and with SQLSTATE 42501 when this login may not make roles
    /// or doesn't own the register.
    pub async fn execute(&self, conn: &mut PgConnection) -> Result<(), DatabaseFault> {
        let mut transaction = conn.begin().await?;
        for statement in &self.statements {
            sqlx::query(statement.as_str()).execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}

impl Role {
    fn grant(&self, name: &str, schema: &str, database: &str, statements: &mut Vec<String>) {
        let mut add = |statement: String| statements.push(statement);
        add(format!("REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}"));
        add(format!("REVOKE ALL ON DATABASE {database} FROM {name}"));
        let on_database = self
            .on_database
            .map_or(String::new(), |rights| format!(", {rights}"));
        add(format!(
            "GRANT CONNECT{on_database} ON DATABASE {database} TO {name}"
        ));
        add(format!("GRANT USAGE ON SCHEMA {schema} TO {name}"));
        for (rights, tables) in self.on_tables {
            let tables = match *tables {
                EVERYTHING => format!("{EVERYTHING} {schema}"),
                some => {
                    let some: Vec<String> = some
                        .split(", ")
                        .map(|table| format!("{schema}.{table}"))
                        .collect();
                    some.join(", ")
                }
            };
            add(format!("GRANT {rights} ON {tables} TO {name}"));
        }
    }
}
