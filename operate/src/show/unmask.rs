//! Showing values about a person: only with a reason, and never unseen.

use super::mask::Mask;
use crate::audit;
use clap::Args;
use runtime::Fault;
use sink::DatabaseFault;
use sqlx::PgConnection;

/// The options of every command that can show values about a person.
#[derive(Debug, Args)]
pub(crate) struct Unmask {
    /// Show values about the person: who, whom, when and why is written into the audit first
    #[arg(long, requires = "why")]
    unmask: bool,
    /// Why values must be seen: the number of a request or a case, no name
    #[arg(long = "reason", id = "why", value_name = "TEXT", requires = "unmask", value_parser = reason)]
    why: Option<String>,
}

/// A reason as the audit takes it.
///
/// # Errors
/// What is wrong with its length.
pub(crate) fn reason(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 1_000 || text.contains('\0') {
        return Err("a reason has 1 to 1000 characters");
    }
    Ok(text.to_owned())
}

impl Unmask {
    /// Whether values are to be seen.
    pub(crate) const fn is_asked(&self) -> bool {
        self.unmask
    }

    /// How values are shown. Unmasked, it is in the audit when this returns.
    pub(crate) async fn mask(
        &self,
        conn: &mut PgConnection,
        action: &str,
        about: &[String],
    ) -> Result<Mask, Fault> {
        if let Some(why) = self.why.as_ref().filter(|_| self.unmask) {
            audit::record(conn, action, about, why, "granted").await?;
            return Ok(Mask::Unmasked);
        }
        Ok(Mask::Masked)
    }
}

/// Whether this login may see what stands in a topic about people: whoever may read the forms in the register may read
/// them on their way to it. Kafka knows no columns, so the register is asked.
///
/// # Errors
/// Fatal when it may not, with what it may do instead.
pub(crate) async fn may_see_people(register: &mut PgConnection, instead: &str) -> Result<(), Fault> {
    const RIGHT: &str = "SELECT has_column_privilege('application', 'event', 'SELECT')";
    let may: bool = sqlx::query_scalar(RIGHT)
        .fetch_one(register)
        .await
        .map_err(DatabaseFault::from)?;
    if may {
        return Ok(());
    }
    Err(Fault::fatal(format!(
        "this login may not see values about people: it needs the role reviewer, engineer or auditor \
         (`intakectl register roles`); {instead}"
    )))
}
