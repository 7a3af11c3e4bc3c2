-- Requires: functions/autonomos/cfo_summary.sql
-- Requires: functions/autonomos/coo_summary.sql
-- Requires: functions/autonomos/cro_summary.sql
-- Requires: functions/autonomos/cto_summary.sql
-- Requires: functions/autonomos/trace_id.sql
-- What somebody in this role looks at, computed from the rows of the caller's tenant. A tile without data says so.
--
-- Role:    member
-- Returns: 200 {persona, tiles: [{key, title, value, delta, timeframe, last_updated, href}],
--          table: {title, columns, rows, href}, trace_id}. Before trace_id, only if there are amounts in other
--          currencies than the one shown: left_out: [{domain, shown, currencies}]
-- Errors:  PT400 invalid  400  the persona is missing or none of cto, cro, coo, cfo
CREATE OR REPLACE FUNCTION autonomos.persona_summary(persona data.persona)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_summary CONSTANT json := CASE persona_summary.persona
        WHEN 'cto' THEN autonomos.cto_summary()
        WHEN 'cro' THEN autonomos.cro_summary()
        WHEN 'coo' THEN autonomos.coo_summary()
        ELSE autonomos.cfo_summary()
    END;
BEGIN
    IF json_array_length(v_summary -> 'left_out') > 0 THEN
        RETURN json_build_object(
            'persona', persona_summary.persona,
            'tiles', v_summary -> 'tiles',
            'table', v_summary -> 'table',
            'left_out', v_summary -> 'left_out',
            'trace_id', autonomos.trace_id());
    END IF;
    RETURN json_build_object(
        'persona', persona_summary.persona,
        'tiles', v_summary -> 'tiles',
        'table', v_summary -> 'table',
        'trace_id', autonomos.trace_id());
END;
$$;
COMMENT ON FUNCTION autonomos.persona_summary(data.persona) IS 'What somebody in this role looks at.';
GRANT EXECUTE ON FUNCTION autonomos.persona_summary(data.persona) TO member;
SELECT api.route('GET /nlp/v1/persona/summary', 'autonomos.persona_summary',
    rate => 'read', pool => 'slow', tag => 'NLP',
    returns => '{
        "persona": "cto|cro|coo|cfo",
        "tiles": [{"key": "string", "title": "string", "value": "string", "delta": "string?", "timeframe": "string",
                   "last_updated": "string?", "href": "string"}],
        "table": {"title": "string", "columns": ["string"], "rows": [["string?"]], "href": "string"},
        "left_out?": [{"domain": "finops|sales", "shown": "string", "currencies": ["string"]}],
        "trace_id": "string"
    }',
    errors => '{invalid}');
