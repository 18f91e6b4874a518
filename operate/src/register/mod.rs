//! `intakectl register`: the register's schema, who may do what to it, its references, its digest, and the
//! erasing of people.

pub mod check;
pub mod digest;
pub mod erase;
pub mod migrate;
pub mod roles;

use clap::Subcommand;

/// Commands about the register.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring the register's schema to this version, forward only
    #[command(after_help = "Examples:\n  intakectl register migrate\n  intakectl register migrate --execute")]
    Migrate(migrate::Options),
    /// Make the register's group roles and give each exactly its rights
    ///
    /// sink, match, operator, reader and auditor, behind a prefix. Without --execute it prints the SQL, for
    /// whoever may make roles. Run it again after each migration: what is new is nobody's until then.
    #[command(
        after_help = "Examples:\n  intakectl register roles > roles.sql\n  intakectl register roles --execute"
    )]
    Roles(roles::Options),
    /// Prove that whatever a row names is there: residents, applications, events, redirects
    ///
    /// Rows travel in several partitions, so no foreign key holds them. Exit code 5 when a reference is
    /// broken; ids of at most 20 rows of each kind are named, and how many there are.
    #[command(
        after_help = "Examples:\n  intakectl register check\n  intakectl register check --wait 60 -o json"
    )]
    Check(check::Options),
    /// Print a digest of the register's current state, table by table
    ///
    /// Two registers with the same digest hold the same state: sequences, times of processing, history
    /// and redirects are left out.
    #[command(after_help = "Example:\n  intakectl register digest -o json")]
    Digest,
    /// Erase a resident's personal data, for ever
    ///
    /// Empties the golden record and all its states, the applications and whatever else the register holds of
    /// them; what was done when, by whom and why stays. It goes through the match log, so that no rebuild, restore or
    /// replay brings the person back. Exit code 4 when the resident is unknown, was merged into another one, or
    /// changed after you looked. Copies in topics, archive, backups and at nodes: see deploy/erasure.md.
    #[command(
        after_help = "Examples:\n  intakectl register erase ID --reason 'request 2026-17'\n  intakectl register erase ID --reason 'request 2026-17' --execute"
    )]
    Erase(erase::Options),
}
