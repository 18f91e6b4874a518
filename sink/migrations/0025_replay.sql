-- Replays: what was planned, what was done with it, and who approved it. New tables, written by operate: nobody waits.
CREATE TABLE replay (
    replay_id uuid PRIMARY KEY,
    plan text NOT NULL,
    plan_hash bytea NOT NULL CHECK (octet_length(plan_hash) = 32),
    planned_by text NOT NULL DEFAULT session_user,
    planned_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (replay_id, planned_by)
);

COMMENT ON TABLE replay IS 'Replays of the past under other rules. Their shadows are schemas of their own, named replay_ and the beginning of the id.';
COMMENT ON COLUMN replay.replay_id IS 'The replay.';
COMMENT ON COLUMN replay.plan IS 'The plan, JSON, exactly as its file has it: what is replayed, by which rules, up to where.';
COMMENT ON COLUMN replay.plan_hash IS 'SHA-256 of the plan.';
COMMENT ON COLUMN replay.planned_by IS 'Who planned it: the session user, whom only the database may set.';
COMMENT ON COLUMN replay.planned_at IS 'When.';

CREATE TABLE replay_step (
    replay_id uuid NOT NULL REFERENCES replay,
    number bigint GENERATED ALWAYS AS IDENTITY,
    step text NOT NULL CHECK (step IN ('started', 'ran', 'promoting', 'promoted', 'undoing', 'undone', 'discarded')),
    result text NOT NULL,
    done_by text NOT NULL DEFAULT session_user,
    done_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (replay_id, number)
);

COMMENT ON TABLE replay_step IS 'What was done with a replay, in order. Its standing is the last step.';
COMMENT ON COLUMN replay_step.replay_id IS 'The replay.';
COMMENT ON COLUMN replay_step.number IS 'Order of the steps.';
COMMENT ON COLUMN replay_step.step IS 'started and ran: its shadow is being filled, is full; promoting and promoted: entries are on their way to the match log, are settled; undoing and undone: likewise; discarded: its shadow is gone.';
COMMENT ON COLUMN replay_step.result IS 'What it came to, JSON: counts, no values of people.';
COMMENT ON COLUMN replay_step.done_by IS 'Who did it: the session user.';
COMMENT ON COLUMN replay_step.done_at IS 'When.';

CREATE TABLE replay_approval (
    replay_id uuid PRIMARY KEY,
    planned_by text NOT NULL,
    diff_hash bytea NOT NULL CHECK (octet_length(diff_hash) = 32),
    lines bytea NOT NULL,
    reason text NOT NULL,
    approved_by text NOT NULL DEFAULT session_user CHECK (approved_by <> planned_by),
    approved_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (replay_id, planned_by) REFERENCES replay (replay_id, planned_by)
);

COMMENT ON TABLE replay_approval IS 'Replays that a second person approved.';
COMMENT ON COLUMN replay_approval.replay_id IS 'The replay.';
COMMENT ON COLUMN replay_approval.planned_by IS 'Who planned it.';
COMMENT ON COLUMN replay_approval.diff_hash IS 'SHA-256 of lines.';
COMMENT ON COLUMN replay_approval.lines IS 'SHA-256 of each difference that was approved, one after the other: no other one is promoted.';
COMMENT ON COLUMN replay_approval.reason IS 'Why, without personal details.';
COMMENT ON COLUMN replay_approval.approved_by IS 'Who approved it: somebody else, the session user, whom only the database may set.';
COMMENT ON COLUMN replay_approval.approved_at IS 'When.';
