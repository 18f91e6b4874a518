//! The stories: `tests/README.md` says what each proves. They share one program, so that it is linked
//! once, and run one after the other, because each waits for its turn on the stack.

mod dead_letters;
mod decided_hold;
mod decided_review;
mod end_to_end;
mod erased_person;
mod explained;
mod foreign;
mod foreign_records;
mod forked_chain;
mod held;
mod kill_everything;
mod lost_connections;
mod older_register;
mod own_file;
mod replayed;
mod restored_backup;
mod revoked_right;
mod snapshot;
mod standby;
mod tampered_rows;
mod traced;
mod two_of_each;

use std::time::Duration;

/// How long a load of some thousand lines may take, kills included.
const DRAINED: Duration = Duration::from_secs(90);
/// How long outcomes may take to reach the nodes after everything is loaded.
const HEARD: Duration = Duration::from_secs(30);
