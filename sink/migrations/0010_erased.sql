-- Names of what erasing a person makes. A statement that uses a new name can't stand in the transaction that adds
-- it, so they have a migration of their own. Nothing is rewritten and no table is locked.
ALTER TYPE resident_status ADD VALUE IF NOT EXISTS 'erased';
ALTER TYPE application_status ADD VALUE IF NOT EXISTS 'erased';
ALTER TYPE event_kind ADD VALUE IF NOT EXISTS 'resident_erased';
