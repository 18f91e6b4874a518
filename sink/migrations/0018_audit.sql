-- What people did that somebody must answer for, in a chain of hashes. A new table, written by operate: nobody waits for it.
CREATE TABLE audit (
    number bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    who text NOT NULL,
    action text NOT NULL CHECK (action ~ '^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)+$'),
    about text NOT NULL CHECK (length(about) <= 4000),
    reason text NOT NULL CHECK (reason ~ '\S' AND length(reason) <= 1000),
    result text NOT NULL CHECK (length(result) <= 1000),
    previous bytea NOT NULL CHECK (octet_length(previous) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

COMMENT ON TABLE audit IS 'What people did, in the order in which it was written. Rows are added, never changed; `intakectl audit check` finds one that was.';
COMMENT ON COLUMN audit.number IS '1, 2, 3 … without holes.';
COMMENT ON COLUMN audit.at IS 'When, by the database''s clock.';
COMMENT ON COLUMN audit.who IS 'The session user, whom only the database may set.';
COMMENT ON COLUMN audit.action IS 'What was done, such as resident.unmask.';
COMMENT ON COLUMN audit.about IS 'Whom or what it was done to: ids, never values of a person.';
COMMENT ON COLUMN audit.reason IS 'Why, without personal details.';
COMMENT ON COLUMN audit.result IS 'What became of it.';
COMMENT ON COLUMN audit.previous IS 'Hash of the row before; zeros in the first.';
COMMENT ON COLUMN audit.hash IS 'SHA-256 of previous, then of number, microseconds since 1970, who, action, about, reason and result, each as its length in bytes of UTF-8, a colon, and itself.';

-- Number, time, person and hashes are the database's, whatever the statement says. It runs as the owner, as who
-- writes need not be allowed to read; the session user stays who is logged in. Writers take turns, so that a row
-- follows the one before it.
CREATE FUNCTION audit_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    field text;
    bytes bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(TG_RELID::bigint);
    SELECT last.number + 1, last.hash INTO NEW.number, NEW.previous FROM audit last ORDER BY last.number DESC LIMIT 1;
    IF NOT FOUND THEN
        NEW.number := 1;
        NEW.previous := decode(repeat('00', 32), 'hex');
    END IF;
    NEW.at := clock_timestamp();
    NEW.who := session_user;
    bytes := NEW.previous;
    FOREACH field IN ARRAY ARRAY[NEW.number::text, (extract(epoch FROM NEW.at) * 1000000)::bigint::text, NEW.who,
                                 NEW.action, NEW.about, NEW.reason, NEW.result] LOOP
        bytes := bytes || convert_to(octet_length(convert_to(field, 'UTF8')) || ':' || field, 'UTF8');
    END LOOP;
    NEW.hash := sha256(bytes);
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION audit_chain() IS 'Puts a row of audit behind the last one.';

CREATE FUNCTION audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit is never changed' USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION audit_is_final() IS 'Refuses what would change a row of audit.';

CREATE TRIGGER audit_chain BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_chain();
CREATE TRIGGER audit_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final();
