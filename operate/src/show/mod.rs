//! Looking at one resident or one application. Values about a person stay masked unless asked for.

pub mod application;
mod application_rows;
pub(crate) mod mask;
pub mod resident;
mod resident_rows;
pub(crate) mod unmask;
mod way;
