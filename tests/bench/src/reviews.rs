//! How long a reviewer waits for each screen, on a register of people who are hard to keep apart.

use crate::load::Load;
use crate::report::{Delays, Report};
use crate::stages::PATIENCE;
use crate::visible::Visible;
use crate::whole::{stop, workers};
use anyhow::{Result, ensure};
use schemas::provinces::DEFAULT_21;
use tests::{Ground, until};

const TIMES: usize = 5;

/// A pair that is neither the likeliest that waits nor an unlikely one.
const PAIR: &str = "
    SELECT left_id || ' ' || right_id FROM review WHERE status = 'open'
     ORDER BY weight_millibits DESC, left_id, right_id OFFSET 100 LIMIT 1";

/// An application that there is something to split from.
const SHARED: &str = "
    SELECT members[1]::text FROM resident WHERE cardinality(members) > 2 ORDER BY resident_id LIMIT 1";

/// Fills a register by the whole path, and asks what reviewers and those who set the rules of matching ask.
///
/// # Errors
/// When a command ends otherwise than well.
pub fn measure(applications: u64, seed: u64, report: &mut Report) -> Result<()> {
    let ground = Ground::of(DEFAULT_21);
    let database = &ground.site.database;
    let load = Load::of_people(applications / 2, seed)?;
    let stages = workers(&ground);
    load.publish(&ground.site.cluster)?;
    let mut visible = Visible::connect(database)?;
    until("every row is visible", PATIENCE, || {
        let all = visible.has(load.count() as i64).expect("the register answers");
        all.then_some(())
    });
    stop(stages);
    // As the server does by itself, some time later.
    database.execute("VACUUM (ANALYZE) application, resident, match_edge, review, intake_event");
    for (what, query) in [
        ("applications", "SELECT count(*) FROM application"),
        (
            "residents",
            "SELECT count(*) FROM resident WHERE status IN ('active', 'provisional')",
        ),
        ("pairs with a weight", "SELECT count(*) FROM match_edge"),
        (
            "reviews that wait",
            "SELECT count(*) FROM review WHERE status = 'open'",
        ),
    ] {
        report.say(&format!("{what}: {}", database.value::<i64>(query)));
    }
    let pair: String = database.value(PAIR);
    let (left, right) = pair.split_once(' ').unwrap_or_default();
    let shared: String = database.value(SHARED);
    let slug = &ground.provinces.iter().next().expect("a province").slug;
    for command in [
        &["review", "list"][..],
        &["review", "list", "--province", slug],
        &["review", "show", left, right],
        &["review", "decide", left, right, "same", "--reason", "measured"],
        &["review", "split", &shared, "--reason", "measured"],
        &["review", "proposals"],
        &["match", "explain", left, right],
        &["match", "curve"],
        &["resident", "show", "--application", left],
    ] {
        let named = [(left, "A"), (right, "B"), (&shared, "C")];
        let what = named
            .iter()
            .fold(command.join(" "), |text, (id, name)| text.replace(id, name));
        report.add_delays(Delays::of(format!("intakectl {what}"), TIMES, || {
            let ran = ground.intakectl(command);
            ensure!(ran.status.success(), "{command:?}: {ran:?}");
            Ok(())
        })?);
    }
    Ok(())
}
