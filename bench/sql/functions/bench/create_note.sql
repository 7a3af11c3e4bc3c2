-- Records a note about an account of the calling tenant: the insert.
--
-- Role:    member
-- Returns: 201 {note_id, account_id, created_at}
CREATE OR REPLACE FUNCTION bench.create_note(account_id text, text text)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_note json;
BEGIN
    INSERT INTO bench.notes AS n (tenant_id, account_id, body)
    VALUES (auth.tenant_id(), create_note.account_id, create_note.text)
    RETURNING json_build_object('note_id', n.note_id, 'account_id', n.account_id, 'created_at', n.created_at)
    INTO STRICT v_note;
    RETURN v_note;
END;
$$;
COMMENT ON FUNCTION bench.create_note(text, text) IS 'Records a note about an account of the calling tenant.';
GRANT EXECUTE ON FUNCTION bench.create_note(text, text) TO member;
SELECT api.route('POST /notes', 'bench.create_note', rate => 'bench', status => 201);
