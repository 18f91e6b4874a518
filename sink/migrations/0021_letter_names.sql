-- The name of what decisions about dead letters make; a migration of its own, as those of erasing.
ALTER TYPE event_kind ADD VALUE IF NOT EXISTS 'dead_letter_decided';
