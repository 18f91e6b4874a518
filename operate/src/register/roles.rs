//! `intakectl register roles`: gives the register's group roles exactly their rights.

use crate::table::{Cell, Table, Tone};
use crate::{Report, Settings};
use clap::Args;
use runtime::Fault;
use serde::Serialize;
use sink::DatabaseFault;
use sink::roles::{Plan, Prefix};

/// Options of `register roles`.
#[derive(Debug, Args)]
pub struct Options {
    /// Run the statements; without it, only print them
    #[arg(long)]
    execute: bool,
    /// How the roles' names begin, so that two registers of one server can have their own
    #[arg(long, default_value = "intake_")]
    prefix: Prefix,
}

/// The roles, and the statements that give them their rights.
#[derive(Debug, Serialize)]
pub struct Roles {
    executed: bool,
    roles: Vec<Role>,
    statements: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Role {
    role: String,
    /// `created`, or `there`: only its rights are given anew.
    result: &'static str,
}

/// Prints or runs what gives each role its rights.
///
/// # Errors
/// Transient when the database doesn't answer or this login may not do it: then nothing was changed.
/// Fatal when the register's schema is another version's.
pub async fn run(settings: &Settings, options: &Options) -> Result<Roles, Fault> {
    let mut conn = settings.open_register().await?;
    let plan = Plan::make(&mut conn, &options.prefix).await?;
    if options.execute {
        plan.execute(&mut conn).await.map_err(refused)?;
    }
    let roles = plan.roles.into_iter().map(|(role, is_new)| Role {
        role,
        result: match (is_new, options.execute) {
            (true, true) => "created",
            (true, false) => "to be created",
            (false, _) => "there",
        },
    });
    Ok(Roles {
        executed: options.execute,
        roles: roles.collect(),
        statements: plan.statements,
    })
}

fn refused(fault: DatabaseFault) -> Fault {
    match fault.state() {
        Some("42501") => Fault::fatal(
            "this login may not make roles (CREATEROLE), or owns neither the register's tables nor its database \
             (SQLSTATE 42501); nothing was changed: let somebody who may run what this prints without --execute",
        ),
        _ => fault.into(),
    }
}

impl Report for Roles {
    fn table(&self) -> String {
        if !self.executed {
            let statements = self.statements.join(";\n");
            return format!("{statements};\n\n-- dry run: nothing was changed; run this, or add --execute");
        }
        let mut table = Table::new(&["ROLE", "RESULT"]);
        for role in &self.roles {
            let tone = if role.result == "created" {
                Tone::Good
            } else {
                Tone::Plain
            };
            table.row([Cell::text(&role.role), Cell::text(role.result).toned(tone)]);
        }
        format!(
            "{}\neach has its rights; give it to a login with GRANT role TO login",
            table.render()
        )
    }
}
