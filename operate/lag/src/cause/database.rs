//! Causes that the database's sessions show.

use super::{Database, Kind, Session};

/// A lock, or a restore's transaction, that is held for longer than a batch takes.
const LONG: f64 = 2.0;

/// The database's part: it doesn't answer, or the sink waits in it.
pub(super) fn of_database(database: &Database) -> Option<(Kind, String, String)> {
    match database {
        Database::NotAsked => None,
        Database::Unreachable(why) => Some((
            Kind::DatabaseStopped,
            format!("the register does not answer: {why}"),
            "intakectl register check".to_owned(),
        )),
        Database::Sessions(sessions) if sessions.iter().any(|session| session.no_room) => Some((
            Kind::Disk,
            "the sink finds no room on the database's disk (SQLSTATE 53100): it tries again and goes on by itself once there is some"
                .to_owned(),
            "df -h, at the database's server".to_owned(),
        )),
        Database::Sessions(sessions) => {
            let waits = |session: &&Session| {
                session.program == "intake-sink" && session.waits_for.is_some() && session.seconds >= LONG
            };
            let longest = sessions
                .iter()
                .filter(waits)
                .max_by(|a, b| a.seconds.total_cmp(&b.seconds))?;
            let blockers: Vec<String> = longest.blocked_by.iter().map(ToString::to_string).collect();
            let by = if blockers.is_empty() {
                String::new()
            } else {
                format!(", held by server process {}", blockers.join(", "))
            };
            Some((
                Kind::SlowDatabase,
                format!(
                    "a session of the sink has waited {:.0} s for {}{by}",
                    longest.seconds,
                    longest.waits_for.as_deref().unwrap_or_default()
                ),
                match longest.blocked_by.first() {
                    Some(pid) => format!("psql -c 'SELECT * FROM pg_stat_activity WHERE pid = {pid}'"),
                    None => "psql -c 'SELECT wait_event_type, wait_event, count(*) FROM pg_stat_activity GROUP BY 1, 2'"
                        .to_owned(),
                },
            ))
        }
    }
}

/// For how long a matcher has been reading its state back.
pub(super) fn restoring(database: &Database) -> Option<f64> {
    let Database::Sessions(sessions) = database else {
        return None;
    };
    let of_match = sessions
        .iter()
        .filter(|session| session.program == "intake-enrich");
    let longest = of_match
        .filter_map(|session| session.transaction_seconds)
        .fold(0.0, f64::max);
    (longest >= LONG).then_some(longest)
}

pub(super) fn reading_back(seconds: f64) -> String {
    format!(
        "it has held one transaction open in the register for {seconds:.0} s, to read its state; then it goes on by itself"
    )
}
