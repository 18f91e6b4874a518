//! What a node answers to a bulk request: one JSON object a line, one line for each line sent.

use serde::Deserialize;

/// The answer to one line. The other keys (`line`, `event_id`, `error`) aren't needed for counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Answer {
    /// What became of the line.
    pub status: Status,
}

/// What became of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// On the node's disk.
    Accepted,
    /// On the node's disk since an earlier time.
    AlreadyAccepted,
    /// The node has other content under this id and revision.
    Conflict,
    /// The line breaks a rule of the format.
    Invalid,
    /// The line is over the node's limit.
    TooLarge,
    /// The node's spool is full: the line may pass later.
    SpoolFull,
    /// The node can't take the line now: it may pass later.
    Unavailable,
    /// A word that a later node may say; counted, and a failure.
    #[serde(other)]
    Unknown,
}

impl Status {
    /// Whether the same line may pass later, so that this answer isn't its last.
    pub const fn passes(self) -> bool {
        matches!(self, Self::SpoolFull | Self::Unavailable)
    }
}

/// An answer that doesn't match the request. Names no content: it may quote a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmatched {
    /// A line is no JSON object with a status.
    #[error("line {0} of the answer has no status")]
    NoStatus(usize),
    /// The answer broke off, or says too much.
    #[error("{answered} lines answered for {sent} lines sent")]
    Count {
        /// Lines in the request.
        sent: usize,
        /// Lines in the answer.
        answered: usize,
    },
}

/// Reads the answers to `sent` lines.
pub fn read(body: &[u8], sent: usize) -> Result<Vec<Answer>, Unmatched> {
    let lines = body
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .enumerate();
    let answers = lines
        .map(|(at, line)| serde_json::from_slice(line).map_err(|_| Unmatched::NoStatus(at + 1)))
        .collect::<Result<Vec<Answer>, _>>()?;
    if answers.len() == sent {
        Ok(answers)
    } else {
        Err(Unmatched::Count {
            sent,
            answered: answers.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_read_and_an_unheard_of_one_is_unknown() {
        for (word, status) in [
            ("accepted", Status::Accepted),
            ("already_accepted", Status::AlreadyAccepted),
            ("conflict", Status::Conflict),
            ("invalid", Status::Invalid),
            ("too_large", Status::TooLarge),
            ("spool_full", Status::SpoolFull),
            ("unavailable", Status::Unavailable),
            ("pondered", Status::Unknown),
        ] {
            let line = format!("{{\"line\":1,\"status\":\"{word}\",\"event_id\":\"x\"}}\n");
            assert_eq!(read(line.as_bytes(), 1), Ok(vec![Answer { status }]), "{word}");
        }
    }

    #[test]
    fn an_answer_that_does_not_match_is_an_error() {
        let line = b"{\"status\":\"accepted\"}\n";
        assert_eq!(read(line, 2), Err(Unmatched::Count { sent: 2, answered: 1 }));
        assert_eq!(read(b"{\"line\":1}", 1), Err(Unmatched::NoStatus(1)));
    }
}
