-- no-transaction
-- Which applications belong to whom, answered from the index alone: an application's row is twenty times as wide. Takes the
-- place of application_resident, which 0028 drops. Built as in 0005.
CREATE INDEX CONCURRENTLY IF NOT EXISTS application_of_resident ON application (resident_id) INCLUDE (application_id)
 WHERE resident_id IS NOT NULL;
