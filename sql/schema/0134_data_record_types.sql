-- What a client is told who declares a kind of record twice.
COMMENT ON CONSTRAINT record_types_pkey ON data.record_types IS 'A kind of record of this name is declared.';
COMMENT ON TABLE data.record_types IS
    'Kinds of record that a tenant has besides the canonical entities, such as flight. Mappings may add fields to one.';
