-- no-transaction
-- Who lives in one commune; resident_commune begins with the one of permanent residence. Built as in 0005.
CREATE INDEX CONCURRENTLY IF NOT EXISTS resident_current_commune ON resident (current_commune)
 WHERE current_commune IS NOT NULL;
