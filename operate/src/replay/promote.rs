//! `intakectl replay promote` and `undo`: entries on their way to the match log, and what match made of them.

use super::diff;
use super::pace::Live;
use super::promotion::{self, Became, Kept, Prepared, Way};
use super::store::{self, Named, Replay, Standing};
use crate::entry::{self, append_all};
use crate::{Ended, Report, Settings, tell};
use clap::Args;
use runtime::Fault;
use schemas::topics::MATCH_LOG;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;
use uuid::Uuid;

/// Options of `replay promote` and `undo`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: Named,
    /// Do it; without it, only say what would be done
    #[arg(long)]
    execute: bool,
    /// How many applications a second at most
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: u32,
    /// Stand still while match and sink together have more than this to read
    #[arg(long, value_name = "RECORDS", default_value_t = 5_000, value_parser = clap::value_parser!(i64).range(0..))]
    yield_if_live_lag: i64,
    /// How long to wait until the register shows it
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(0..=86_400))]
    wait: u64,
}

/// What was done.
#[derive(Debug, Serialize)]
pub struct Moved {
    replay_id: Uuid,
    /// `promote` or `undo`.
    what: &'static str,
    executed: bool,
    refused: Option<String>,
    /// Applications that are to change.
    applications: usize,
    /// Those that differ and can't be changed: withdrawn, erased, or without a row on one side.
    left_out: usize,
    /// The register shows all of it.
    in_register: bool,
    carried_out: usize,
    /// Applications that match left as they are, by reason code: something newer has come.
    refused_by_match: BTreeMap<String, usize>,
}

/// What is noted when entries go on their way.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Sending {
    /// The last step that was loaded before.
    step: i64,
    entries: usize,
}

/// What is noted when they are settled.
#[derive(Debug, Serialize)]
struct Settled<'a> {
    carried_out: usize,
    refused: &'a BTreeMap<String, usize>,
}

/// Promotes what was approved, or says what that would change. Run again, it goes on.
///
/// # Errors
/// Data when it hasn't run or has come further; transient when Kafka or the database doesn't answer, or when the register
/// doesn't show it in time.
pub async fn promote(settings: &Settings, options: &Options) -> Result<Moved, Fault> {
    let mut conn = settings.open_register().await?;
    let replay = store::find(settings, &mut conn, &options.which).await?;
    replay.stands(&[Standing::Ran, Standing::Promoting], "to be promoted")?;
    let register = store::workshop(settings, &mut conn).await?;
    let mut working = register.open().await?;
    let mut moved = Moved::of(&replay, "promote");
    if replay.standing() == Standing::Ran {
        let found = diff::differences(&mut working, &replay).await?;
        moved.refused = promotion::objection(&replay, &found);
        let keep = moved.refused.is_none() && options.execute;
        let by = entry::session_user(&mut conn).await?;
        let Prepared { entries, left_out } =
            promotion::prepare(&mut working, &register, &replay, &found, &by, keep).await?;
        (moved.applications, moved.left_out) = (entries, left_out);
        if !keep {
            return Ok(moved);
        }
    } else if !options.execute {
        moved.applications = promotion::kept(&mut working, &replay, Way::Promote).await?.len();
        return Ok(moved);
    }
    let entries = promotion::kept(&mut working, &replay, Way::Promote).await?;
    moved.applications = entries.len();
    let steps = (Standing::Promoting, Standing::Promoted);
    send(settings, options, &mut conn, &replay, entries, steps, moved).await
}

/// Takes back what was promoted where nothing newer has come, or says what that would change. Run again, it goes on.
///
/// # Errors
/// As [`promote`].
pub async fn undo(settings: &Settings, options: &Options) -> Result<Moved, Fault> {
    let mut conn = settings.open_register().await?;
    let replay = store::find(settings, &mut conn, &options.which).await?;
    replay.stands(&[Standing::Promoted, Standing::Undoing], "to be undone")?;
    let register = store::workshop(settings, &mut conn).await?;
    let mut working = register.open().await?;
    // What match left as it was, there is nothing to take back of.
    let promoted = promotion::kept(&mut working, &replay, Way::Promote).await?;
    let ids: Vec<Uuid> = promoted.iter().map(|kept| kept.entry_id).collect();
    let became = promotion::became(&mut conn, &ids, replay.sent_at(Standing::Promoting)).await?;
    let done: Vec<Uuid> = promoted
        .iter()
        .filter(|kept| became.carried_out.contains(&kept.entry_id))
        .map(|kept| kept.about)
        .collect();
    let mut entries = promotion::kept(&mut working, &replay, Way::Undo).await?;
    entries.retain(|kept| done.contains(&kept.about));
    let mut moved = Moved::of(&replay, "undo");
    moved.applications = entries.len();
    if !options.execute {
        return Ok(moved);
    }
    let steps = (Standing::Undoing, Standing::Undone);
    send(settings, options, &mut conn, &replay, entries, steps, moved).await
}

async fn send(
    settings: &Settings,
    options: &Options,
    conn: &mut PgConnection,
    replay: &Replay,
    entries: Vec<Kept>,
    (under_way, done): (Standing, Standing),
    mut moved: Moved,
) -> Result<Moved, Fault> {
    let mut step = replay.sent_at(under_way);
    if replay.standing() != under_way {
        step = entry::step(conn).await?;
        let sending = Sending {
            step,
            entries: entries.len(),
        };
        store::note(conn, replay, under_way, &sending).await?;
    }
    moved.executed = true;
    let ids: Vec<Uuid> = entries.iter().map(|kept| kept.entry_id).collect();
    // Those that are settled already are not sent again; match would pass them.
    let already = promotion::became(conn, &ids, step).await?;
    if already.settled < ids.len() {
        append(settings, options, entries)?;
    }
    let became = wait(conn, &ids, step, Duration::from_secs(options.wait)).await?;
    moved.in_register = became.settled >= ids.len();
    moved.carried_out = became.carried_out.len();
    moved.refused_by_match = became.refused;
    if moved.in_register {
        let settled = Settled {
            carried_out: moved.carried_out,
            refused: &moved.refused_by_match,
        };
        store::note(conn, replay, done, &settled).await?;
    }
    Ok(moved)
}

/// Appends entries in order, no faster than was asked, and never into a queue.
fn append(settings: &Settings, options: &Options, entries: Vec<Kept>) -> Result<(), Fault> {
    let cluster = settings.cluster()?;
    let records: Vec<(Vec<u8>, Vec<u8>)> = entries
        .into_iter()
        .map(|kept| (kept.about.to_string().into_bytes(), kept.entry))
        .collect();
    block_in_place(|| {
        let live = Live::of(&cluster)?;
        for some in records.chunks(options.rate.max(1) as usize) {
            live.wait_until(options.yield_if_live_lag)?;
            let offsets = append_all(&cluster, MATCH_LOG, some, options.rate)?;
            let lost = offsets.iter().filter(|offset| offset.is_none()).count();
            if lost > 0 {
                return Err(Fault::transient(format!(
                    "the broker did not acknowledge {lost} entries: run this again, what was sent is not done twice"
                )));
            }
        }
        Ok(())
    })
}

async fn wait(conn: &mut PgConnection, ids: &[Uuid], step: i64, patience: Duration) -> Result<Became, Fault> {
    tell("the entries are in the match log; waiting for the register");
    let deadline = Instant::now() + patience;
    loop {
        let became = promotion::became(conn, ids, step).await?;
        if became.settled >= ids.len() || Instant::now() >= deadline {
            return Ok(became);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

impl Replay {
    /// The last step that was loaded before entries went on their way.
    fn sent_at(&self, under_way: Standing) -> i64 {
        let noted = self.steps.iter().find(|step| step.step == under_way.name());
        let sending: Option<Sending> = noted.and_then(|step| serde_json::from_str(&step.result).ok());
        sending.unwrap_or_default().step
    }
}

impl Moved {
    fn of(replay: &Replay, what: &'static str) -> Self {
        Self {
            replay_id: replay.plan.replay_id,
            what,
            executed: false,
            refused: None,
            applications: 0,
            left_out: 0,
            in_register: false,
            carried_out: 0,
            refused_by_match: BTreeMap::new(),
        }
    }
}

impl Report for Moved {
    fn table(&self) -> String {
        let mut lines = Vec::new();
        if self.left_out > 0 {
            lines.push(format!(
                "{} applications differ and can't be changed: withdrawn, erased, or without a row on one side",
                self.left_out
            ));
        }
        if let Some(why) = &self.refused {
            lines.push(format!("refused: {why}"));
            return lines.join("\n");
        }
        if !self.executed && self.applications == 0 {
            lines.push("nothing can be changed: no entry goes to the match log".to_owned());
            return lines.join("\n");
        }
        if !self.executed {
            lines.push(format!(
                "{} entries would be appended to the match log\ndry run: nothing was done; do it with --execute",
                self.applications
            ));
            return lines.join("\n");
        }
        lines.push(format!(
            "{} of {} entries were carried out",
            self.carried_out, self.applications
        ));
        for (code, count) in &self.refused_by_match {
            lines.push(format!("  {count} left as they are: {code}"));
        }
        if self.in_register {
            if self.what == "promote" {
                lines.push(format!(
                    "next: intakectl replay undo {0} takes it back, as long as its shadow is there;\n\
                     intakectl replay discard {0} --without-undo removes that",
                    self.replay_id
                ));
            }
        } else {
            lines.push(format!(
                "the register doesn't show all of it yet: see `intakectl lag`, then run `intakectl replay {} {} --execute` again",
                self.what, self.replay_id
            ));
        }
        lines.join("\n")
    }

    fn ended(&self) -> Ended {
        match (&self.refused, self.executed && !self.in_register) {
            (Some(_), _) => Ended::Refused,
            (None, true) => Ended::Unwell,
            (None, false) => Ended::Fine,
        }
    }
}
