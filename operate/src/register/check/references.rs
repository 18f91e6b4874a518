//! What refers to what in the register, and the SQL that finds references that lead nowhere.
//!
//! Rows travel in several partitions, so no foreign key can hold them, and a row may be here before the
//! one it names. `$1` is a step of match: only rows that stand at it or before are held to account, as
//! everything they name was made by then.

/// A reference and the rule it must keep.
pub(super) struct Reference {
    /// Table and column.
    pub(super) name: &'static str,
    /// What must be true of it.
    pub(super) rule: &'static str,
    /// Rows that break the rule: `id`, and `names`, the id that they name, null when they name none.
    pub(super) broken: &'static str,
}

pub(super) const REFERENCES: [Reference; 17] = [
    Reference {
        name: "application.resident_id",
        rule: "names a resident that lists the application, when it is loaded",
        broken: "
            SELECT a.application_id::text AS id, a.resident_id::text AS names
              FROM application a
              LEFT JOIN resident r ON r.resident_id = a.resident_id
             WHERE a.sequence <= $1 AND (a.status = 'loaded' OR a.resident_id IS NOT NULL)
               AND (r.resident_id IS NULL OR r.sequence <= $1 AND NOT a.application_id = ANY (r.members))",
    },
    Reference {
        name: "resident.members",
        rule: "lists applications that name the resident",
        broken: "
            SELECT r.resident_id::text AS id, member::text AS names
              FROM resident r
             CROSS JOIN unnest(r.members) AS member
              LEFT JOIN application a ON a.application_id = member
             WHERE r.sequence <= $1
               AND (a.application_id IS NULL OR a.sequence <= $1 AND a.resident_id IS DISTINCT FROM r.resident_id)",
    },
    Reference {
        name: "resident.redirect_to",
        rule: "names a resident",
        broken: "
            SELECT r.resident_id::text AS id, r.redirect_to::text AS names
              FROM resident r
              LEFT JOIN resident target ON target.resident_id = r.redirect_to
             WHERE r.sequence <= $1 AND r.redirect_to IS NOT NULL AND target.resident_id IS NULL",
    },
    Reference {
        name: "resident.redirect_to in a circle",
        rule: "leads to a resident that stands for itself",
        // From the ends backwards, each redirect once: what is never reached leads into a circle.
        broken: "
            SELECT resident_id::text AS id, redirect_to::text AS names
              FROM (WITH RECURSIVE redirect AS MATERIALIZED (
                        SELECT resident_id, redirect_to FROM resident WHERE redirect_to IS NOT NULL AND sequence <= $1),
                    ends (resident_id) AS (
                        SELECT r.resident_id FROM redirect r
                         WHERE NOT EXISTS (SELECT FROM redirect further WHERE further.resident_id = r.redirect_to)
                         UNION
                        SELECT r.resident_id FROM ends JOIN redirect r ON r.redirect_to = ends.resident_id)
                    SELECT * FROM redirect r
                     WHERE NOT EXISTS (SELECT FROM ends WHERE ends.resident_id = r.resident_id)) AS circle",
    },
    Reference {
        name: "resident.last_event",
        rule: "is the event of the step that made the state",
        broken: "
            SELECT r.resident_id::text AS id, r.last_event::text AS names
              FROM resident r
              LEFT JOIN intake_event e ON e.sequence = r.sequence
             WHERE r.sequence <= $1 AND e.event_id IS DISTINCT FROM r.last_event",
    },
    Reference {
        name: "resident_history.last_event",
        rule: "is the event of the step that made the state",
        broken: "
            SELECT h.resident_id || ' at step ' || h.sequence AS id, h.last_event::text AS names
              FROM resident_history h
              LEFT JOIN intake_event e ON e.sequence = h.sequence
             WHERE h.sequence <= $1 AND e.event_id IS DISTINCT FROM h.last_event",
    },
    Reference {
        name: "resident_history.resident_id",
        rule: "names a resident",
        broken: "
            SELECT h.resident_id || ' at step ' || h.sequence AS id, h.resident_id::text AS names
              FROM resident_history h
              LEFT JOIN resident r ON r.resident_id = h.resident_id
             WHERE h.sequence <= $1 AND r.resident_id IS NULL",
    },
    Reference {
        name: "application.event_id",
        rule: "is an event about the application",
        broken: "
            SELECT a.application_id::text AS id, a.event_id::text AS names
              FROM application a
             WHERE a.sequence <= $1
               AND NOT EXISTS (SELECT FROM intake_event e
                                WHERE e.application_id = a.application_id AND e.event_id = a.event_id)",
    },
    Reference {
        name: "match_edge.left_id, right_id",
        rule: "name applications",
        broken: "
            SELECT edge.left_id || ' - ' || edge.right_id AS id, missing::text AS names
              FROM match_edge edge
             CROSS JOIN unnest(ARRAY[edge.left_id, edge.right_id]) AS missing
              LEFT JOIN application a ON a.application_id = missing
             WHERE edge.sequence <= $1 AND a.application_id IS NULL",
    },
    Reference {
        name: "review.left_id, right_id",
        rule: "name applications",
        broken: "
            SELECT review.left_id || ' - ' || review.right_id AS id, missing::text AS names
              FROM review
             CROSS JOIN unnest(ARRAY[review.left_id, review.right_id]) AS missing
              LEFT JOIN application a ON a.application_id = missing
             WHERE review.sequence <= $1 AND a.application_id IS NULL",
    },
    Reference {
        name: "intake_event.application_id",
        rule: "names an application, when the event is loaded",
        broken: "
            SELECT e.sequence::text AS id, e.application_id::text AS names
              FROM event_outcome_current e
              LEFT JOIN application a ON a.application_id = e.application_id
             WHERE e.sequence <= $1 AND COALESCE(e.changed_by, 0) <= $1 AND e.outcome = 'loaded'
               AND a.application_id IS NULL",
    },
    Reference {
        name: "intake_event.resident_id",
        rule: "names a resident, when the event is loaded; a withdrawal may name none",
        broken: "
            SELECT e.sequence::text AS id, e.resident_id::text AS names
              FROM event_outcome_current e
              LEFT JOIN resident r ON r.resident_id = e.resident_id
             WHERE e.sequence <= $1 AND COALESCE(e.changed_by, 0) <= $1 AND e.outcome = 'loaded'
               AND r.resident_id IS NULL AND (e.resident_id IS NOT NULL OR e.kind <> 'withdrawal')",
    },
    Reference {
        name: "event_outcome.event_sequence, sequence",
        rule: "are steps of events",
        broken: "
            SELECT o.event_sequence::text AS id, missing::text AS names
              FROM event_outcome o
             CROSS JOIN unnest(ARRAY[o.event_sequence, o.sequence]) AS missing
              LEFT JOIN intake_event e ON e.sequence = missing
             WHERE o.sequence <= $1 AND e.sequence IS NULL",
    },
    Reference {
        name: "erasure.entry_id",
        rule: "is the event of its step",
        broken: "
            SELECT x.sequence::text AS id, x.entry_id::text AS names
              FROM erasure x
              LEFT JOIN intake_event e ON e.sequence = x.sequence
             WHERE x.sequence <= $1 AND e.event_id IS DISTINCT FROM x.entry_id",
    },
    Reference {
        name: "erased.id",
        rule: "is a resident or an application that was erased by that step",
        broken: "
            SELECT gone.id::text AS id, gone.sequence::text AS names
              FROM erased gone
              LEFT JOIN erasure x ON x.sequence = gone.sequence AND x.carried_out
              LEFT JOIN resident r ON r.resident_id = gone.id AND r.status = 'erased'
              LEFT JOIN application a ON a.application_id = gone.id AND a.status = 'erased'
             WHERE gone.sequence <= $1
               AND (x.sequence IS NULL OR COALESCE(r.sequence, a.sequence) IS DISTINCT FROM gone.sequence)",
    },
    Reference {
        name: "held_event.event_sequence",
        rule: "is the step of an event",
        broken: "
            SELECT h.event_sequence::text AS id, h.event_sequence::text AS names
              FROM held_event h
              LEFT JOIN intake_event e ON e.sequence = h.event_sequence
             WHERE h.event_sequence <= $1 AND e.sequence IS NULL",
    },
    Reference {
        name: "identity_number.application_id",
        rule: "names an application",
        broken: "
            SELECT n.application_id::text AS id, n.application_id::text AS names
              FROM identity_number n
              LEFT JOIN application a ON a.application_id = n.application_id
             WHERE a.application_id IS NULL AND $1 > 0",
    },
];
