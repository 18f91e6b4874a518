-- Identity numbers with history: every number that an application of a resident ever had. New tables and views: no writer
-- is held up.
CREATE TYPE identity_number_kind AS ENUM ('personal', 'old');

CREATE TABLE identity_number (
    application_id uuid,
    kind identity_number_kind,
    number text,
    PRIMARY KEY (application_id, kind, number)
);

CREATE INDEX identity_number_number ON identity_number (number);

-- What is there already: the number in force stands for the applications of its resident, earlier ones are in its history.
INSERT INTO identity_number
SELECT DISTINCT member, kind::identity_number_kind, number
  FROM (SELECT members, personal_number, old_number FROM resident
         UNION ALL
        SELECT members, golden ->> 'personal_number', golden ->> 'old_number' FROM resident_history) AS state
 CROSS JOIN LATERAL (VALUES ('personal', personal_number), ('old', old_number)) AS has (kind, number)
 CROSS JOIN LATERAL unnest(members) AS member
 WHERE number IS NOT NULL AND cardinality(members) = 1;

COMMENT ON TABLE identity_number IS 'Every identity number that a loaded application had in one of its revisions or by a verification. See resident_number for whose it is.';
COMMENT ON COLUMN identity_number.application_id IS 'The application.';
COMMENT ON COLUMN identity_number.kind IS 'personal: personal identification number, 12 digits; old: number of the former identity card (CMND), 9 digits.';
COMMENT ON COLUMN identity_number.number IS 'The number, normalised. Personal data.';
COMMENT ON INDEX identity_number_number IS 'Who has or had a number.';

CREATE VIEW resident_number AS
SELECT a.resident_id, n.kind, n.number, n.application_id, a.captured_at,
       n.number = CASE n.kind WHEN 'personal' THEN r.personal_number ELSE r.old_number END AS in_force
  FROM identity_number n
  JOIN application a USING (application_id)
  JOIN resident r ON r.resident_id = a.resident_id;

COMMENT ON VIEW resident_number IS 'Every identity number that a resident has or had, by the application that says so.';
COMMENT ON COLUMN resident_number.resident_id IS 'The resident that the application belongs to now.';
COMMENT ON COLUMN resident_number.kind IS 'personal: personal identification number, 12 digits; old: number of the former identity card (CMND), 9 digits.';
COMMENT ON COLUMN resident_number.number IS 'The number, normalised. Personal data.';
COMMENT ON COLUMN resident_number.application_id IS 'The application.';
COMMENT ON COLUMN resident_number.captured_at IS 'When its revision in force was taken, by the node''s clock.';
COMMENT ON COLUMN resident_number.in_force IS 'Whether it is the one that the golden record has.';
