-- Decisions that wait for a second person. New tables, written by operate: nobody waits for them.
CREATE TABLE review_proposal (
    proposal_id uuid PRIMARY KEY,
    decision review_status NOT NULL CHECK (decision IN ('same', 'different')),
    left_ids uuid[] NOT NULL,
    right_ids uuid[] NOT NULL CHECK (cardinality(left_ids) = cardinality(right_ids) AND left_ids <> '{}'),
    resident_ids uuid[] NOT NULL,
    sequences bigint[] NOT NULL CHECK (cardinality(resident_ids) = cardinality(sequences)),
    reason text NOT NULL,
    proposed_by text NOT NULL DEFAULT session_user,
    proposed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (proposal_id, proposed_by)
);

COMMENT ON TABLE review_proposal IS 'Decisions of reviews that were proposed where a second person must approve. In force is what match made of the entry in its log.';
COMMENT ON COLUMN review_proposal.proposal_id IS 'The proposal, and the entry of the match log when it is approved.';
COMMENT ON COLUMN review_proposal.decision IS 'same: one person; different: two.';
COMMENT ON COLUMN review_proposal.left_ids IS 'The applications of the pairs.';
COMMENT ON COLUMN review_proposal.right_ids IS 'The other one of each pair, in the same order.';
COMMENT ON COLUMN review_proposal.resident_ids IS 'The residents that were looked at.';
COMMENT ON COLUMN review_proposal.sequences IS 'The step of the state of each, in the same order.';
COMMENT ON COLUMN review_proposal.reason IS 'Why, without personal details.';
COMMENT ON COLUMN review_proposal.proposed_by IS 'Who proposed it: the session user, whom only the database may set.';
COMMENT ON COLUMN review_proposal.proposed_at IS 'When.';

CREATE TABLE review_proposal_approval (
    proposal_id uuid PRIMARY KEY,
    proposed_by text NOT NULL,
    approved_by text NOT NULL DEFAULT session_user CHECK (approved_by <> proposed_by),
    approved_at timestamptz NOT NULL DEFAULT now(),
    step bigint NOT NULL,
    FOREIGN KEY (proposal_id, proposed_by) REFERENCES review_proposal (proposal_id, proposed_by)
);

COMMENT ON TABLE review_proposal_approval IS 'Proposals that a second person approved.';
COMMENT ON COLUMN review_proposal_approval.proposal_id IS 'The proposal.';
COMMENT ON COLUMN review_proposal_approval.proposed_by IS 'Who proposed it.';
COMMENT ON COLUMN review_proposal_approval.approved_by IS 'Who approved it: somebody else, the session user, whom only the database may set.';
COMMENT ON COLUMN review_proposal_approval.approved_at IS 'When.';
COMMENT ON COLUMN review_proposal_approval.step IS 'The highest step of match that was loaded then: what became of it lies behind.';
