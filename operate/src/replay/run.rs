//! `intakectl replay run`: fills the shadow.

use super::pace::Speed;
use super::plan::Scope;
use super::store::{self, Named, Replay, Standing};
use super::{rebuild, slice};
use crate::{Report, Settings, tell};
use clap::Args;
use runtime::Fault;
use serde::{Deserialize, Serialize};
use sink::Register;
use std::path::PathBuf;
use std::time::Instant;

/// Options of `replay run`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: Named,
    #[command(flatten)]
    speed: Speed,
    /// Folder for applications' rows while it runs, 1 to 2 kB each: they are people's, and go with the process [default:
    /// the system's folder for temporary files]
    #[arg(long, value_name = "FOLDER")]
    scratch: Option<PathBuf>,
}

/// What is needed to fill a shadow.
pub(super) struct Run<'a> {
    pub(super) settings: &'a Settings,
    pub(super) replay: &'a Replay,
    pub(super) register: &'a Register,
    pub(super) speed: Speed,
    pub(super) scratch: PathBuf,
}

/// What a run came to.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Ran {
    /// Entries of the match log that were read.
    pub(super) entries: i64,
    /// Those of them that changed something.
    pub(super) replayed: i64,
    /// Source records of a slice that are in neither the log nor the archive.
    pub(super) not_found: i64,
    /// Records of the shadow that its tables refused: a fault of the program, to be reported.
    pub(super) dead_letters: i64,
    /// The last step of the shadow.
    pub(super) sequence: i64,
    pub(super) seconds: f64,
    /// It went on where an earlier run was ended.
    pub(super) resumed: bool,
}

/// What a run came to, and of which replay.
#[derive(Debug, Serialize)]
pub struct Filled {
    replay_id: uuid::Uuid,
    schema: String,
    #[serde(flatten)]
    ran: Ran,
    entries_per_second: f64,
}

/// Fills the shadow, from where an earlier run was ended; nothing when it is full.
///
/// # Errors
/// Data when it has come further already; what keeps the shadow from being filled. Run again, it goes on.
pub async fn run(settings: &Settings, options: &Options) -> Result<Filled, Fault> {
    let mut conn = settings.open_register().await?;
    let replay = store::find(settings, &mut conn, &options.which).await?;
    let register = store::workshop(settings, &mut conn).await?;
    let ran = replay.ran().filter(|_| replay.standing() == Standing::Ran);
    if let Some(step) = ran
        && store::is_full(&mut register.open().await?, &replay).await?
    {
        tell("its shadow is full already");
        let ran = serde_json::from_str(&step.result)
            .map_err(|_| Fault::fatal("what its run came to is of another version of intakectl"))?;
        return Ok(Filled::of(&replay, ran));
    }
    replay.stands(
        &[Standing::Planned, Standing::Started, Standing::Ran],
        "to be run",
    )?;
    let resumed = replay.standing() == Standing::Started;
    if !resumed {
        store::note(&mut conn, &replay, Standing::Started, &()).await?;
    }
    drop(conn);
    let run = Run {
        settings,
        replay: &replay,
        register: &register,
        speed: options.speed,
        scratch: options.scratch.clone().unwrap_or_else(std::env::temp_dir),
    };
    let started = Instant::now();
    let mut ran = match &replay.plan.scope {
        Scope::Rebuild => rebuild::run(run).await?,
        Scope::Slice(selection) => slice::run(run, selection).await?,
    };
    ran.seconds = started.elapsed().as_secs_f64();
    ran.resumed = resumed;
    let mut conn = settings.open_register().await?;
    store::note(&mut conn, &replay, Standing::Ran, &ran).await?;
    Ok(Filled::of(&replay, ran))
}

impl Filled {
    fn of(replay: &Replay, ran: Ran) -> Self {
        Self {
            replay_id: replay.plan.replay_id,
            schema: replay.plan.schema(),
            entries_per_second: ran.entries as f64 / ran.seconds.max(0.001),
            ran,
        }
    }
}

impl Report for Filled {
    fn table(&self) -> String {
        let Ran {
            entries,
            replayed,
            not_found,
            dead_letters,
            sequence,
            seconds,
            ..
        } = &self.ran;
        let mut lines = vec![format!(
            "{entries} entries of the match log in {seconds:.1} s, {:.0} a second; {replayed} took part\nshadow {} is at step {sequence}",
            self.entries_per_second, self.schema
        )];
        if *not_found > 0 {
            lines.push(format!(
                "{not_found} records are in neither the log nor the archive: they stay as they are"
            ));
        }
        if *dead_letters > 0 {
            lines.push(format!(
                "{dead_letters} changes were refused by the shadow's tables: please report it"
            ));
        }
        lines.push(format!("next: intakectl replay diff {}", self.replay_id));
        lines.join("\n")
    }
}
