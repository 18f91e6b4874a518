-- The register for people. Views hold nothing and lock no table; which role may read which of them is
-- granted by `intakectl register roles`.

CREATE VIEW resident_current AS
SELECT r.resident_id, r.status,
       r.full_name, r.surname, r.middle_name, r.given_name, r.other_name, r.date_of_birth, r.sex,
       r.personal_number, r.old_number, r.old_number_issued_on, r.old_number_issued_at, r.passport_number,
       r.nationality, r.ethnicity, r.religion, r.marital_status, r.blood_type,
       r.birth_place, r.birth_province, r.birth_commune, r.home_town, r.home_commune,
       r.permanent_address, r.permanent_commune, r.current_address, r.current_commune,
       r.phone, r.email, r.education, r.occupation, r.workplace,
       r.household_number, r.household_head_name, r.household_head_number, r.relationship_to_head,
       r.father_name, r.father_number, r.father_date_of_birth,
       r.mother_name, r.mother_number, r.mother_date_of_birth,
       r.spouse_name, r.spouse_number, r.guardian_name, r.guardian_number,
       r.folded_name, r.stage, cardinality(r.members) AS applications,
       e.matched_at AS changed_at, e.node_id AS changed_by_node, e.application_id AS changed_by_application
  FROM resident r
  LEFT JOIN intake_event e ON e.sequence = r.sequence
 WHERE r.status <> 'superseded';

COMMENT ON VIEW resident_current IS 'Everybody as they are known now, without those who were merged away or whose applications were all withdrawn.';

-- A barrier, so that no function in somebody's WHERE sees a row before it is masked and chosen.
CREATE VIEW resident_masked WITH (security_barrier) AS
SELECT r.resident_id, r.status,
       mask_name(r.full_name) AS full_name,
       mask_date(r.date_of_birth) AS date_of_birth,
       r.sex,
       mask_number(r.personal_number) AS personal_number,
       mask_number(r.old_number) AS old_number,
       mask_number(r.phone) AS phone,
       mask_number(r.household_number) AS household_number,
       r.permanent_commune, r.current_commune,
       r.stage, cardinality(r.members) AS applications, e.matched_at AS changed_at
  FROM resident r
  LEFT JOIN intake_event e ON e.sequence = r.sequence
 WHERE r.status <> 'superseded';

COMMENT ON VIEW resident_masked IS 'Everybody as they are known now, for those who may not see who it is: initials, years, last digits.';

CREATE VIEW application_outcome AS
SELECT a.application_id, a.reference, a.revision, a.status,
       ARRAY(SELECT finding ->> 'code' FROM jsonb_array_elements(a.findings) AS finding) AS reasons,
       a.stage, a.resident_id, a.service, a.channel, a.form_id, a.form_version,
       e.province, a.commune, a.village, a.team, a.node_id,
       a.captured_at, a.appended_at, e.matched_at AS settled_at, e.loaded_at
  FROM application a
  LEFT JOIN LATERAL (
       SELECT province, matched_at, loaded_at
         FROM intake_event
        WHERE application_id = a.application_id AND event_id = a.event_id
        ORDER BY sequence
        LIMIT 1) AS e ON true;

COMMENT ON VIEW application_outcome IS 'Every application with what became of the revision in force, and why. Nothing that was written about the person.';

CREATE VIEW resident_change AS
SELECT h.resident_id, h.sequence, h.status, h.redirect_to, h.stage, cardinality(h.members) AS applications, h.golden,
       h.last_event, e.kind, e.province, e.node_id, e.application_id, e.revision, e.captured_at, e.matched_at
  FROM resident_history h
  LEFT JOIN intake_event e ON e.sequence = h.sequence;

COMMENT ON VIEW resident_change IS 'Every change of a resident after its first state, with who made it, when, and by which application. The first state is what its first application says.';

CREATE VIEW open_hold AS
SELECT e.sequence, e.province, e.node_id, e.kind, e.application_id, e.revision, e.event_id,
       ARRAY(SELECT finding ->> 'code' FROM jsonb_array_elements(e.findings) AS finding) AS reasons,
       e.captured_at, e.matched_at, now() - e.matched_at AS held_for
  FROM intake_event e
 WHERE e.outcome = 'held' AND NOT EXISTS (SELECT FROM event_outcome o WHERE o.event_sequence = e.sequence);

COMMENT ON VIEW open_hold IS 'Events that wait for a correction or a decision.';

-- A column that is shown as its table has it is explained as it is there.
DO $$
DECLARE
    same record;
BEGIN
    FOR same IN
        SELECT shown.view, a.attname AS name, col_description(stored.attrelid, stored.attnum) AS meaning
          FROM (VALUES ('event_outcome_current', 'intake_event'), ('resident_current', 'resident'),
                       ('resident_masked', 'resident'), ('application_outcome', 'application'),
                       ('resident_change', 'intake_event'), ('resident_change', 'resident_history'),
                       ('open_hold', 'intake_event')) AS shown (view, origin)
          JOIN pg_attribute a ON a.attrelid = shown.view::regclass AND a.attnum > 0
          JOIN pg_attribute stored ON stored.attrelid = shown.origin::regclass AND stored.attname = a.attname
         ORDER BY shown.origin = 'intake_event' DESC
    LOOP
        EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', same.view, same.name, same.meaning);
    END LOOP;
END $$;

COMMENT ON COLUMN event_outcome_current.topic IS 'Source topic without namespace; null for entries of operate.';
COMMENT ON COLUMN event_outcome_current.outcome IS 'What became of it in the end.';
COMMENT ON COLUMN event_outcome_current.findings IS 'Why: [{code, field, severity}]; null when nothing was found.';
COMMENT ON COLUMN event_outcome_current.resident_id IS 'The resident it belongs to in the end.';
COMMENT ON COLUMN event_outcome_current.changed_by IS 'Step of match that changed its first outcome; null when that stands.';

COMMENT ON COLUMN resident_current.applications IS 'How many applications make up this resident.';
COMMENT ON COLUMN resident_current.changed_at IS 'When this state was made; null until the event that made it is loaded.';
COMMENT ON COLUMN resident_current.changed_by_node IS 'The intake node whose event made this state.';
COMMENT ON COLUMN resident_current.changed_by_application IS 'The application whose event made this state.';

COMMENT ON COLUMN resident_masked.full_name IS 'Initials.';
COMMENT ON COLUMN resident_masked.date_of_birth IS 'Year of birth.';
COMMENT ON COLUMN resident_masked.personal_number IS 'Last three digits of the personal number.';
COMMENT ON COLUMN resident_masked.old_number IS 'Last three digits of the former identity card''s number.';
COMMENT ON COLUMN resident_masked.phone IS 'Last three digits of the phone number.';
COMMENT ON COLUMN resident_masked.household_number IS 'Last three characters of the household register''s number.';
COMMENT ON COLUMN resident_masked.applications IS 'How many applications make up this resident.';
COMMENT ON COLUMN resident_masked.changed_at IS 'When this state was made; null until the event that made it is loaded.';

COMMENT ON COLUMN application_outcome.reasons IS 'Codes of what the rules found, the reasons of a refusal or a hold among them.';
COMMENT ON COLUMN application_outcome.province IS 'Slug of the province it was handed in at.';
COMMENT ON COLUMN application_outcome.settled_at IS 'When match had settled the revision in force for the first time.';
COMMENT ON COLUMN application_outcome.loaded_at IS 'When that became visible in the register.';

COMMENT ON COLUMN resident_change.applications IS 'How many applications made up the resident in this state.';
COMMENT ON COLUMN resident_change.application_id IS 'The application whose event made this state.';
COMMENT ON COLUMN resident_change.node_id IS 'The intake node whose event made this state.';

COMMENT ON COLUMN open_hold.reasons IS 'Codes of what it waits for.';
COMMENT ON COLUMN open_hold.held_for IS 'How long it has waited until now.';

COMMENT ON INDEX resident_household IS 'Who is entered under one household number.';
COMMENT ON INDEX resident_current_commune IS 'Who lives in one commune now.';
