-- What `intake-sink bulk` has dropped and builds again when it is done. A new table: nobody waits for it.
CREATE TABLE set_aside_index (
    name text PRIMARY KEY,
    definition text NOT NULL
);

COMMENT ON TABLE set_aside_index IS 'Secondary indexes that a bulk load has dropped and not built again yet; empty otherwise. `intake-sink bulk` puts them back.';
COMMENT ON COLUMN set_aside_index.name IS 'The index.';
COMMENT ON COLUMN set_aside_index.definition IS 'The statement that builds it.';
