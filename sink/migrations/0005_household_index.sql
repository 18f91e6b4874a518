-- no-transaction
-- Who is entered under one household number.
-- The table may be full and written to: CREATE INDEX CONCURRENTLY lets writers go on while it reads, and
-- must stand alone, outside a transaction. It ends when every transaction that was open before it has.
CREATE INDEX CONCURRENTLY IF NOT EXISTS resident_household ON resident (household_number)
 WHERE household_number IS NOT NULL;
