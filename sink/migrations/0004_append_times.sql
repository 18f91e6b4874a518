-- Events by when the broker appended them: a day's books and latencies read that day's blocks only. Rows
-- lie in about that order, so ranges of blocks are enough, and loading pays next to nothing for it.

CREATE INDEX intake_event_appended ON intake_event USING brin (appended_at) WITH (autosummarize = on);
