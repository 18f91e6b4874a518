//! `intakectl topics`: the declared topics, and who may do what with them.

pub mod acls;
pub mod apply;
mod rights;

use clap::Subcommand;

/// Commands about topics.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the declared topics that aren't there, and compare those that are; nothing is ever changed or deleted
    ///
    /// Exit code 4 when a topic that is there differs from its declaration: partitions and settings of
    /// a live topic are a person's decision.
    #[command(
        after_help = "Examples:\n  intakectl topics apply\n  intakectl topics apply --execute --replication 3"
    )]
    Apply(apply::Apply),
    /// What each role needs of Kafka, and no more; with --grant, as the arguments of Kafka's own kafka-acls
    ///
    /// Nothing is connected to: whoever may alter the cluster gives the lines to kafka-acls. The local stack does
    /// it with `deploy/local/stack grant`.
    #[command(
        after_help = "Examples:\n  intakectl topics acls\n  intakectl topics acls --role node --province dien-bien\n  intakectl topics acls --grant --role node --province dien-bien --user node-dien-bien | xargs -L1 kafka-acls.sh --bootstrap-server localhost:9092 --command-config admin.properties"
    )]
    Acls(acls::Options),
}
