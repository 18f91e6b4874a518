-- The books: what became of every event, and how far each node's series has come.

CREATE TYPE event_kind AS ENUM (
    'application', 'verification', 'withdrawal', 'withheld', 'undecodable', 'node_added', 'node_retired'
);
CREATE TYPE outcome_kind AS ENUM (
    'loaded', 'rejected', 'held', 'copy', 'conflict', 'undecodable', 'recorded'
);

CREATE TABLE intake_event (
    sequence bigint PRIMARY KEY,
    topic text,
    partition integer,
    source_offset bigint,
    appended_at timestamptz,
    logged_at timestamptz NOT NULL,
    matched_at timestamptz NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    province text,
    node_id text,
    epoch uuid,
    node_sequence bigint,
    event_id uuid,
    hash bytea,
    open_link bytea,
    kind event_kind NOT NULL,
    application_id uuid,
    revision integer,
    captured_at timestamptz,
    spooled_at timestamptz,
    clock_offset_ms bigint,
    ruleset text,
    outcome outcome_kind NOT NULL,
    findings jsonb,
    resident_id uuid
);

CREATE INDEX intake_event_application ON intake_event (application_id) WHERE application_id IS NOT NULL;
CREATE INDEX intake_event_held ON intake_event (sequence) WHERE outcome = 'held';

COMMENT ON TABLE intake_event IS 'One row per step of match, that is per entry of the match log; never changed. Its first outcome: see event_outcome_current for the latest.';
COMMENT ON COLUMN intake_event.sequence IS 'Step of match: 1, 2, 3 … without holes, but for steps in dead_letter.';
COMMENT ON COLUMN intake_event.topic IS 'Source topic without namespace, where it isn''t intake.applications.<province>; null otherwise.';
COMMENT ON COLUMN intake_event.partition IS 'Source partition; null for entries of operate.';
COMMENT ON COLUMN intake_event.source_offset IS 'Offset in the source partition; null for entries of operate.';
COMMENT ON COLUMN intake_event.appended_at IS 'When the broker appended it to its source topic.';
COMMENT ON COLUMN intake_event.logged_at IS 'When it was normalised: append time of its entry in the match log.';
COMMENT ON COLUMN intake_event.matched_at IS 'When match had settled it: append time of its change.';
COMMENT ON COLUMN intake_event.loaded_at IS 'Start of the transaction that loaded this row.';
COMMENT ON COLUMN intake_event.province IS 'Slug of the source topic''s province; null for entries of operate.';
COMMENT ON COLUMN intake_event.node_id IS 'The intake node; null when no event could be read.';
COMMENT ON COLUMN intake_event.epoch IS 'The node''s series.';
COMMENT ON COLUMN intake_event.node_sequence IS 'Place in the series: 1, 2, 3 …';
COMMENT ON COLUMN intake_event.event_id IS 'The event; for entries of operate the entry''s id.';
COMMENT ON COLUMN intake_event.hash IS 'What the next event of the series must name as previous_hash.';
COMMENT ON COLUMN intake_event.open_link IS 'previous_hash of an event that came before its predecessor; null otherwise.';
COMMENT ON COLUMN intake_event.kind IS 'What kind of event.';
COMMENT ON COLUMN intake_event.application_id IS 'The application it is about.';
COMMENT ON COLUMN intake_event.revision IS 'The application''s revision.';
COMMENT ON COLUMN intake_event.captured_at IS 'When the clerk took it, by the node''s clock; infinite outside the years 1 to 9999.';
COMMENT ON COLUMN intake_event.spooled_at IS 'When the node had it on disk, by the node''s clock; infinite outside the years 1 to 9999.';
COMMENT ON COLUMN intake_event.clock_offset_ms IS 'What to add to the node''s clock to get true time, in milliseconds, where known.';
COMMENT ON COLUMN intake_event.ruleset IS 'Rules that normalised it; null for entries of operate.';
COMMENT ON COLUMN intake_event.outcome IS 'What became of it at this step.';
COMMENT ON COLUMN intake_event.findings IS 'Why: [{code, field, severity}]; null when nothing was found.';
COMMENT ON COLUMN intake_event.resident_id IS 'The resident it was loaded to at this step.';

CREATE TABLE held_event (
    event_sequence bigint PRIMARY KEY,
    entry bytea NOT NULL
);

COMMENT ON TABLE held_event IS 'Match log entries of events that were held or refused and that no application row holds. event_outcome_current tells which still wait.';
COMMENT ON COLUMN held_event.event_sequence IS 'intake_event.sequence of the event.';
COMMENT ON COLUMN held_event.entry IS 'The entry exactly as logged (Avro single-object encoding).';

CREATE TABLE event_outcome (
    event_sequence bigint PRIMARY KEY,
    sequence bigint NOT NULL,
    outcome outcome_kind NOT NULL,
    findings jsonb,
    resident_id uuid
);

COMMENT ON TABLE event_outcome IS 'Latest outcome of the events whose outcome changed after they were first settled.';
COMMENT ON COLUMN event_outcome.event_sequence IS 'intake_event.sequence of the event.';
COMMENT ON COLUMN event_outcome.sequence IS 'Step of match that changed it; a higher one replaces a lower one.';
COMMENT ON COLUMN event_outcome.outcome IS 'Its outcome from that step on.';
COMMENT ON COLUMN event_outcome.findings IS 'Why; null when nothing was found.';
COMMENT ON COLUMN event_outcome.resident_id IS 'Its resident from that step on.';

CREATE VIEW event_outcome_current AS
SELECT e.sequence,
       COALESCE(e.topic, 'intake.applications.' || e.province) AS topic,
       e.partition, e.source_offset,
       e.captured_at, e.spooled_at, e.appended_at, e.logged_at, e.matched_at, e.loaded_at,
       e.province, e.node_id, e.epoch, e.node_sequence, e.event_id, e.hash, e.kind,
       e.application_id, e.revision, e.ruleset,
       CASE WHEN o.event_sequence IS NULL THEN e.outcome ELSE o.outcome END AS outcome,
       CASE WHEN o.event_sequence IS NULL THEN e.findings ELSE o.findings END AS findings,
       CASE WHEN o.event_sequence IS NULL THEN e.resident_id ELSE o.resident_id END AS resident_id,
       o.sequence AS changed_by
  FROM intake_event e
  LEFT JOIN event_outcome o ON o.event_sequence = e.sequence;

COMMENT ON VIEW event_outcome_current IS 'Every event with its latest outcome; changed_by is the step that changed it, null when it is still the first.';

CREATE TABLE node (
    node_id text PRIMARY KEY,
    sequence bigint NOT NULL,
    province text,
    public_key bytea,
    retired boolean NOT NULL,
    decided_by text NOT NULL,
    reason text
);

COMMENT ON TABLE node IS 'Registered intake nodes. Events of a node that isn''t here are loaded all the same, as unverified.';
COMMENT ON COLUMN node.node_id IS 'The node.';
COMMENT ON COLUMN node.sequence IS 'Step of match that made this state; a higher one replaces a lower one.';
COMMENT ON COLUMN node.province IS 'Slug of its province.';
COMMENT ON COLUMN node.public_key IS 'Ed25519 public key, 32 bytes; null when none was given.';
COMMENT ON COLUMN node.retired IS 'Written off: what it has not delivered is no longer expected.';
COMMENT ON COLUMN node.decided_by IS 'Who registered or retired it.';
COMMENT ON COLUMN node.reason IS 'Why it was retired.';

CREATE TABLE node_ledger (
    node_id text,
    epoch uuid,
    sequence bigint NOT NULL,
    province text,
    received int8multirange NOT NULL,
    loaded bigint NOT NULL,
    rejected bigint NOT NULL,
    held bigint NOT NULL,
    copies bigint NOT NULL,
    conflicts bigint NOT NULL,
    broken_links bigint NOT NULL,
    last_appended_at timestamptz,
    PRIMARY KEY (node_id, epoch)
) WITH (fillfactor = 50);

COMMENT ON TABLE node_ledger IS 'The books of each node and epoch.';
COMMENT ON COLUMN node_ledger.node_id IS 'The node.';
COMMENT ON COLUMN node_ledger.epoch IS 'The node''s series.';
COMMENT ON COLUMN node_ledger.sequence IS 'Step of match that the counts stand at; a higher one replaces a lower one.';
COMMENT ON COLUMN node_ledger.province IS 'Slug of the province whose topic it publishes to.';
COMMENT ON COLUMN node_ledger.received IS 'Distinct sequences loaded here so far; a hole is what is missing or in transit. A union, whatever order events are loaded in.';
COMMENT ON COLUMN node_ledger.loaded IS 'Distinct sequences that took effect.';
COMMENT ON COLUMN node_ledger.rejected IS 'Distinct sequences refused.';
COMMENT ON COLUMN node_ledger.held IS 'Distinct sequences that wait.';
COMMENT ON COLUMN node_ledger.copies IS 'Repeated events, counted nowhere else.';
COMMENT ON COLUMN node_ledger.conflicts IS 'Other events under a sequence already taken, counted nowhere else; their bytes are in dead_letter.';
COMMENT ON COLUMN node_ledger.broken_links IS 'Events whose previous_hash is not the hash of the event before.';
COMMENT ON COLUMN node_ledger.last_appended_at IS 'Append time of the latest event.';

CREATE TABLE node_manifest (
    province text,
    node_id text,
    counter bigint NOT NULL,
    at timestamptz NOT NULL,
    appended_at timestamptz NOT NULL,
    clock_offset_ms bigint,
    epoch uuid NOT NULL,
    captured bigint NOT NULL,
    published bigint NOT NULL,
    head_hash bytea NOT NULL,
    published_partition integer,
    published_offset bigint,
    spool_bytes bigint NOT NULL,
    software text NOT NULL,
    closed_epochs jsonb NOT NULL,
    claim bytea NOT NULL,
    signature bytea,
    PRIMARY KEY (province, node_id)
) WITH (fillfactor = 50);

COMMENT ON TABLE node_manifest IS 'The latest heartbeat of each node: what it says it captured and published.';
COMMENT ON COLUMN node_manifest.province IS 'Slug of the province whose topic it came from.';
COMMENT ON COLUMN node_manifest.node_id IS 'The node.';
COMMENT ON COLUMN node_manifest.counter IS 'Grows with each manifest of a node; a higher one replaces a lower one.';
COMMENT ON COLUMN node_manifest.at IS 'The node''s clock; infinite outside the years 1 to 9999.';
COMMENT ON COLUMN node_manifest.appended_at IS 'When the broker appended it.';
COMMENT ON COLUMN node_manifest.clock_offset_ms IS 'What to add to the node''s clock to get true time, in milliseconds, where known.';
COMMENT ON COLUMN node_manifest.epoch IS 'The node''s current series.';
COMMENT ON COLUMN node_manifest.captured IS 'Highest sequence given in this epoch.';
COMMENT ON COLUMN node_manifest.published IS 'Highest sequence the broker has acknowledged in this epoch.';
COMMENT ON COLUMN node_manifest.head_hash IS 'SHA-256 of the event at captured; zeros when there is none.';
COMMENT ON COLUMN node_manifest.published_partition IS 'Partition of the last acknowledged event.';
COMMENT ON COLUMN node_manifest.published_offset IS 'Offset of the last acknowledged event.';
COMMENT ON COLUMN node_manifest.spool_bytes IS 'Bytes the spool takes.';
COMMENT ON COLUMN node_manifest.software IS 'Name and version of the node''s software.';
COMMENT ON COLUMN node_manifest.closed_epochs IS 'Earlier series: [{epoch, captured}].';
COMMENT ON COLUMN node_manifest.claim IS 'The signed bytes.';
COMMENT ON COLUMN node_manifest.signature IS 'Ed25519 signature over claim; checked against node.public_key when read, as a key may be registered later.';
