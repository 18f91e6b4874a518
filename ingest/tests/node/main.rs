//! Real `intake-node` processes against a real broker.

mod api;
mod files;
mod harness;
mod publishing;
mod restored;
