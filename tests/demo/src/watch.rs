//! Watches a run from its first line until the last event is in the register.

use crate::OFFLINE;
use crate::books::Books;
use crate::centre::{Centre, Stages};
use crate::figures::Figures;
use crate::nodes::Nodes;
use crate::place::{ComingBack, Place};
use crate::progress::{Counts, Progress};
use crate::submission::{Sent, Submission};
use anyhow::bail;
use operate::latency::Passage;
use operate::table::grouped;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A run that is watched.
pub struct Watch {
    nodes: Nodes,
    centre: Centre,
    lines: i64,
    before: Figures,
    now: Figures,
    started: Instant,
    moved: Instant,
    progress: Option<Progress>,
    submitted: bool,
    /// What is wrong at the moment, for when nothing moves.
    trouble: Option<String>,
}

/// What a run came to.
pub struct Outcome {
    /// What the generator says.
    pub sent: Sent,
    /// How many events each node has accepted in this run, by province.
    pub accepted: BTreeMap<String, i64>,
    /// How many it has accepted ever.
    pub accepted_ever: BTreeMap<String, i64>,
    /// Events whose outcome the nodes haven't heard of.
    pub waiting: i64,
    /// From the first line to the last row.
    pub seconds: f64,
    /// The events' passages: of all, then by province.
    pub passages: Vec<Passage>,
}

const LOOK_EVERY: Duration = Duration::from_millis(500);
/// When nothing moves for so long, something is stuck.
const STUCK: Duration = Duration::from_secs(60);
/// When nothing moves for so long, it may be over.
const QUIET: Duration = Duration::from_secs(4);

impl Watch {
    /// Takes the figures that this run starts from.
    pub fn start(nodes: Nodes, centre: Centre, lines: u64) -> anyhow::Result<Self> {
        let mut watch = Self {
            nodes,
            centre,
            lines: i64::try_from(lines)?,
            before: Figures::default(),
            now: Figures::default(),
            started: Instant::now(),
            moved: Instant::now(),
            progress: None,
            submitted: false,
            trouble: None,
        };
        let stages = watch.centre.stages()?;
        watch.before = watch.figures(stages)?;
        watch.now = watch.before.clone();
        watch.progress = Some(Progress::start());
        Ok(watch)
    }

    /// The nodes.
    pub const fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    /// Until every line is answered. At half time the nodes that were offline get their network.
    pub fn until_submitted(
        &mut self,
        mut submission: Submission,
        place: &Place,
        deadline: Duration,
    ) -> anyhow::Result<Sent> {
        let mut coming_back = None;
        let mut sent = None;
        loop {
            self.look()?;
            if sent.is_none() {
                sent = submission.ended()?;
                self.submitted = sent.is_some();
            }
            if coming_back.is_none() && (self.submitted || self.now.answered * 2 >= self.lines) {
                coming_back = Some(self.bring_back(place)?);
            }
            if let (Some(sent), Some(nodes)) = (&sent, &mut coming_back)
                && nodes.are_back()?
            {
                return Ok(sent.clone());
            }
            self.check(place, deadline)?;
            std::thread::sleep(LOOK_EVERY);
        }
    }

    fn bring_back(&self, place: &Place) -> anyhow::Result<ComingBack> {
        let offline = OFFLINE.iter().filter_map(|slug| self.now.nodes.get(*slug));
        let pending: i64 = offline.map(|node| node.pending).sum();
        let (names, pending) = (OFFLINE.join(", "), grouped(pending));
        self.say(&format!(
            "{names} come back online with {pending} events in their spools"
        ));
        place.bring_back(&OFFLINE)
    }

    /// Until everything that was accepted has ended somewhere, and the nodes know.
    pub fn until_settled(&mut self, place: &Place, deadline: Duration) -> anyhow::Result<()> {
        let mut asked = None::<Instant>;
        loop {
            self.look()?;
            let arrived = self.now.pending() == 0 && self.now.stages.register.events >= self.now.accepted();
            let due = asked.is_none_or(|asked| asked.elapsed() >= QUIET);
            if due && (arrived || self.moved.elapsed() >= QUIET) {
                asked = Some(Instant::now());
                let heard = self.now.waiting() == 0 || self.moved.elapsed() >= STUCK / 4;
                match Books::reconcile(place) {
                    // Books that don't balance get no better by waiting.
                    Ok(books) if books.settled && heard => break,
                    Ok(_) => {}
                    Err(fault) => self.trouble = Some(format!("{fault:#}")),
                }
            }
            self.check(place, deadline)?;
            std::thread::sleep(LOOK_EVERY);
        }
        let counts = self.counts();
        if let Some(progress) = self.progress.take() {
            progress.finish(&counts);
        }
        Ok(())
    }

    /// What it came to.
    pub fn result(&self, sent: &Sent) -> anyhow::Result<Outcome> {
        let before = self.before.accepted_by_province();
        let accepted_ever = self.now.accepted_by_province();
        let in_this_run =
            |(slug, ever): (&String, &i64)| (slug.clone(), ever - before.get(slug).unwrap_or(&0));
        Ok(Outcome {
            sent: sent.clone(),
            accepted: accepted_ever.iter().map(in_this_run).collect(),
            accepted_ever,
            waiting: self.now.waiting(),
            seconds: self.moved.duration_since(self.started).as_secs_f64(),
            passages: self.centre.passages(self.before.stages.register.step)?,
        })
    }

    fn figures(&mut self, stages: Stages) -> anyhow::Result<Figures> {
        self.nodes.look();
        let nodes = self.nodes.iter();
        Ok(Figures {
            answered: i64::try_from(self.nodes.answered())?,
            nodes: nodes.map(|node| (node.slug.clone(), node.status)).collect(),
            stages,
        })
    }

    fn look(&mut self) -> anyhow::Result<()> {
        let stages = match self.centre.stages() {
            Ok(stages) => {
                self.trouble = None;
                stages
            }
            // A database that is being started again: what was known last holds until it answers.
            Err(fault) => {
                self.trouble = Some(format!("{fault:#}"));
                self.now.stages
            }
        };
        let now = self.figures(stages)?;
        if now.pulse() != self.now.pulse() {
            self.moved = Instant::now();
        }
        self.now = now;
        let counts = self.counts();
        if let Some(progress) = &mut self.progress {
            progress.show(&counts);
        }
        Ok(())
    }

    fn counts(&self) -> Counts {
        self.now.counts_since(&self.before, self.lines, self.submitted)
    }

    fn say(&self, text: &str) {
        if let Some(progress) = &self.progress {
            progress.say(text);
        }
    }

    /// Fails when it takes too long, naming what stands.
    fn check(&mut self, place: &Place, deadline: Duration) -> anyhow::Result<()> {
        let why = if self.started.elapsed() >= deadline {
            format!(
                "not done after {} s (DEMO_DEADLINE allows more)",
                deadline.as_secs()
            )
        } else if self.moved.elapsed() >= STUCK {
            format!("nothing has moved for {} s", STUCK.as_secs())
        } else {
            return Ok(());
        };
        let counts = self.counts();
        if let Some(progress) = self.progress.take() {
            progress.finish(&counts);
        }
        eprintln!("\nwhat waits, by `intakectl lag`:");
        // What it prints is the point; how it ends says nothing more.
        let _shown = place.program("intakectl").arg("lag").status();
        if let Some(trouble) = &self.trouble {
            eprintln!("trouble: {trouble}");
        }
        for line in place.processes_not_running()? {
            eprintln!("not running: {line}");
        }
        bail!(
            "{why}; deploy/local/pipeline logs NAME shows the last words of a process. Nothing is lost: `make demo` again goes on"
        )
    }
}
