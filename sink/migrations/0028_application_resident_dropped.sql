-- no-transaction
-- application_of_resident has its columns and one more.
DROP INDEX CONCURRENTLY IF EXISTS application_resident;
