//! The state machine by its logs: what goes in, and every byte that comes out.

mod corrections;
mod erasing;
mod history;
mod letters;
mod log;
mod operator;
mod rebuild;
mod reprocess;
mod reviews;
mod seen;
mod standby;
mod steps;
