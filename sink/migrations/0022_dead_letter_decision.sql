-- What was decided about dead letters. A table of its own: a letter and the decision about it come from different
-- partitions, in any order. New, so nobody waits for it; a dead letter keeps its row.
CREATE TYPE letter_remedy AS ENUM ('discarded', 'reread', 'reapplied');

CREATE TABLE dead_letter_decision (
    sequence bigint PRIMARY KEY,
    entry_id uuid NOT NULL UNIQUE,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    remedy letter_remedy NOT NULL,
    carried_out boolean NOT NULL,
    decided_by text NOT NULL,
    reason text NOT NULL,
    decided_at timestamptz NOT NULL
);

CREATE INDEX dead_letter_decision_letter ON dead_letter_decision (topic, partition, record_offset);

COMMENT ON TABLE dead_letter_decision IS 'What was decided about dead letters, each decision once; one letter may have several. See dead_letter_state.';
COMMENT ON COLUMN dead_letter_decision.sequence IS 'The step of match that carried it out or refused it.';
COMMENT ON COLUMN dead_letter_decision.entry_id IS 'operate''s entry in the match log.';
COMMENT ON COLUMN dead_letter_decision.topic IS 'Topic of the letter''s record, without namespace.';
COMMENT ON COLUMN dead_letter_decision.partition IS 'Partition of the letter''s record.';
COMMENT ON COLUMN dead_letter_decision.record_offset IS 'Offset of the letter''s record.';
COMMENT ON COLUMN dead_letter_decision.remedy IS 'discarded: given up; reread: read by newer rules; reapplied: its change was sent to the register again.';
COMMENT ON COLUMN dead_letter_decision.carried_out IS 'Whether it was carried out; else match refused it, or the bytes could still not be read.';
COMMENT ON COLUMN dead_letter_decision.decided_by IS 'Who decided.';
COMMENT ON COLUMN dead_letter_decision.reason IS 'Why, without personal details.';
COMMENT ON COLUMN dead_letter_decision.decided_at IS 'When.';

CREATE VIEW dead_letter_state AS
SELECT d.id, d.stage, d.topic, d.partition, d.record_offset, d.key, octet_length(d.value) AS bytes, d.reason, d.sqlstate,
       d.constraint_name, d.sequence, d.at, COALESCE(made.attempts, 0) AS attempts, made.settled_by,
       (made.settled_by IS NOT NULL) AS settled
  FROM dead_letter d
  LEFT JOIN LATERAL (
       SELECT count(*) FILTER (WHERE x.remedy <> 'discarded')::integer AS attempts,
              max(x.sequence) FILTER (WHERE x.carried_out) AS settled_by
         FROM dead_letter_decision x
        WHERE (x.topic, x.partition, x.record_offset) = (d.topic, d.partition, d.record_offset)) made ON true;

COMMENT ON VIEW dead_letter_state IS 'Dead letters without their bytes, and whether a decision settled them.';

DO $$
DECLARE
    same record;
BEGIN
    FOR same IN
        SELECT shown.attname AS name, col_description(origin.attrelid, origin.attnum) AS meaning
          FROM pg_attribute shown
          JOIN pg_attribute origin ON origin.attname = shown.attname AND origin.attrelid = 'dead_letter'::regclass
         WHERE shown.attrelid = 'dead_letter_state'::regclass AND shown.attnum > 0
    LOOP
        EXECUTE format('COMMENT ON COLUMN dead_letter_state.%I IS %L', same.name, same.meaning);
    END LOOP;
END $$;
COMMENT ON COLUMN dead_letter_state.bytes IS 'Size of its value.';
COMMENT ON COLUMN dead_letter_state.attempts IS 'How often it was sent on its way again.';
COMMENT ON COLUMN dead_letter_state.settled_by IS 'The step of match that settled it; null while it waits.';
COMMENT ON COLUMN dead_letter_state.settled IS 'Whether a decision settled it.';
