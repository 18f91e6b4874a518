-- Doubtful pairs, the rules of matching, and the age of an application. New tables, and a column without a default:
-- no row is rewritten. The column needs a lock that no writer may hold: it is waited for so briefly that writers behind
-- it are hardly held up, and the migration tries again (`intake-sink migrate`).
SET LOCAL lock_timeout = '500ms';
ALTER TABLE application ADD COLUMN first_appended_at timestamptz;
COMMENT ON COLUMN application.first_appended_at IS 'When the broker appended the application''s first event that a row was made of; null: as appended_at, in rows older than the column.';

CREATE TYPE review_status AS ENUM ('open', 'closed', 'same', 'different');

CREATE TABLE review (
    left_id uuid,
    right_id uuid,
    sequence bigint NOT NULL,
    status review_status NOT NULL,
    weight_millibits bigint NOT NULL,
    opened bigint NOT NULL,
    decided_by text,
    reason text,
    PRIMARY KEY (left_id, right_id)
);
CREATE INDEX review_open ON review (weight_millibits DESC, left_id, right_id) WHERE status = 'open';
CREATE INDEX review_right_id ON review (right_id);

COMMENT ON TABLE review IS 'Pairs of applications that a person looks at, or has looked at.';
COMMENT ON COLUMN review.left_id IS 'The application with the lower id.';
COMMENT ON COLUMN review.right_id IS 'The other.';
COMMENT ON COLUMN review.sequence IS 'Step of match that made this state; a higher one replaces a lower one.';
COMMENT ON COLUMN review.status IS 'open: waits for a decision; closed: nothing to decide any more; same, different: decided.';
COMMENT ON COLUMN review.weight_millibits IS 'log2 of the odds that the two are one person, in thousandths of a bit, when they were compared.';
COMMENT ON COLUMN review.opened IS 'Step of match that opened it, or that decided it unasked.';
COMMENT ON COLUMN review.decided_by IS 'Who decided.';
COMMENT ON COLUMN review.reason IS 'Why, without personal details.';

CREATE TABLE match_rules (
    sequence bigint PRIMARY KEY,
    version text NOT NULL,
    weights text NOT NULL,
    link double precision NOT NULL,
    review double precision NOT NULL,
    decided_by text NOT NULL,
    reason text NOT NULL
);

COMMENT ON TABLE match_rules IS 'Rules of matching that were put in force; the last one is. None: those that come with the program.';
COMMENT ON COLUMN match_rules.sequence IS 'Step of match from which they are in force.';
COMMENT ON COLUMN match_rules.version IS 'Version of the weights.';
COMMENT ON COLUMN match_rules.weights IS 'The weights, as the file that `intakectl match train` writes.';
COMMENT ON COLUMN match_rules.link IS 'Applications are linked from this probability on.';
COMMENT ON COLUMN match_rules.review IS 'A person looks from this probability on.';
COMMENT ON COLUMN match_rules.decided_by IS 'Who decided.';
COMMENT ON COLUMN match_rules.reason IS 'Why.';
COMMENT ON TABLE match_edge IS 'What comparing two applications came to. Residents follow from edges, decisions and rules.';
COMMENT ON COLUMN match_edge.left_id IS 'The application with the lower id.';
COMMENT ON COLUMN match_edge.right_id IS 'The other.';
COMMENT ON COLUMN match_edge.rule IS 'Version of the weights that compared them.';
COMMENT ON COLUMN match_edge.weight_millibits IS 'log2 of the odds that the two are one person, in thousandths of a bit, when they were compared.';
COMMENT ON COLUMN match_edge.accepted IS 'In force: not taken back by a correction or a withdrawal.';
