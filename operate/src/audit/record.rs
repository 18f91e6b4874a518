//! Adds a row.

use runtime::Fault;
use sink::DatabaseFault;
use sqlx::PgConnection;

/// Bytes of `about` at most; more ids than that are counted.
const LONGEST: usize = 3_900;

const INSERT: &str = "INSERT INTO audit (action, about, reason, result) VALUES ($1, $2, $3, $4)";

/// Writes what the session user does: `action` is `thing.verb`, `about` are ids. What must not happen unseen
/// happens after this, never before.
///
/// # Errors
/// Fatal when this login may not add to the audit; transient when the database doesn't answer.
pub(crate) async fn record(
    conn: &mut PgConnection,
    action: &str,
    about: &[String],
    reason: &str,
    result: &str,
) -> Result<(), Fault> {
    let written = sqlx::query(INSERT)
        .bind(action)
        .bind(in_short(about))
        .bind(reason)
        .bind(result)
        .execute(conn)
        .await;
    match written.map_err(DatabaseFault::from) {
        Err(fault) if fault.state() == Some("42501") => Err(Fault::fatal(
            "this login may not add to the audit, and so may not do what is written there: it needs the role \
             operator, reviewer, engineer or auditor (`intakectl register roles`)",
        )),
        other => Ok(other.map(drop)?),
    }
}

fn in_short(about: &[String]) -> String {
    let mut text = String::new();
    for (n, id) in about.iter().enumerate() {
        if text.len() + id.len() > LONGEST {
            return format!("{text} and {} more", about.len() - n);
        }
        if n > 0 {
            text.push(' ');
        }
        text += id;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_to_name_is_counted() {
        assert_eq!(in_short(&["a".to_owned(), "b".to_owned()]), "a b");
        let many = vec!["0b7e0000-0000-4000-8000-000000000000".to_owned(); 1_000];
        let text = in_short(&many);
        assert!(text.len() < 4_000 && text.ends_with(" and 895 more"), "{text}");
    }
}
