//! The rules that a plan names.

use super::super::plan::{PROGRAM, RulesetText, Weights};
use super::Options;
use crate::pair::in_force;
use linkage::{Thresholds, applicant};
use runtime::Fault;
use sqlx::PgConnection;
use std::path::Path;

/// Names the rules of this program instead of a file.
const NEW: &str = "new";

/// Those of normalising.
///
/// # Errors
/// Fatal when the file can't be used.
pub(super) fn ruleset(options: &Options) -> Result<RulesetText, Fault> {
    let file = options.ruleset.as_deref().filter(|file| *file != Path::new(NEW));
    let ruleset = runtime::settings::ruleset(file)?;
    let file = file.map(std::fs::read_to_string).transpose();
    Ok(RulesetText {
        name: ruleset.name().to_owned(),
        file: file.map_err(|e| Fault::data(format!("can't read the ruleset: {e}")))?,
        program: PROGRAM.to_owned(),
    })
}

/// Those of matching, where other ones are wanted than were in force.
///
/// # Errors
/// Data when the file can't be used; transient when the database doesn't answer.
pub(super) async fn weights(options: &Options, conn: &mut PgConnection) -> Result<Option<Weights>, Fault> {
    let Some(path) = &options.weights else {
        return Ok(None);
    };
    let file = if path == Path::new(NEW) {
        linkage::Weights::SHIPPED.to_owned()
    } else {
        std::fs::read_to_string(path)
            .map_err(|e| Fault::data(format!("can't read the weights {}: {e}", path.display())))?
    };
    let weights = linkage::Weights::parse(&file, &applicant::model())
        .map_err(|wrong| Fault::data(format!("{}: {wrong}", path.display())))?;
    let Thresholds { link, review } = in_force(conn).await?.thresholds;
    Ok(Some(Weights {
        version: weights.version,
        file,
        link,
        review,
    }))
}
