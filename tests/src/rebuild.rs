//! A quiet rebuild: another register from the same match log.

use crate::until::{until, within};
use crate::{Ground, Process, Site, Worker, difference};
use schemas::topics;
use std::time::Duration;

/// Ends the namespace that a rebuild writes.
pub const SUFFIX: &str = "-rebuild";
const PATIENCE: Duration = Duration::from_secs(60);
/// How long after its last step a register may still change.
const SETTLING: Duration = Duration::from_secs(10);

/// A matcher and a sink that read a ground's match log, and write topics and a database of their own.
pub struct Rebuild<'a> {
    ground: &'a Ground,
    // Before the site: they end before it goes.
    _matcher: Process,
    _sink: Process,
    /// Where they write.
    pub site: Site,
}

impl<'a> Rebuild<'a> {
    pub(crate) fn start(ground: &'a Ground) -> Self {
        let Ground {
            stack,
            runtime,
            provinces,
            folder,
            ..
        } = ground;
        let namespace = format!("{}{SUFFIX}", ground.site.namespace);
        let site = Site::create(stack, runtime, &namespace, provinces, folder);
        let mut matcher = Worker::Match
            .on(ground, &site, SUFFIX)
            .env("INTAKE_MATCH__SOURCE_NAMESPACE", &ground.site.namespace);
        let mut sink = Worker::Sink.on(ground, &site, SUFFIX);
        matcher.start();
        sink.start();
        Self {
            ground,
            _matcher: matcher,
            _sink: sink,
            site,
        }
    }

    /// Waits until the rebuilt register has made every step of the first one, and panics unless both
    /// say the same, and match put the same bytes into the same partitions in the same order.
    #[track_caller]
    pub fn assert_equal(&self) {
        if let Some(differences) = self.differences() {
            panic!("the rebuilt register says something else:\n{differences}");
        }
        let (ours, theirs) = (self.ground.site.changes(), self.site.changes());
        for partition in 0..topics::CHANGES_PARTITIONS {
            let (ours, theirs) = (ours.get(&partition), theirs.get(&partition));
            let same = ours == theirs;
            let lengths = (ours.map(Vec::len), theirs.map(Vec::len));
            assert!(
                same,
                "partition {partition} of {} differs; lengths {lengths:?}",
                topics::CHANGES
            );
        }
    }

    /// Waits until the rebuilt register has made every step of the first one; the rows in which the two
    /// differ, if they do. Panics when it stands still.
    #[track_caller]
    pub fn differences(&self) -> Option<String> {
        let first = &self.ground.site;
        let (steps, mut seen) = (first.last_step(), 0);
        while seen < steps {
            until("the rebuild makes its next step", PATIENCE, || {
                let now = self.site.last_step();
                (now > seen).then(|| seen = now)
            });
        }
        let expected = first.database.digest();
        // The last residents may be loaded after the last step.
        let equal = || (self.site.database.digest() == expected).then_some(());
        within(SETTLING, equal)
            .is_none()
            .then(|| difference::between(&first.database, &self.site.database))
    }
}
