-- A dead letter keeps its record's headers, as it keeps key and value. A column without a default: no row is rewritten. Its
-- lock is waited for as briefly as that of 0013.
SET LOCAL lock_timeout = '500ms';
ALTER TABLE dead_letter ADD COLUMN headers jsonb;
COMMENT ON COLUMN dead_letter.headers IS 'Its headers in their order, each with name and value (base64, or null); null when it has none, or when somebody it may be about is erased.';
