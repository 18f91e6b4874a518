//! Applications to residents: a deterministic state machine over the match log.
//!
//! [`Resolver::apply`] takes one entry and returns what it changed. **Invariant:** no clock, no random
//! numbers, no I/O: the same log gives the same bytes, so a rebuild is compared byte by byte. Time
//! comes with the entry, ids are derived from it. Everything the state holds is an order-free function
//! of the register's rows, so that [`restore::Restoring`] brings it back from them.

mod body;
mod close;
mod compact;
mod effects;
mod erasing;
mod follow_up;
mod golden;
mod history;
mod letters;
mod nodes;
mod placing;
mod reprocess;
mod reread;
pub mod restore;
mod review;
mod revision;
mod rows;
mod rules;
mod series;
mod source;
mod state;
mod step;
mod telling;
mod waiting;

pub use reread::{Reading, Reread, Settled, corrected};
pub use rows::{InMemory, LostRows, Rows};
pub use state::Resolver;
pub use step::{Applied, Outputs, Position};
pub use waiting::Waiting;
