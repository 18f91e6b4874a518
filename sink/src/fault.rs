//! What PostgreSQL's answers mean for us, by remedy.

use runtime::{Fault, Remedy};
use std::fmt;

/// Remedy for a SQLSTATE (PostgreSQL manual, appendix A). A state nobody listed is fatal: a stop is
/// undone by a restart, a wrong dead letter is not.
pub fn remedy_of(state: &str) -> Remedy {
    match (state.get(..2).unwrap_or(""), state) {
        // Lost connection, login or grant in flux, deadlock, lock or time limit, shutdown, I/O, standby.
        ("08" | "28" | "40" | "55" | "57" | "58", _) | (_, "42501" | "25006" | "25P03" | "25P04") => {
            Remedy::Transient
        }
        // Disk, memory or connections used up.
        ("53", _) => Remedy::Saturated,
        // The value itself: out of range, NUL byte, broken constraint, index entry or text too large.
        ("22" | "23", _) | (_, "54000" | "54023") => Remedy::Data,
        _ => Remedy::Fatal,
    }
}

/// Remedy for a SQLSTATE that answers an attempt to connect. No row of ours is in it yet, so an internal
/// error is the server's own trouble: with a full disk it can't write its init file (XX000).
fn remedy_of_refusal(state: &str) -> Remedy {
    match state.get(..2) {
        Some("XX") => Remedy::Transient,
        _ => remedy_of(state),
    }
}

/// A fault of the database. Holds the SQLSTATE and the constraint's name only: PostgreSQL's own texts
/// quote rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseFault {
    remedy: Remedy,
    state: Option<String>,
    constraint: Option<String>,
    /// What happened, where no SQLSTATE says it.
    what: &'static str,
}

/// The fault of a statement that met a key which is there already.
const UNIQUE_VIOLATION: &str = "23505";
const DISK_FULL: &str = "53100";

impl DatabaseFault {
    /// What helps.
    pub const fn remedy(&self) -> Remedy {
        self.remedy
    }

    /// The fault of an attempt to connect.
    pub(crate) fn of_connecting(error: sqlx::Error) -> Self {
        let fault = Self::from(error);
        let remedy = fault.state().map_or(fault.remedy, remedy_of_refusal);
        Self { remedy, ..fault }
    }

    /// No answer came for longer than we wait: the line is dead without anybody having said so, or the
    /// server is hopelessly slow.
    pub(crate) const fn of_silence() -> Self {
        Self {
            remedy: Remedy::Transient,
            state: None,
            constraint: None,
            what: "the database didn't answer in time",
        }
    }

    /// The five-character SQLSTATE, when the server answered at all.
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The constraint that was broken, when one was.
    pub fn constraint(&self) -> Option<&str> {
        self.constraint.as_deref()
    }

    /// There is no room on the server's disk.
    pub(crate) fn is_no_room(&self) -> bool {
        self.state() == Some(DISK_FULL)
    }

    /// A key is there already.
    pub(crate) fn is_unique_violation(&self) -> bool {
        self.state() == Some(UNIQUE_VIOLATION)
    }
}

impl fmt::Display for DatabaseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.state, &self.constraint) {
            (Some(state), Some(name)) => {
                write!(f, "the database answers SQLSTATE {state} (constraint {name})")
            }
            (Some(state), None) => write!(f, "the database answers SQLSTATE {state}"),
            (None, _) => f.write_str(self.what),
        }?;
        f.write_str(match self.state() {
            Some("42501") => ": this login lacks a right, see `intakectl register roles`",
            Some("42P01" | "42703" | "42704" | "42883") => {
                ": its schema is another version's, run `intake-sink migrate`"
            }
            Some("3D000") => ": make the database that database.url names",
            Some("53100") => ": free space on its disk",
            Some("XX000") => ": look into its own log; is its disk full?",
            Some("53300") => ": raise max_connections, or run fewer clients",
            Some(state) if state.starts_with("28") => ": check user and password in database.url",
            Some(_) => "",
            None => ": check that it runs and that database.url is right",
        })
    }
}

impl std::error::Error for DatabaseFault {}

impl From<sqlx::Error> for DatabaseFault {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error;
        let without_state = |remedy, what| Self {
            remedy,
            state: None,
            constraint: None,
            what,
        };
        match error {
            Error::Database(answer) => {
                let state = answer.code().map(|code| code.into_owned()).unwrap_or_default();
                Self {
                    remedy: remedy_of(&state),
                    constraint: answer.constraint().map(str::to_owned),
                    state: Some(state),
                    what: "",
                }
            }
            Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => {
                without_state(Remedy::Transient, "no connection to the database")
            }
            // sqlx tells a connection that broke in the middle of an answer this way.
            Error::Protocol(_) => without_state(Remedy::Transient, "the connection to the database broke"),
            Error::Configuration(_) => without_state(Remedy::Fatal, "database.url can't be understood"),
            _ => without_state(
                Remedy::Fatal,
                "the database's answer isn't what this version expects",
            ),
        }
    }
}

impl From<DatabaseFault> for Fault {
    fn from(fault: DatabaseFault) -> Self {
        let text = fault.to_string();
        match fault.remedy {
            Remedy::Transient => Self::transient(text),
            Remedy::Saturated => Self::saturated(text),
            Remedy::Data => Self::data(text),
            Remedy::Fatal => Self::fatal(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::Remedy::{Data, Fatal, Saturated, Transient};

    #[test]
    fn every_listed_state_has_its_remedy() {
        for (state, remedy, why) in [
            ("08006", Transient, "the connection broke"),
            ("28P01", Transient, "a password is being changed"),
            ("40P01", Transient, "deadlock: the same batch passes next time"),
            ("40001", Transient, "serialisation"),
            ("55P03", Transient, "a lock was not to be had"),
            ("57P01", Transient, "an administrator ended the connection"),
            ("57014", Transient, "a statement took too long"),
            ("58030", Transient, "input or output failed"),
            ("42501", Transient, "a grant was revoked: no fault of the record"),
            ("25006", Transient, "a standby, or a read-only database"),
            ("25P03", Transient, "we were idle for too long in a transaction"),
            ("53100", Saturated, "disk full is no fault of the record"),
            ("53300", Saturated, "too many connections"),
            ("22021", Data, "a NUL byte in a text"),
            ("22P05", Data, "a NUL escape in JSON"),
            ("23502", Data, "a value is missing"),
            ("23514", Data, "a check is broken"),
            ("54000", Data, "too large for an index"),
            ("21000", Fatal, "the same key twice in a batch is our own bug"),
            ("42P01", Fatal, "no such table: the schema is another version's"),
            ("42703", Fatal, "no such column"),
            ("ZZ999", Fatal, "nobody listed it"),
            ("", Fatal, "no state at all"),
        ] {
            assert_eq!(remedy_of(state), remedy, "{state}: {why}");
        }
    }

    #[test]
    fn a_server_in_trouble_that_lets_nobody_in_is_waited_for() {
        for (state, while_loading, while_connecting) in [
            ("XX000", Fatal, Transient),
            ("3D000", Fatal, Fatal),
            ("53300", Saturated, Saturated),
            ("28000", Transient, Transient),
        ] {
            assert_eq!(remedy_of(state), while_loading, "{state}");
            assert_eq!(remedy_of_refusal(state), while_connecting, "{state}");
        }
    }
}
