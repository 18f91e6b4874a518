//! `intakectl dead-letters`: records that could not be applied, looked at and decided. A decision is an entry of the match
//! log, so it survives every rebuild; the records' bytes never leave the register but by `export`.

mod connect;
mod decide;
pub mod discard;
pub mod export;
mod filter;
pub mod group;
mod letter;
pub mod list;
pub mod redrive;
pub mod show;
mod waiting;

pub(crate) use waiting::{Waiting, waiting};

use clap::Subcommand;

/// Commands about dead letters.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Dead letters that nobody decided about yet, the oldest first
    #[command(
        after_help = "Examples:\n  intakectl dead-letters list\n  intakectl dead-letters list --stage sink --reason database.refused\n  intakectl dead-letters list --node dien-bien-01 --settled -o json"
    )]
    List(list::Options),
    /// How many there are, by reason, node, topic, stage, province or ruleset, and how old the oldest is
    #[command(
        after_help = "Examples:\n  intakectl dead-letters group\n  intakectl dead-letters group --by node --reason envelope.unknown-schema"
    )]
    Group(group::Options),
    /// One of them: where it stood, why it is here, what it can be read as now; no value about a person
    #[command(after_help = "Example:\n  intakectl dead-letters show 17")]
    Show(show::Options),
    /// Send them on their way again, once what was wrong with them is mended
    ///
    /// What normalise could not read is read by this version and these rules, and takes its place in its node's series; a
    /// change that the database refused is loaded again, byte by byte, and undoes nothing newer. What still can't be
    /// read, what another event has the place of, and what was sent as often as --attempts is left where it is.
    #[command(
        after_help = "Examples:\n  intakectl dead-letters redrive --reason-code envelope.unknown-schema --reason 'schema 4 is known now'\n  intakectl dead-letters redrive --id 17 --id 18 --reason 'the column is wide enough now' --execute"
    )]
    Redrive(redrive::Options),
    /// Give them up, with a reason; their bytes stay in the register
    #[command(
        after_help = "Example:\n  intakectl dead-letters discard --reason-code envelope.not-single-object --topic intake.applications.son-la --reason 'a test of the node vendor' --execute"
    )]
    Discard(discard::Options),
    /// Write them to a topic for other tools, with the headers that Kafka Connect gives its dead letters
    ///
    /// Bytes and key are the original ones. The topic must be there, and none of the pipeline's own. A letter stays what it
    /// is. What the topic takes no record so large for is left out; exit code 4 when all are.
    #[command(
        after_help = "Examples:\n  intakectl dead-letters export --to vendor.letters --node dien-bien-01 --reason 'case 17'\n  intakectl dead-letters export --to vendor.letters --id 17 --reason 'case 17' --execute"
    )]
    Export(export::Options),
}
