-- What a problem is on the wire: SQLSTATE, message, detail, hint, column.
RESET ROLE;
CREATE FUNCTION test.wire(statement text)
RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    v_state text; v_message text; v_detail text; v_hint text; v_column text;
BEGIN
    EXECUTE wire.statement;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL,
        v_hint = PG_EXCEPTION_HINT, v_column = COLUMN_NAME;
    RETURN ARRAY[v_state, v_message, v_detail, v_hint, v_column];
END;
$$;
SELECT test.become_member(1);
SELECT test.equals(w.statement, test.wire(w.statement), w.wire)
FROM (VALUES
    ($$SELECT api.fail('not_found')$$,                                           '{PT404,not_found,"","",""}'::text[]),
    ($$SELECT api.fail('conflict', 'Taken.')$$,                                  '{PT409,conflict,Taken.,"",""}'),
    ($$SELECT api.fail('PROMOTION_BLOCKED', 'A gate is shut.')$$,                '{PT422,PROMOTION_BLOCKED,A gate is shut.,"",""}'),
    ($$SELECT api.fail('gone', 'Gone.', 410, 'id', 'Ask another.')$$,            '{PT410,gone,Gone.,Ask another.,id}'),
    ($$SELECT api.invalid(('a', 'b', 'c')::api.fault, NULL, ('d', 'e', 'f')::api.fault)$$, ARRAY['PT400', 'invalid', '[{"field" : "a", "code" : "b", "message" : "c"}, {"field" : "d", "code" : "e", "message" : "f"}]', '', '']),
    ($$SELECT api.invalid(NULL::api.fault)$$,                                    NULL)
) AS w (statement, wire);
