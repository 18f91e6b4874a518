-- What makes loading exact: positions that move in the transaction of the rows, and the one place of
-- dead letters.

CREATE TABLE sink_position (
    topic text,
    partition integer,
    next_offset bigint NOT NULL,
    sequence bigint NOT NULL,
    cluster_id text NOT NULL,
    full_topic text NOT NULL,
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);

COMMENT ON TABLE sink_position IS 'How far each partition is loaded. Moves by compare-and-set, in the transaction that holds the rows.';
COMMENT ON COLUMN sink_position.topic IS 'Topic without namespace.';
COMMENT ON COLUMN sink_position.partition IS 'Partition.';
COMMENT ON COLUMN sink_position.next_offset IS 'The first offset that is not loaded yet.';
COMMENT ON COLUMN sink_position.sequence IS 'Highest step of match loaded from this partition; 0 for none.';
COMMENT ON COLUMN sink_position.cluster_id IS 'The Kafka cluster the offsets belong to.';
COMMENT ON COLUMN sink_position.full_topic IS 'The topic with its namespace on that cluster.';

CREATE TABLE source_position (
    topic text,
    partition integer,
    next_offset bigint NOT NULL,
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);

COMMENT ON TABLE source_position IS 'How far match has come in each source partition, as far as it is loaded here.';
COMMENT ON COLUMN source_position.topic IS 'Source topic without namespace.';
COMMENT ON COLUMN source_position.partition IS 'Source partition.';
COMMENT ON COLUMN source_position.next_offset IS 'The first offset that match has not settled.';

CREATE TYPE dead_letter_stage AS ENUM ('normalise', 'match', 'sink');

CREATE TABLE dead_letter (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stage dead_letter_stage NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    key bytea,
    value bytea NOT NULL,
    reason text NOT NULL,
    sqlstate text,
    constraint_name text,
    sequence bigint,
    at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (topic, partition, record_offset)
);

COMMENT ON TABLE dead_letter IS 'Records that could not be applied, whole: the one place of dead letters.';
COMMENT ON COLUMN dead_letter.id IS 'Names it.';
COMMENT ON COLUMN dead_letter.stage IS 'Who refused it: normalise could not read it; match must not apply it; sink: the database refused it.';
COMMENT ON COLUMN dead_letter.topic IS 'Topic of the record, without namespace.';
COMMENT ON COLUMN dead_letter.partition IS 'Partition of the record.';
COMMENT ON COLUMN dead_letter.record_offset IS 'Offset of the record.';
COMMENT ON COLUMN dead_letter.key IS 'Its key.';
COMMENT ON COLUMN dead_letter.value IS 'Its value.';
COMMENT ON COLUMN dead_letter.reason IS 'Stable reason code.';
COMMENT ON COLUMN dead_letter.sqlstate IS 'What the database said, when it was the database.';
COMMENT ON COLUMN dead_letter.constraint_name IS 'The constraint it broke, when it broke one.';
COMMENT ON COLUMN dead_letter.sequence IS 'Step of match of the record, when it could be read.';
COMMENT ON COLUMN dead_letter.at IS 'When it was put here.';
