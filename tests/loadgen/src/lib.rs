//! Deterministic synthetic applications: the same seed gives the same people, forms and bytes.
//!
//! ```
//! use schemas::provinces::Provinces;
//! let provinces = Provinces::default_21();
//! let generator = loadgen::Generator::new(42, provinces.iter())?;
//! for generated in generator.take(3) {
//!     let mut line = Vec::new();
//!     generated.write_line(&mut line)?;
//!     assert!(line.starts_with(br#"{"type":"#), "{:?}", generated.variation.step);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod calendar;
mod case;
mod ethnic;
mod facts;
mod first_issue;
mod form;
mod generator;
mod household;
mod kin;
mod line;
mod numbers;
mod person;
mod places;
mod random;
mod relatives;
mod submission;
mod variation;
mod writing;

pub use calendar::Date;
pub use ethnic::{Group, Groups, Sex};
pub use first_issue::first_issue;
pub use generator::{Generated, Generator, NoProvince};
pub use household::Household;
pub use kin::{KinApplication, Twin, kin};
pub use numbers::{MAX_HOUSEHOLDS, PLACES_IN_HOUSEHOLD, PersonalNumber};
pub use person::{Name, Person, Role};
pub use places::{Places, Province, Ward};
pub use variation::{Defect, Slip, Step, Variation, Writing};
