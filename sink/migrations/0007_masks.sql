-- What may be shown of a value to those who may not see the person: enough to tell two people apart who are
-- looked at together, too little to find one. Functions lock no table.

CREATE FUNCTION mask_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(name, '(\S)\S*', '\1.', 'g');

COMMENT ON FUNCTION mask_name(text) IS 'A name''s initials. Example: Lò Văn Pâng becomes L. V. P.';

CREATE FUNCTION mask_number(number text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN char_length(number) < 7 THEN '•••' ELSE '•••' || right(number, 3) END;

COMMENT ON FUNCTION mask_number(text) IS 'The last three characters of an identity, household or phone number; none of one shorter than seven. Example: 011087001234 becomes •••234';

CREATE FUNCTION mask_date(date text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN COALESCE(substring(date FROM '(?<!\d)(?:1[89]|20)\d\d(?!\d)'), '••••');

COMMENT ON FUNCTION mask_date(text) IS 'The year of a date as it was written, 1800 to 2099; dots where no year stands. Example: 1987-09-05 and 05/09/1987 become 1987';
