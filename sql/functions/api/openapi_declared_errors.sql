-- Reads the errors a route declares. Each is a code, a status, or both, and perhaps a sentence, as in
-- '409 orders_reference_key the reference is already used'. A code alone has the status the dialect gives it, or, if it
-- is a constraint's name, that of the violation and the sentence of the constraint's comment.
--
-- Errors: PT500 unknown_error  500  an error has neither a status nor a code known to the dialect
CREATE OR REPLACE FUNCTION api.openapi_declared_errors(dialect text, errors text[])
RETURNS TABLE (status int, code text, sentence text)
LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_error text;
    v_match text[];
BEGIN
    FOREACH v_error IN ARRAY coalesce(errors, '{}') LOOP
        v_match := regexp_match(v_error, '^\s*(?:PT)?([1-5]\d\d)?(?:[\s:]*([A-Za-z_][\w.]*))?\s*(.*)$');
        status := v_match[1];
        code := v_match[2];
        sentence := nullif(v_match[3], '');
        IF status IS NULL THEN
            SELECT min(p.status) INTO status
            FROM api.catalog_problems() AS p
            WHERE p.dialect = openapi_declared_errors.dialect
                AND openapi_declared_errors.code IN (p.code, p.public_code);
        END IF;
        IF status IS NULL OR sentence IS NULL THEN
            SELECT
                coalesce(openapi_declared_errors.status, CASE WHEN p.contype = 'c' THEN 422 WHEN c.name <> '' THEN 409 END),
                coalesce(openapi_declared_errors.sentence, rtrim(c.sentence, '.'))
            INTO status, sentence
            FROM (SELECT 1) AS one
            LEFT JOIN api.catalog_constraints() AS c ON c.name = openapi_declared_errors.code
            LEFT JOIN pg_catalog.pg_constraint AS p ON p.conname = c.name
            LIMIT 1;
        END IF;
        IF status IS NULL THEN
            RAISE EXCEPTION USING
                ERRCODE = 'PT500', MESSAGE = 'unknown_error',
                DETAIL = format(
                    'Dialect %s gives %L no status: declare it as a problem, or write the status before it.',
                    dialect, v_error);
        END IF;
        RETURN NEXT;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION api.openapi_declared_errors(text, text[]) IS 'Reads the errors a route declares.';
