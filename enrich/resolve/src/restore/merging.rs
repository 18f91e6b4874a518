//! Rows merged into a state that stands at an earlier step, so that it stands at theirs.

use super::pending::{Events, Pending, Placed};
use crate::review::Open;
use crate::state::{Resident, Resolver};
use crate::waiting::Waiting;
use linkage::{Decision, Edge};
use schemas::change::{LedgerState, MatchEdge, ReviewState, ReviewStatus};
use schemas::{Epoch, NodeId};
use std::collections::HashMap;
use uuid::Uuid;

impl Resolver {
    /// Takes in everything that changed up to a step.
    pub(super) fn merge(&mut self, pending: Pending) {
        self.sequence = self.sequence.max(pending.sequence);
        self.merge_series(pending.events, pending.books);
        let nodes = pending.nodes.into_iter();
        self.nodes.extend(nodes.map(|(id, (_, node))| (id, node)));
        if let Some((_, rules)) = &pending.rules {
            self.activate(rules);
        }
        self.merge_applications(pending.applications);
        self.merge_residents(pending.residents);
        self.merge_edges(pending.edges);
        self.merge_reviews(pending.reviews);
        self.merge_waiting(pending.waiting, pending.entries);
    }

    fn merge_series(
        &mut self,
        events: HashMap<(NodeId, Epoch), Events>,
        books: HashMap<(NodeId, Epoch), (i64, LedgerState)>,
    ) {
        for ((node, epoch), Events { first, mut spots }) in events {
            // In ascending order each but the first of a range is added to its end.
            spots.sort_unstable_by_key(|spot| spot.sequence);
            let series = self.series_of(&node, epoch);
            if series.province.is_empty() {
                series.province = first.1;
            }
            for spot in spots {
                series.place(spot.sequence, spot.link, spot.open_link);
            }
        }
        for ((node, epoch), (_, books)) in books {
            self.series_of(&node, epoch).books = books;
        }
    }

    /// Applications in the order of their rows' last steps, in which they stand in their blocks.
    fn merge_applications(&mut self, rows: HashMap<Uuid, (i64, Placed)>) {
        let mut rows: Vec<(i64, Uuid, Placed)> = rows
            .into_iter()
            .map(|(id, (sequence, placed))| (sequence, id, placed))
            .collect();
        rows.sort_unstable_by_key(|(sequence, id, _)| (*sequence, *id));
        for (_, id, Placed { application, record }) in rows {
            match record {
                Some(record) => self.linker.restore(id, &record),
                None => self.linker.restore_removal(id),
            }
            self.applications.insert(id, application);
        }
    }

    /// Residents with their clusters. Each cluster that changed is one of theirs: a step hands on every resident whose
    /// applications it changed.
    fn merge_residents(&mut self, residents: HashMap<Uuid, (i64, Resident)>) {
        for (id, (_, resident)) in residents {
            self.linker.restore_cluster(&resident.members);
            self.residents.insert(id, resident);
        }
    }

    fn merge_edges(&mut self, edges: HashMap<(Uuid, Uuid), (i64, MatchEdge)>) {
        for (_, edge) in edges.into_values() {
            match edge.accepted {
                true => (self.linker).restore_edge(&Edge::of(edge.left, edge.right, edge.weight_millibits)),
                false => self.linker.restore_cut(edge.left, edge.right),
            }
        }
    }

    fn merge_reviews(&mut self, reviews: HashMap<(Uuid, Uuid), (i64, ReviewState)>) {
        for (pair, (_, review)) in reviews {
            let decision = match review.status {
                ReviewStatus::Open => {
                    let open = Open {
                        opened: review.opened,
                        weight_millibits: review.weight_millibits,
                    };
                    self.reviews.open(pair, open);
                    continue;
                }
                ReviewStatus::Closed => None,
                ReviewStatus::Same => Some(Decision::Same),
                ReviewStatus::Different => Some(Decision::Different),
            };
            self.reviews.close(pair);
            if let Some(decision) = decision {
                self.linker.restore_decision(pair.0, pair.1, decision);
            }
        }
    }

    fn merge_waiting(
        &mut self,
        events: HashMap<i64, (i64, Option<Waiting>)>,
        mut entries: HashMap<i64, Vec<u8>>,
    ) {
        for (event_sequence, (_, waiting)) in events {
            let Some(waiting) = waiting else {
                self.waiting.take_one(event_sequence);
                continue;
            };
            // Corrections wait by their revision alone; only follow-ups need their entry.
            let entry = match entries.remove(&event_sequence) {
                _ if waiting.revision.is_some() => Vec::new(),
                Some(entry) => entry,
                None => waiting.entry,
            };
            self.waiting.add(Waiting { entry, ..waiting });
        }
    }
}
