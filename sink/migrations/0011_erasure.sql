-- Erasing a person's data (Law 91/2025/QH15 on personal data protection, article 14): who decided it, when and why,
-- and whose values are gone, so that nothing that is loaded later brings them back. New tables and views: no
-- writer is held up.

CREATE TABLE erasure (
    sequence bigint PRIMARY KEY,
    entry_id uuid NOT NULL,
    resident_id uuid NOT NULL,
    applications uuid[] NOT NULL,
    merged uuid[] NOT NULL,
    decided_by text NOT NULL,
    reason text NOT NULL,
    decided_at timestamptz NOT NULL,
    carried_out boolean NOT NULL
);

COMMENT ON TABLE erasure IS 'Every decision to erase a resident''s personal data, carried out or refused.';
COMMENT ON COLUMN erasure.sequence IS 'Step of match that carried it out or refused it: see intake_event for when, and why it was refused.';
COMMENT ON COLUMN erasure.entry_id IS 'The entry of the match log that says so.';
COMMENT ON COLUMN erasure.resident_id IS 'The resident.';
COMMENT ON COLUMN erasure.applications IS 'The applications that were to be erased with it.';
COMMENT ON COLUMN erasure.merged IS 'Residents that had been merged into it: their earlier states with these applications are emptied as well.';
COMMENT ON COLUMN erasure.decided_by IS 'Who decided: the database''s session user.';
COMMENT ON COLUMN erasure.reason IS 'Why, without personal details.';
COMMENT ON COLUMN erasure.decided_at IS 'When it was decided.';
COMMENT ON COLUMN erasure.carried_out IS 'False when match refused it, as the resident had changed since.';

CREATE TABLE erased (
    id uuid PRIMARY KEY,
    sequence bigint NOT NULL
);

COMMENT ON TABLE erased IS 'Residents and applications whose values are gone for ever: whatever is loaded about them is emptied first.';
COMMENT ON COLUMN erased.id IS 'The resident or application.';
COMMENT ON COLUMN erased.sequence IS 'The step that erased it: see erasure.';

CREATE OR REPLACE VIEW resident_current AS
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
 WHERE r.status NOT IN ('superseded', 'erased');

COMMENT ON VIEW resident_current IS 'Everybody as they are known now, without those who were merged away, whose applications were all withdrawn, or who were erased.';

CREATE OR REPLACE VIEW resident_masked WITH (security_barrier) AS
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
 WHERE r.status NOT IN ('superseded', 'erased');

COMMENT ON TABLE resident IS 'One row per resident ever recognised: the golden record. Never deleted; one that was merged away keeps redirect_to, one that was erased its id.';
COMMENT ON COLUMN resident.status IS 'active; provisional while a review is open; superseded: see redirect_to; erased: no value of the person is left, see erasure.';
COMMENT ON COLUMN resident_history.golden IS 'The golden record in this state: the fields that had a value; none once the resident or one of its applications is erased.';
COMMENT ON COLUMN application.status IS 'loaded: belongs to resident_id; rejected; held: waits for a correction or decision; withdrawn; erased with resident_id, see erasure.';
COMMENT ON COLUMN application.event IS 'The event exactly as published (Avro single-object encoding): what was written on the form, never overwritten. `intakectl application show` prints it. Of an erased application: the event without anything that was written about the person.';
COMMENT ON COLUMN held_event.entry IS 'The entry exactly as logged (Avro single-object encoding); empty once the application is erased.';
COMMENT ON COLUMN dead_letter.value IS 'Its value; of one about somebody who is erased what is left without theirs.';
