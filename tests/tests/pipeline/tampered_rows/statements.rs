//! What somebody may do by hand to the register's rows, and how the books tell of it.

/// A resident in its first state, one that has had several, the application of the first one, and that
/// application's event.
const NAMES: [(&str, &str); 4] = [
    (
        "{event}",
        "(SELECT min(sequence) FROM intake_event WHERE outcome = 'loaded' AND application_id = {application})",
    ),
    (
        "{application}",
        "(SELECT application_id FROM application WHERE resident_id = {new})",
    ),
    (
        "{new}",
        "(SELECT resident_id FROM resident WHERE cardinality(members) = 1 AND NOT EXISTS ( \
            SELECT FROM resident_history AS h WHERE h.resident_id = resident.resident_id) \
           ORDER BY resident_id LIMIT 1)",
    ),
    (
        "{known}",
        "(SELECT resident_id FROM resident WHERE cardinality(members) > 1 ORDER BY resident_id LIMIT 1)",
    ),
];

/// A statement of [`TAMPERINGS`] with what its names stand for.
pub fn statement(written: &str) -> String {
    NAMES.iter().fold(written.to_owned(), |text, (name, query)| {
        text.replace(name, query)
    })
}

/// The table and what is told to be wrong with its row, and a statement that returns how the row is named.
pub const TAMPERINGS: &[(&str, &str, &str)] = &[
    (
        "application",
        "its event is not the bytes that were received",
        "UPDATE application SET event = set_byte(event, length(event) - 1, 1 - get_byte(event, \
             length(event) - 1) % 2) WHERE application_id = {application} RETURNING application_id::text",
    ),
    (
        "application",
        "no event that was received brought this row",
        "UPDATE application SET event_id = gen_random_uuid() WHERE application_id = {application} \
             RETURNING application_id::text",
    ),
    (
        "application",
        "a column is not that of its event's row",
        "UPDATE application SET revision = revision + 1 WHERE application_id = {application} RETURNING \
             application_id::text",
    ),
    (
        "application",
        "a column is not that of its event's row",
        "UPDATE application SET captured_at = captured_at - interval '1 day' WHERE application_id = \
             {application} RETURNING application_id::text",
    ),
    (
        "application",
        "its status is not its event's outcome",
        "UPDATE application SET status = 'rejected', resident_id = NULL WHERE application_id = \
             {application} RETURNING application_id::text",
    ),
    (
        "application",
        "its resident is not there, or doesn't have it",
        "UPDATE application SET status = 'loaded' WHERE application_id = (SELECT application_id FROM \
             application WHERE status = 'withdrawn' LIMIT 1) RETURNING application_id::text",
    ),
    (
        "application",
        "its resident is not there, or doesn't have it",
        "UPDATE application SET resident_id = {known} WHERE application_id = {application} RETURNING \
             application_id::text",
    ),
    (
        "application",
        "no step of match made this state",
        "UPDATE application SET sequence = sequence - 1 WHERE application_id = {application} RETURNING \
             application_id::text",
    ),
    (
        "application",
        "columns are not what its event says",
        "UPDATE application SET village = 'elsewhere', channel = 'ward_desk_2' WHERE application_id = \
             {application} RETURNING application_id || ' (channel, village)'",
    ),
    (
        "resident",
        "values are not what its application says",
        "UPDATE application SET changes = '[{\"field\": \"email\", \"value\": \"x@example.org\", \
             \"rule\": \"none\"}]' WHERE application_id = {application} RETURNING resident_id::text",
    ),
    (
        "application",
        "events of it are settled, but its row is not there, or is of an earlier revision",
        "DELETE FROM application WHERE application_id = {application} RETURNING application_id::text",
    ),
    (
        "application",
        "events of it are settled, but its row is not there, or is of an earlier revision",
        "DELETE FROM application WHERE application_id = (SELECT application_id FROM application WHERE \
             status = 'held' LIMIT 1) RETURNING application_id::text",
    ),
    (
        "application",
        "no event that was received brought this row",
        "INSERT INTO application SELECT gen_random_uuid(), sequence, revision, status, stage, \
             resident_id, event_id, node_id, form_id, form_version, channel, service, commune, village, team, \
             reference, captured_at, appended_at, ruleset, changes, findings, verifications, event FROM \
             application WHERE application_id = {application} RETURNING application_id::text",
    ),
    (
        "resident",
        "values are not what its application says",
        "UPDATE resident SET full_name = 'Nobody Here', date_of_birth = NULL WHERE resident_id = {new} \
             RETURNING resident_id || ' (full_name, date_of_birth)'",
    ),
    (
        "resident",
        "it is not its latest state in resident_history",
        "UPDATE resident SET full_name = 'Nobody Here' WHERE resident_id = {known} RETURNING \
             resident_id::text",
    ),
    (
        "resident",
        "it is not its latest state in resident_history",
        "UPDATE resident SET members = members[2:] WHERE resident_id = {known} RETURNING \
             resident_id::text",
    ),
    (
        "resident",
        "it is neither the first state that its application made nor one in resident_history",
        "UPDATE resident SET members = members || {application} WHERE resident_id = {new} RETURNING \
             resident_id::text",
    ),
    (
        "resident",
        "it is neither the first state that its application made nor one in resident_history",
        "UPDATE resident SET stage = 3 WHERE resident_id = {new} RETURNING resident_id::text",
    ),
    (
        "resident",
        "no step of match made this state",
        "UPDATE resident SET sequence = sequence - 1 WHERE resident_id = {known} RETURNING \
             resident_id::text",
    ),
    (
        "resident",
        "its members are not the applications that belong to it",
        "UPDATE resident SET status = 'superseded' WHERE resident_id = {new} RETURNING resident_id::text",
    ),
    (
        "application",
        "its resident is not there, or doesn't have it",
        "DELETE FROM resident WHERE resident_id = {new} RETURNING (SELECT {application})::text",
    ),
    (
        "resident",
        "its row is not there, or is older than its history",
        "DELETE FROM resident WHERE resident_id = (SELECT resident_id FROM resident WHERE status = \
             'superseded' AND EXISTS (SELECT FROM resident_history AS h WHERE h.resident_id = \
             resident.resident_id) LIMIT 1) RETURNING resident_id::text",
    ),
    (
        "application",
        "its event is not the bytes that were received",
        "UPDATE intake_event SET hash = sha256('another') WHERE sequence = {event} RETURNING \
             application_id::text",
    ),
    (
        "intake_event",
        "columns are not what the event says",
        "UPDATE intake_event SET spooled_at = spooled_at - interval '1 day' WHERE sequence = {event} \
             RETURNING sequence || ' (spooled_at)'",
    ),
    (
        "application",
        "its status is not its event's outcome",
        "UPDATE intake_event SET outcome = 'rejected' WHERE sequence = {event} RETURNING \
             application_id::text",
    ),
    (
        "application",
        "its status is not its event's outcome",
        "INSERT INTO event_outcome SELECT {event}, {event}, 'rejected' RETURNING ({application})::text",
    ),
    (
        "intake_event",
        "rows of events that their ledger has not received",
        "UPDATE intake_event SET node_sequence = node_sequence + 1000000 WHERE sequence = (SELECT \
             max(sequence) FROM intake_event WHERE kind = 'verification') RETURNING node_id || ' epoch ' || \
             epoch || ' sequence ' || node_sequence",
    ),
    (
        "intake_event",
        "events that their ledger has received have no row",
        "DELETE FROM intake_event WHERE sequence = (SELECT max(sequence) FROM intake_event WHERE kind = \
             'verification') RETURNING node_id || ' epoch ' || epoch || ' sequence ' || node_sequence",
    ),
    (
        "intake_event",
        "steps of match whose rows are not there",
        "DELETE FROM intake_event WHERE sequence = (SELECT min(sequence) FROM intake_event WHERE kind = \
             'node_added') RETURNING sequence::text",
    ),
    (
        "intake_event",
        "rows of steps that were never loaded",
        "INSERT INTO intake_event (sequence, logged_at, matched_at, kind, outcome) SELECT max(sequence) + \
             1, now(), now(), 'node_added', 'recorded' FROM intake_event RETURNING sequence::text",
    ),
    (
        "intake_event",
        "more than one row has its place in the series",
        "INSERT INTO intake_event (sequence, logged_at, matched_at, appended_at, province, node_id, \
             epoch, node_sequence, kind, outcome) SELECT (SELECT max(sequence) + 1 FROM intake_event), \
             logged_at, matched_at, appended_at, province, node_id, epoch, node_sequence, kind, outcome FROM \
             intake_event WHERE sequence = (SELECT max(sequence) FROM intake_event WHERE kind = \
             'verification') RETURNING node_id || ' epoch ' || epoch || ' sequence ' || node_sequence",
    ),
];
