-- The name of what a replay's promotion makes of applications; a migration of its own, as those of erasing.
ALTER TYPE event_kind ADD VALUE IF NOT EXISTS 'application_reprocessed';
