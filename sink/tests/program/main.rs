//! The sink as a whole, against the real Kafka and PostgreSQL of the local stack.

mod bulk;
#[path = "../fixture/mod.rs"]
mod fixture;
mod kafka;
mod paused;
mod process;
mod start;
