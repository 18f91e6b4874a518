-- no-transaction
-- The pairs of an application whose id is the higher one: explaining goes from pair to pair. Built as in 0005.
CREATE INDEX CONCURRENTLY IF NOT EXISTS match_edge_right_id ON match_edge (right_id);
