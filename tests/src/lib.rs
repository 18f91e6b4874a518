//! The harness of the end-to-end tests: a [`Ground`] of a test's own on the local stack, the real
//! programs on it as a [`Pipeline`], a [`Load`] of applications, and what must hold afterwards: the
//! [`Books`], the digest of a quiet rebuild, and logs without personal values.
//!
//! What fails here panics: this is test code, and the panic's text is its report.

mod books;
mod client;
mod collector;
mod database;
mod difference;
mod ground;
pub mod java;
mod load;
mod log_gate;
mod node;
mod pipeline;
mod process;
mod program;
mod rebuild;
mod secured;
mod site;
mod small_disk;
mod stack;
mod until;
mod worker;

pub use books::{Books, MissingRange, Numbers, ProvinceBooks, Undecodable};
pub use client::{Answer, Sender};
pub use collector::{Collector, Span};
pub use database::Database;
pub use ground::{Ground, PROVINCES};
pub use load::{Line, Load, Sent};
pub use node::{Node, Outcomes, Status};
pub use pipeline::{Pipeline, Shape};
pub use process::{Process, command, end_leftovers, free_address, scrape};
pub use rebuild::Rebuild;
pub use secured::SecuredBroker;
pub use site::{Settled, Site};
pub use small_disk::SmallDisk;
pub use stack::Stack;
pub use until::{until, within};
pub use worker::Worker;
