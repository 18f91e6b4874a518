//! Two applications, and why match holds them for one person or for two: by the same engine and the same rules, over
//! what the register holds of them and of whatever hangs together with them.

mod in_force;
mod picture;
mod population;
mod rows;
mod scene;
mod verdict;

pub(crate) use in_force::{InForce, in_force};
pub(crate) use picture::Picture;
pub(crate) use rows::{ResidentRow, residents};
pub(crate) use scene::explain;
