//! What an event shows only beside what came before it: its node's registration, the ids of earlier
//! events, the stages of verification. All of it is noted and nothing is held, because the order in which
//! events arrive is not the order in which they happened.
//!
//! Weights and figures are constants. A ruleset's file is read by normalise; here it would make the
//! register depend on when a matcher was restarted with which file.

use crate::source::Arriving;
use crate::state::Resolver;
use rules::Rule;
use rules::catalogue::history as rule;
use rustc_hash::FxHashSet;
use schemas::{Finding, NodeId, Sha256, Timestamp};
use std::collections::HashMap;
use uuid::Uuid;

/// How long before its registration a node may have captured events: one that is set up without a network
/// works before the centre hears of it. The sentence of [`rule::BEFORE_REGISTRATION`] says it, too.
const REGISTERED_LATE_MS: i64 = 30 * 24 * 3600 * 1000;

/// What is remembered of events and nodes, and nothing else holds.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// Eight bytes for the id of each event that took its place. Behind 50 million, which take 0.6 GB, a new
    /// id is mistaken for a known one with a chance of 1 in 370 billion.
    events: FxHashSet<u64>,
    registrations: HashMap<NodeId, Registration>,
}

/// When operate's decisions about a node were appended to the match log.
#[derive(Debug, Default)]
struct Registration {
    /// The first time it was added.
    added_at: Option<Timestamp>,
    /// The last time it was retired, with the step.
    retired_at: Option<(i64, Timestamp)>,
}

// Each is free of order, so that rows bring it back.
impl History {
    /// An event took its place; false when one with this id did before.
    pub fn event(&mut self, id: Uuid) -> bool {
        let digest = Sha256::of(id.as_bytes()).0;
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        self.events.insert(u64::from_be_bytes(first))
    }

    pub fn added(&mut self, node: &NodeId, at: Timestamp) {
        let known = &mut self.registrations.entry(node.clone()).or_default().added_at;
        *known = Some(known.map_or(at, |known| known.min(at)));
    }

    pub fn retired(&mut self, node: &NodeId, sequence: i64, at: Timestamp) {
        let known = &mut self.registrations.entry(node.clone()).or_default().retired_at;
        *known = (*known).max(Some((sequence, at)));
    }
}

impl Resolver {
    /// What is found of an event that is new in its series, and remembers it.
    pub(crate) fn note(&mut self, arriving: &Arriving<'_>) -> Vec<Finding> {
        let event = &arriving.event;
        let mut found = Vec::new();
        if !self.history.event(event.event_id) {
            found.push(&rule::EVENT_ID_REPEATED);
        }
        if let Some(node) = self.nodes.get(&event.node_id) {
            let elsewhere = |home: &String| *home != arriving.province;
            if node.province.as_ref().is_some_and(elsewhere) {
                found.push(&rule::OTHER_PROVINCE);
            }
            let captured_at = event.captured_at.plus_millis(event.clock_offset_ms.unwrap_or(0));
            let registration = self.history.registrations.get(&event.node_id);
            let added_at = registration.and_then(|registration| registration.added_at);
            if added_at.is_some_and(|at| captured_at < at.plus_millis(-REGISTERED_LATE_MS)) {
                found.push(&rule::BEFORE_REGISTRATION);
            }
            let retired_at = registration.and_then(|registration| registration.retired_at);
            if let Some((_, at)) = retired_at.filter(|_| node.retired)
                && arriving.appended_at > at
            {
                found.push(if captured_at > at {
                    &rule::CAPTURED_AFTER_RETIREMENT
                } else {
                    &rule::AFTER_RETIREMENT
                });
            }
        }
        found.into_iter().map(finding).collect()
    }
}

/// What is found of a stage of verification, beside the highest that was recorded (0: none).
pub(crate) fn of_stage(stage: i32, highest: i32) -> Option<Finding> {
    let rule = match stage - highest {
        1 => return None,
        0 => &rule::STAGE_REPEATED,
        ..0 => &rule::STAGE_LOWER,
        _ => &rule::STAGE_SKIPPED,
    };
    Some(finding(rule))
}

fn finding(rule: &Rule) -> Finding {
    Finding::overall(rule.severity, rule.code)
}
