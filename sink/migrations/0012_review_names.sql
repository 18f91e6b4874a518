-- Names of what decisions on reviews and on matching's rules make; a migration of their own, as those of erasing.
ALTER TYPE event_kind ADD VALUE IF NOT EXISTS 'review_decided';
ALTER TYPE event_kind ADD VALUE IF NOT EXISTS 'rules_activated';
