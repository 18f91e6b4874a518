-- The register: who is who, and from which applications we know it. Written by intake-sink alone.
-- No table refers to another by a foreign key: a row and what it refers to travel in different
-- partitions and may be loaded in either order.

CREATE TYPE resident_status AS ENUM ('active', 'provisional', 'superseded');
CREATE TYPE application_status AS ENUM ('loaded', 'rejected', 'held', 'withdrawn');

CREATE TABLE resident (
    resident_id uuid PRIMARY KEY,
    sequence bigint NOT NULL,
    status resident_status NOT NULL,
    redirect_to uuid,
    full_name text,
    surname text,
    middle_name text,
    given_name text,
    other_name text,
    date_of_birth text,
    sex text,
    personal_number text,
    old_number text,
    old_number_issued_on text,
    old_number_issued_at text,
    passport_number text,
    nationality text,
    ethnicity text,
    religion text,
    marital_status text,
    blood_type text,
    birth_place text,
    birth_province text,
    birth_commune text,
    home_town text,
    home_commune text,
    permanent_address text,
    permanent_commune text,
    current_address text,
    current_commune text,
    phone text,
    email text,
    education text,
    occupation text,
    workplace text,
    household_number text,
    household_head_name text,
    household_head_number text,
    relationship_to_head text,
    father_name text,
    father_number text,
    father_date_of_birth text,
    mother_name text,
    mother_number text,
    mother_date_of_birth text,
    spouse_name text,
    spouse_number text,
    guardian_name text,
    guardian_number text,
    folded_name text NOT NULL,
    stage smallint NOT NULL CHECK (stage BETWEEN 0 AND 3),
    members uuid[] NOT NULL,
    provenance json NOT NULL,
    last_event uuid NOT NULL
) WITH (fillfactor = 90);

CREATE INDEX resident_personal_number ON resident (personal_number) WHERE personal_number IS NOT NULL;
CREATE INDEX resident_name_birth ON resident (folded_name, date_of_birth);
CREATE INDEX resident_commune ON resident (permanent_commune, current_commune);

COMMENT ON TABLE resident IS 'One row per resident ever recognised: the golden record. Never deleted; one that was merged away keeps redirect_to.';
COMMENT ON COLUMN resident.resident_id IS 'Derived from the event that first named the person.';
COMMENT ON COLUMN resident.sequence IS 'Step of match that made this state; a higher one replaces a lower one.';
COMMENT ON COLUMN resident.status IS 'active; provisional while a review is open; superseded: see redirect_to.';
COMMENT ON COLUMN resident.redirect_to IS 'The resident that took this one''s place, for ever.';
COMMENT ON COLUMN resident.full_name IS 'Golden, normalised value. Form: Family, middle and given name in one field. Example: Lò Văn Pâng';
COMMENT ON COLUMN resident.surname IS 'Golden, normalised value. Form: Family name, where the form has three fields. Example: Lò';
COMMENT ON COLUMN resident.middle_name IS 'Golden, normalised value. Form: Middle name or names. Example: Văn';
COMMENT ON COLUMN resident.given_name IS 'Golden, normalised value. Form: Given name. Example: Pâng';
COMMENT ON COLUMN resident.other_name IS 'Golden, normalised value. Form: Another name the person is known by';
COMMENT ON COLUMN resident.date_of_birth IS 'Golden, normalised value. Form: As written; day first. Example: 05/09/1987, 1950, tháng 6 năm 1950';
COMMENT ON COLUMN resident.sex IS 'Golden, normalised value. Form: As written. Example: Nam, Nữ';
COMMENT ON COLUMN resident.personal_number IS 'Golden, normalised value. Form: 12-digit personal identification number. Example: 011087001234';
COMMENT ON COLUMN resident.old_number IS 'Golden, normalised value. Form: Number of the former identity card (CMND), 9 digits. Example: 040123456';
COMMENT ON COLUMN resident.old_number_issued_on IS 'Golden, normalised value. Form: Date of issue of the former card. Example: 12/03/2009';
COMMENT ON COLUMN resident.old_number_issued_at IS 'Golden, normalised value. Form: Authority that issued the former card. Example: CA Điện Biên';
COMMENT ON COLUMN resident.passport_number IS 'Golden, normalised value. Form: Example: B1234567';
COMMENT ON COLUMN resident.nationality IS 'Golden, normalised value. Form: Example: Việt Nam';
COMMENT ON COLUMN resident.ethnicity IS 'Golden, normalised value. Form: Example: Thái';
COMMENT ON COLUMN resident.religion IS 'Golden, normalised value. Form: Example: Không';
COMMENT ON COLUMN resident.marital_status IS 'Golden, normalised value. Form: Example: Đã kết hôn';
COMMENT ON COLUMN resident.blood_type IS 'Golden, normalised value. Form: Example: O';
COMMENT ON COLUMN resident.birth_place IS 'Golden, normalised value. Form: Place of birth in words';
COMMENT ON COLUMN resident.birth_province IS 'Golden, normalised value. Form: Province where the birth was registered: code or name. Example: 11';
COMMENT ON COLUMN resident.birth_commune IS 'Golden, normalised value. Form: Commune where the birth was registered: code or name. Example: 03127';
COMMENT ON COLUMN resident.home_town IS 'Golden, normalised value. Form: Place of origin (quê quán) in words';
COMMENT ON COLUMN resident.home_commune IS 'Golden, normalised value. Form: Commune of origin: code or name';
COMMENT ON COLUMN resident.permanent_address IS 'Golden, normalised value. Form: Place of permanent residence in words';
COMMENT ON COLUMN resident.permanent_commune IS 'Golden, normalised value. Form: Commune of permanent residence: code or name';
COMMENT ON COLUMN resident.current_address IS 'Golden, normalised value. Form: Present place of residence in words';
COMMENT ON COLUMN resident.current_commune IS 'Golden, normalised value. Form: Commune of present residence: code or name';
COMMENT ON COLUMN resident.phone IS 'Golden, normalised value. Form: Example: 0912 345 678';
COMMENT ON COLUMN resident.email IS 'Golden, normalised value. Form: E-mail address';
COMMENT ON COLUMN resident.education IS 'Golden, normalised value. Form: Level of education. Example: 9/12';
COMMENT ON COLUMN resident.occupation IS 'Golden, normalised value. Form: Example: Làm ruộng';
COMMENT ON COLUMN resident.workplace IS 'Golden, normalised value. Form: Place of work or study';
COMMENT ON COLUMN resident.household_number IS 'Golden, normalised value. Form: Number of the household register';
COMMENT ON COLUMN resident.household_head_name IS 'Golden, normalised value. Form: Name of the head of the household';
COMMENT ON COLUMN resident.household_head_number IS 'Golden, normalised value. Form: Personal number of the head of the household';
COMMENT ON COLUMN resident.relationship_to_head IS 'Golden, normalised value. Form: Example: Con';
COMMENT ON COLUMN resident.father_name IS 'Golden, normalised value. Form: Father''s full name';
COMMENT ON COLUMN resident.father_number IS 'Golden, normalised value. Form: Father''s personal number';
COMMENT ON COLUMN resident.father_date_of_birth IS 'Golden, normalised value. Form: Father''s date of birth, as written';
COMMENT ON COLUMN resident.mother_name IS 'Golden, normalised value. Form: Mother''s full name';
COMMENT ON COLUMN resident.mother_number IS 'Golden, normalised value. Form: Mother''s personal number';
COMMENT ON COLUMN resident.mother_date_of_birth IS 'Golden, normalised value. Form: Mother''s date of birth, as written';
COMMENT ON COLUMN resident.spouse_name IS 'Golden, normalised value. Form: Spouse''s full name';
COMMENT ON COLUMN resident.spouse_number IS 'Golden, normalised value. Form: Spouse''s personal number';
COMMENT ON COLUMN resident.guardian_name IS 'Golden, normalised value. Form: Guardian''s or lawful representative''s full name';
COMMENT ON COLUMN resident.guardian_number IS 'Golden, normalised value. Form: Guardian''s personal number';
COMMENT ON COLUMN resident.folded_name IS 'full_name without tones and marks, in lower case, for searching.';
COMMENT ON COLUMN resident.stage IS 'Highest verification stage among the members, 0 to 3.';
COMMENT ON COLUMN resident.members IS 'Applications that make up this resident, in the order of their first step.';
COMMENT ON COLUMN resident.provenance IS 'Which application each golden value comes from: [{application_id, revision, fields}], the main source first; its fields are empty, meaning all that no other names.';
COMMENT ON COLUMN resident.last_event IS 'The event that caused this state.';

CREATE TABLE resident_history (
    resident_id uuid,
    sequence bigint,
    status resident_status NOT NULL,
    redirect_to uuid,
    golden json NOT NULL,
    stage smallint NOT NULL CHECK (stage BETWEEN 0 AND 3),
    members uuid[] NOT NULL,
    provenance json NOT NULL,
    last_event uuid NOT NULL,
    PRIMARY KEY (resident_id, sequence)
);

COMMENT ON TABLE resident_history IS 'Every state of a resident after its first one. The first one is what its first member says: see application.';
COMMENT ON COLUMN resident_history.resident_id IS 'The resident.';
COMMENT ON COLUMN resident_history.sequence IS 'Step of match that made this state; intake_event has its times.';
COMMENT ON COLUMN resident_history.status IS 'Standing in this state.';
COMMENT ON COLUMN resident_history.redirect_to IS 'The resident that took this one''s place, in this state.';
COMMENT ON COLUMN resident_history.golden IS 'The golden record in this state: the fields that had a value.';
COMMENT ON COLUMN resident_history.stage IS 'Highest verification stage in this state.';
COMMENT ON COLUMN resident_history.members IS 'Applications in this state.';
COMMENT ON COLUMN resident_history.provenance IS 'As resident.provenance, in this state.';
COMMENT ON COLUMN resident_history.last_event IS 'The event that caused this state.';

CREATE TABLE application (
    application_id uuid PRIMARY KEY,
    sequence bigint NOT NULL,
    revision integer NOT NULL,
    status application_status NOT NULL,
    stage smallint NOT NULL CHECK (stage BETWEEN 0 AND 3),
    resident_id uuid,
    event_id uuid NOT NULL,
    node_id text NOT NULL,
    form_id text NOT NULL,
    form_version text NOT NULL,
    channel text NOT NULL,
    service text NOT NULL,
    commune text,
    village text,
    team text,
    reference text,
    captured_at timestamptz NOT NULL,
    appended_at timestamptz NOT NULL,
    ruleset text NOT NULL,
    changes json,
    findings jsonb,
    verifications json,
    event bytea NOT NULL
) WITH (fillfactor = 95);

CREATE INDEX application_resident ON application (resident_id) WHERE resident_id IS NOT NULL;

COMMENT ON TABLE application IS 'One row per application: the revision in force and what became of it.';
COMMENT ON COLUMN application.application_id IS 'The application.';
COMMENT ON COLUMN application.sequence IS 'Step of match that made this state; a higher one replaces a lower one.';
COMMENT ON COLUMN application.revision IS 'The revision in force: 1, 2, 3 …';
COMMENT ON COLUMN application.status IS 'loaded: belongs to resident_id; rejected; held: waits for a correction or decision; withdrawn.';
COMMENT ON COLUMN application.stage IS 'Highest verification stage recorded, 0 to 3.';
COMMENT ON COLUMN application.resident_id IS 'The resident it belongs to, when loaded.';
COMMENT ON COLUMN application.event_id IS 'The event that brought this revision.';
COMMENT ON COLUMN application.node_id IS 'The intake node that took it.';
COMMENT ON COLUMN application.form_id IS 'Form by its official id.';
COMMENT ON COLUMN application.form_version IS 'Version of the form.';
COMMENT ON COLUMN application.channel IS 'Where it was taken: mobile_team, commune_office, home_visit, ward_desk.';
COMMENT ON COLUMN application.service IS 'What is applied for: first_issue, reissue, change, residence, supplement.';
COMMENT ON COLUMN application.commune IS 'Code of the commune where it was taken.';
COMMENT ON COLUMN application.village IS 'Village where it was taken.';
COMMENT ON COLUMN application.team IS 'Team that took it.';
COMMENT ON COLUMN application.reference IS 'The office''s own dossier code.';
COMMENT ON COLUMN application.captured_at IS 'When the clerk took it, by the node''s clock; infinite outside the years 1 to 9999.';
COMMENT ON COLUMN application.appended_at IS 'When the broker appended the event to its province''s topic.';
COMMENT ON COLUMN application.ruleset IS 'Rules that normalised it.';
COMMENT ON COLUMN application.changes IS 'Normalised values that differ from the written ones: [{field, value, rule}]; null when none.';
COMMENT ON COLUMN application.findings IS 'What the rules found: [{code, field, severity}]; null when nothing.';
COMMENT ON COLUMN application.verifications IS 'Verified fields, the highest stage for each: [{field, stage, finding, value}]; null when none.';
COMMENT ON COLUMN application.event IS 'The event exactly as published (Avro single-object encoding): what was written on the form, never overwritten. `intakectl application show` prints it.';

CREATE TABLE match_edge (
    left_id uuid,
    right_id uuid,
    sequence bigint NOT NULL,
    rule text NOT NULL,
    weight_millibits bigint NOT NULL,
    accepted boolean NOT NULL,
    PRIMARY KEY (left_id, right_id)
);

COMMENT ON TABLE match_edge IS 'Why two applications are the same person. Edges are the truth, residents follow from them.';
COMMENT ON COLUMN match_edge.left_id IS 'The application that came first.';
COMMENT ON COLUMN match_edge.right_id IS 'The other application.';
COMMENT ON COLUMN match_edge.sequence IS 'Step of match that made this state; a higher one replaces a lower one.';
COMMENT ON COLUMN match_edge.rule IS 'The rule that linked them.';
COMMENT ON COLUMN match_edge.weight_millibits IS 'Weight of the evidence in thousandths of a bit.';
COMMENT ON COLUMN match_edge.accepted IS 'In force.';
