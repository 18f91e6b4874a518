-- Where an application has been. Its own events name the residents that they brought it to; others move it as well,
-- when residents merge or come apart. A new table: nobody waits for it.
CREATE TABLE moved_application (
    application_id uuid,
    resident_id uuid,
    PRIMARY KEY (application_id, resident_id)
);

COMMENT ON TABLE moved_application IS 'Residents that an application came to from another one. What earlier states of theirs say of it is found by it when it is erased.';
COMMENT ON COLUMN moved_application.application_id IS 'The application.';
COMMENT ON COLUMN moved_application.resident_id IS 'A resident that it came to.';
