-- no-transaction
-- Events by when the broker appended them: a day's books and latencies read that day's blocks only. Rows
-- lie in about that order, so ranges of blocks are enough, and loading pays next to nothing for it.
-- Concurrently, as the table may be full and written to.
CREATE INDEX CONCURRENTLY IF NOT EXISTS intake_event_appended
    ON intake_event USING brin (appended_at) WITH (autosummarize = on);
