//! One bad record among good ones: what becomes of it, and of those around it.

use crate::contender::Contender;
use crate::register::Register;
use crate::watch::Watch;
use anyhow::Result;
use bench::load::Load;
use bench::residents;
use schemas::Personal;
use schemas::provinces::DEFAULT_21;
use std::cell::Cell;
use std::time::Duration;
use tests::{Ground, Stack};

/// After so long without another row nothing more will come.
const QUIET: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(60);

/// What is wrong with the record.
#[derive(Clone, Copy)]
enum Poison {
    /// It can't be read.
    Unreadable,
    /// It can be read, and the database refuses the row: there is a NUL character in a name.
    Refused,
}

/// Prints what each contender does with each kind of bad record.
pub fn compare(contenders: &[Contender], load: &Load) -> Result<()> {
    println!("| bad record | contender | good records loaded | dead letters |");
    println!("|---|---|---:|---:|");
    for (what, poison) in [
        ("can't be read", Poison::Unreadable),
        ("refused by the database", Poison::Refused),
    ] {
        for contender in contenders {
            let (loaded, dead_letters) = poison.among(load, contender)?;
            let name = &contender.name;
            println!(
                "| {what} | {name} | {loaded} of {} | {dead_letters} |",
                load.count() - 1
            );
        }
    }
    Ok(())
}

impl Poison {
    /// Rows that came, and dead letters, when the record in the middle is bad.
    fn among(self, load: &Load, contender: &Contender) -> Result<(i64, u64)> {
        let ground = Ground::on(Stack::find(), DEFAULT_21);
        ground.gate.borrow_mut().announce("dead letter");
        let records = Cell::new(0);
        residents::publish(load, &ground.site.cluster, true, |change| {
            records.set(records.get() + 1);
            if records.get() != load.count() / 2 {
                return contender.encode(change);
            }
            match self {
                Self::Unreadable => Ok(b"{\"resident_id\": ".to_vec()),
                Self::Refused => {
                    let mut change = change.clone();
                    change.golden.full_name = Some(Personal::new("\0".to_owned()));
                    contender.encode(&change)
                }
            }
        })?;
        let mut process = contender.process(&ground)?;
        let mut register = Register::connect(&ground.site.database)?;
        process.start();
        let mut watch = Watch::start(&mut register, false, load.count() as i64 - 1)?;
        watch.until_quiet(&process, QUIET)?;
        let loaded = watch.loaded();
        process.terminate(PATIENCE);
        Ok((loaded, contender.dead_letters(&ground)))
    }
}
