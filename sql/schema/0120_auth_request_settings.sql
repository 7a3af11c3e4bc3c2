-- What policies ask in every statement, five times cheaper: the form of a uuid is told by LIKE instead of a regular
-- expression (0.8 µs instead of 3.8). Only the server writes these settings, and only with verified uuids or ''.

CREATE OR REPLACE FUNCTION auth.tenant_id()
RETURNS uuid LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE
    WHEN current_setting('request.tenant_id', true) LIKE '________-____-____-____-____________'
    THEN current_setting('request.tenant_id', true)::uuid
END;

CREATE OR REPLACE FUNCTION auth.user_id()
RETURNS uuid LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE
    WHEN current_setting('request.user_id', true) LIKE '________-____-____-____-____________'
    THEN current_setting('request.user_id', true)::uuid
END;

CREATE OR REPLACE FUNCTION auth.session_id()
RETURNS uuid LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE
    WHEN current_setting('request.session_id', true) LIKE '________-____-____-____-____________'
    THEN current_setting('request.session_id', true)::uuid
END;

-- A search path of its own costs a function 13 µs a call. An invoker function can do no more than its caller, and all
-- of ours name everything with its schema; definer functions keep theirs.
DO $$
DECLARE
    v_function regprocedure;
BEGIN
    FOR v_function IN
        SELECT p.oid
        FROM pg_proc AS p
        JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE n.nspowner = 'pgserver_owner'::regrole AND NOT p.prosecdef
          AND p.proconfig::text ~ '[{,"]search_path='
    LOOP
        EXECUTE format('ALTER FUNCTION %s RESET search_path', v_function);
    END LOOP;
END;
$$;
