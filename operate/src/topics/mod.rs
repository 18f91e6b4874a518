//! `intakectl topics`: the declared topics, those that are there, and what stands in them.

mod acls;
mod apply;
mod copy;
mod count;
mod delete;
mod describe;
mod diff;
mod head;
mod list;
mod offsets;
mod part;
mod rights;
mod search;
mod tail;

use crate::{Ended, Output, Settings, print};
use clap::Subcommand;
use runtime::Fault;
use tokio::task::block_in_place;

/// Commands about topics.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The topics that are there: partitions, how long records are kept, when the first and the last came
    ///
    /// OFFSETS counts markers of transactions and what compaction took, too: `topics count` counts records.
    List,
    /// One topic: where its partitions are, where they begin and end, and what isn't set as Kafka has it by itself
    #[command(after_help = "Example:\n  intakectl topics describe register.changes")]
    Describe(describe::Options),
    /// Make the declared topics that aren't there, and compare those that are; nothing is changed
    ///
    /// Exit code 4 when a topic that is there differs from its declaration: partitions and settings of a live topic are a
    /// person's decision. With --delete also topics of provinces that are declared no more, each told twice: it may no
    /// longer be declared, and --confirm names it. A topic of applications that ever had one is never deleted. Exit code 4
    /// when one stays.
    #[command(
        after_help = "Examples:\n  intakectl topics apply\n  intakectl topics apply --execute --replication 3\n  intakectl topics apply --delete --reason 'son-la is part of another province now'\n  intakectl topics apply --delete --confirm intake.outcomes.son-la --with-records --reason '…' --execute"
    )]
    Apply(apply::Apply),
    /// Compare the declared topics with those that are there; exit code 5 when something differs
    ///
    /// `undeclared` is a topic with a name of the pipeline that no province has any more. Nothing is changed.
    Diff,
    /// Where partitions begin and end; with --at, which offset stands for a moment
    ///
    /// What the cluster says of a moment is verified: the record there and the one before it are read. Exit code 1 when the
    /// moment doesn't lie between the two, as where a topic has times of several clocks.
    #[command(
        after_help = "Examples:\n  intakectl topics offsets enrich.normalised\n  intakectl topics offsets intake.applications.son-la --at 2026-11-24T08:00:00+07:00"
    )]
    Offsets(offsets::Options),
    /// The oldest records, decoded, without what they say about a person
    ///
    /// Of all partitions together, by the time they were appended; as `intakectl peek` shows them.
    #[command(after_help = "Example:\n  intakectl topics head intake.outcomes.son-la -n 3")]
    Head(head::Options),
    /// The newest records, likewise, and with --follow those that come
    #[command(
        after_help = "Examples:\n  intakectl topics tail enrich.normalised\n  intakectl topics tail register.changes -p 7 --follow -o json"
    )]
    Tail(tail::Options),
    /// Count records by reading them: markers of transactions, what was aborted and what compaction took are none
    #[command(
        after_help = "Examples:\n  intakectl topics count intake.applications.son-la --from 2026-11-24T00:00:00+07:00\n  intakectl topics count enrich.normalised --from 1200 --to 1300 -o json"
    )]
    Count(count::Options),
    /// Records that have a value somewhere, found by reading; shown without what they say about a person
    ///
    /// It is as slow as reading is: bound it with --from and --to. The value is compared whole, with everything that is
    /// written in events and in events within events, and is neither printed nor logged.
    #[command(
        after_help = "Examples:\n  intakectl topics search register.changes --field application_id --value 0190…\n  intakectl topics search intake.applications.son-la --field full_name --value - --from 2026-11-24T00:00:00+07:00 < name.txt"
    )]
    Search(search::Options),
    /// Copy records into a file, byte by byte: key, headers, time, offset, value
    ///
    /// The file has its name only when it is whole, and only its owner may read it. It holds people's values: only a login
    /// that may read forms in the register (roles reviewer, auditor, engineer) gets one, and who copied what, when and why is
    /// in the audit before. Topics of nodes, outcomes and control hold none, and may be copied by an operator too.
    #[command(
        after_help = "Examples:\n  intakectl topics copy intake.applications.son-la --from 2026-11-24T00:00:00+07:00 --output son-la.avro --reason 'case 17'\n  intakectl topics copy enrich.normalised --from 1200 --to 1300 --output part.ndjson --reason 'case 17'"
    )]
    Copy(copy::Options),
    /// What each role needs of Kafka, and no more; with --grant, as the arguments of Kafka's own kafka-acls
    ///
    /// Nothing is connected to: whoever may alter the cluster gives the lines to kafka-acls. The local stack does
    /// it with `deploy/local/stack grant`.
    #[command(
        after_help = "Examples:\n  intakectl topics acls\n  intakectl topics acls --role node --province dien-bien\n  intakectl topics acls --grant --role node --province dien-bien --user node-dien-bien | xargs -L1 kafka-acls.sh --bootstrap-server localhost:9092 --command-config admin.properties"
    )]
    Acls(acls::Options),
}

/// Does what one of them says, and prints it.
///
/// # Errors
/// As the command has it.
pub async fn run(settings: &Settings, command: &Command, output: Output) -> Result<Ended, Fault> {
    match command {
        Command::List => print(&list::run(settings).await?, output),
        Command::Describe(args) => print(&describe::run(settings, args).await?, output),
        Command::Apply(args) => print(&apply::run(settings, args).await?, output),
        Command::Diff => print(&diff::run(settings).await?, output),
        Command::Offsets(args) => print(&block_in_place(|| offsets::run(settings, args))?, output),
        Command::Head(args) => print(&block_in_place(|| head::run(settings, args))?, output),
        Command::Tail(args) => tail::run(settings, args, output),
        Command::Count(args) => print(&block_in_place(|| count::run(settings, args))?, output),
        Command::Search(args) => print(&block_in_place(|| search::run(settings, args))?, output),
        Command::Copy(args) => print(&copy::run(settings, args).await?, output),
        Command::Acls(args) => print(&acls::run(settings, args)?, output),
    }
}
