//! `intakectl match explain`.

use crate::pair::{self, Picture};
use crate::show::unmask::Unmask;
use crate::{Report, Settings};
use clap::Args;
use runtime::Fault;
use serde::Serialize;
use uuid::Uuid;

/// Options of `match explain`.
#[derive(Debug, Args)]
pub struct Options {
    /// The id of an application, or of a resident
    #[arg(value_name = "A")]
    left: Uuid,
    /// The id of another one
    #[arg(value_name = "B")]
    right: Uuid,
    #[command(flatten)]
    unmask: Unmask,
}

/// Why two are one person or two.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Explained(Picture);

/// Explains two applications or residents.
///
/// # Errors
/// Data when there is no such application or resident; transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Explained, Fault> {
    let mut conn = settings.open_register().await?;
    let picture = pair::explain(&mut conn, options.left, options.right, &options.unmask).await?;
    Ok(Explained(picture))
}

impl Report for Explained {
    fn table(&self) -> String {
        self.0.table()
    }
}
