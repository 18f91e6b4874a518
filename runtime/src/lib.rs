//! What every process stands on: Kafka clients, configuration, telemetry, health, shutdown, retry.
//!
//! **Invariant:** only this crate speaks Kafka. Topic, group and transactional names are given to it
//! without the namespace; it adds and removes the prefix, so nobody else can forget it.

pub mod clock;
pub mod fault;
pub mod health;
pub mod kafka;
pub mod pace;
pub mod retry;
pub mod settings;
pub mod stop;
pub mod telemetry;
pub mod trace;

pub use fault::{Fault, Remedy};
pub use stop::Stop;
