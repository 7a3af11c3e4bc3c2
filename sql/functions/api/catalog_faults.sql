-- Requires: functions/api/template_fault.sql
-- What is wrong with the catalog. A migration ends with none, and a server does not load a catalog that has any.
--
-- Role:    pgserver
-- Definer: lends the server the reading of the catalog
-- Returns: a sentence for each fault, naming the route or dialect
CREATE OR REPLACE FUNCTION api.catalog_faults()
RETURNS SETOF text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    -- Routes and their functions.
    RETURN QUERY
    SELECT format('%s %s: ', r.method, r.path) || f.fault
    FROM api.catalog_routes() AS r
    JOIN api.routes AS d ON d.route_id = r.route_id
    LEFT JOIN pg_catalog.pg_proc AS p ON p.oid = to_regproc(nullif(r.call_name, ''))
    CROSS JOIN LATERAL (
        SELECT count(*) AS signatures FROM pg_catalog.pg_proc AS s
        JOIN pg_catalog.pg_namespace AS n ON n.oid = s.pronamespace
        WHERE format('%I.%I', n.nspname, s.proname) = r.call_name
    ) AS c
    CROSS JOIN LATERAL (
        SELECT format('function %s does not exist.', r.call_name) WHERE c.signatures = 0 AND r.kind <> 'metrics'
        UNION ALL
        SELECT format('function %s has %s signatures; an endpoint needs one.', r.call_name, c.signatures)
        WHERE c.signatures > 1
        UNION ALL
        SELECT format(CASE r.kind
                WHEN 'stream' THEN 'function %s returns %s; a stream returns api.subscription.'
                ELSE 'function %s returns %s; an endpoint returns json, jsonb, text, bytea, void, api.page or api.reply.'
            END, r.call_name, p.prorettype::regtype)
        WHERE p.oid IS NOT NULL AND (r.returns IS NULL OR p.proretset)
        UNION ALL
        SELECT format('function %s is no plain function of input parameters that all have names.', r.call_name)
        WHERE p.oid IS NOT NULL AND (p.prokind <> 'f' OR p.provariadic <> 0 OR p.proargmodes IS NOT NULL
            OR (p.pronargs > 0 AND (p.proargnames IS NULL OR '' = ANY (p.proargnames))))
        UNION ALL
        SELECT format('function %s is VOLATILE; a GET route needs a STABLE one.', r.call_name)
        WHERE r.method = 'GET' AND p.provolatile = 'v'
        UNION ALL
        SELECT format('function %s lends its owner''s rights but has no SET search_path.', r.call_name)
        WHERE p.prosecdef AND NOT COALESCE(p.proconfig::text ~ '[{,"]search_path=', false)
        UNION ALL
        SELECT format('role %s may not execute %s.', g.role, r.call_name)
        FROM (VALUES ('anon', r.auth IN ('none', 'optional')), ('member', r.auth IN ('required', 'optional')))
            AS g (role, is_used)
        WHERE g.is_used AND p.oid IS NOT NULL
          AND NOT (has_function_privilege(g.role, p.oid, 'EXECUTE')
                   AND has_schema_privilege(g.role, p.pronamespace, 'USAGE'))
        UNION ALL
        SELECT format('PUBLIC may execute %s.', r.call_name)
        WHERE EXISTS (
            SELECT FROM aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) AS a
            WHERE a.grantee = 0 AND p.oid IS NOT NULL)
        UNION ALL
        SELECT format('function %s has no comment to describe the endpoint by.', r.call_name)
        WHERE p.oid IS NOT NULL AND r.summary IS NULL
        UNION ALL
        SELECT 'the path is not written /a/{b}/c, with {rest...} last if at all.'
        WHERE r.path !~ '^(/|(/([A-Za-z0-9._~:@!$&''()*+,;=%-]|\{[a-z_][a-z0-9_]*\})+)+|((/([A-Za-z0-9._~:@!$&''()*+,;=%-]|\{[a-z_][a-z0-9_]*\})+)*/\{[a-z_][a-z0-9_]*\.\.\.\}))$'
        UNION ALL
        SELECT format('path parameter {%s} is no parameter of %s.', m.name[1], r.call_name)
        FROM regexp_matches(r.path, '\{([a-z_0-9]+)(?:\.\.\.)?\}', 'g') AS m (name)
        WHERE p.oid IS NOT NULL AND NOT EXISTS (
            SELECT FROM api.catalog_parameters() AS a
            WHERE a.route_id = r.route_id AND a.source = 'path' AND a.source_name = m.name[1])
        UNION ALL
        SELECT format('sources names %s, which is no parameter of %s.', s.name, r.call_name)
        FROM jsonb_object_keys(d.sources) AS s (name)
        WHERE p.oid IS NOT NULL AND NOT COALESCE(s.name = ANY (p.proargnames), false)
        UNION ALL
        SELECT format('parameter %s has the source "%s", which is none.', s.key, s.value)
        FROM jsonb_each_text(d.sources) AS s
        WHERE s.value !~ '^((path|query|body)(:.+)?|header:[A-Za-z0-9-]+|whole_body|server:(state|upload))$'
        UNION ALL
        SELECT format('parameter %s reads {%s}, which the path does not have.', a.name, a.source_name)
        FROM api.catalog_parameters() AS a
        WHERE a.route_id = r.route_id AND a.source = 'path'
          AND r.path !~ ('\{' || a.source_name || '(\.\.\.)?\}')
        UNION ALL
        SELECT 'one parameter takes the whole body, others its fields.'
        WHERE (SELECT count(*) FILTER (WHERE a.source = 'whole_body') > 0 AND count(*) > 1
               FROM api.catalog_parameters() AS a
               WHERE a.route_id = r.route_id AND a.source IN ('body', 'whole_body'))
        UNION ALL
        SELECT format('dialect %s does not exist.', r.dialect)
        WHERE NOT EXISTS (SELECT FROM api.dialects AS x WHERE x.dialect = r.dialect)
        UNION ALL
        SELECT format('dialect %s has no rate policy for class %s.', r.dialect, r.rate_class)
        WHERE r.rate_class IS NOT NULL AND NOT EXISTS (
            SELECT FROM api.catalog_rate_policies() AS x
            WHERE x.dialect = r.dialect AND x.rate_class = r.rate_class)
        UNION ALL
        SELECT format('no role carries permission %s.', r.permission)
        WHERE r.permission <> 'superuser' AND NOT EXISTS (
            SELECT FROM auth.role_permissions AS x WHERE x.permission = r.permission)
        UNION ALL
        SELECT 'a function without a result needs status 204.'
        WHERE r.returns = 'void' AND r.success_status <> 204
        UNION ALL
        SELECT format('function %s(jsonb, integer, bytea) RETURNS void, which takes its body, does not exist.', r.chunk_call)
        WHERE r.chunk_call IS NOT NULL AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_proc AS k
            WHERE k.oid = to_regprocedure(r.chunk_call || '(jsonb, integer, bytea)')
                AND k.prorettype = 'void'::regtype AND has_function_privilege('member', k.oid, 'EXECUTE')
                AND (NOT k.prosecdef OR k.proconfig::text ~ '[{,"]search_path='))
        UNION ALL
        SELECT 'a body that is streamed is sent by somebody signed in with POST or PUT, and the ticket is json or jsonb.'
        WHERE r.chunk_call IS NOT NULL AND NOT (
            r.method IN ('POST', 'PUT') AND r.auth = 'required' AND COALESCE(r.returns IN ('json', 'jsonb'), false))
        UNION ALL
        SELECT 'a body that is streamed is told of in the parameter upload, jsonb and NULL by default; no other reads the body.'
        WHERE r.chunk_call IS NOT NULL AND NOT COALESCE((
            SELECT bool_and(a.source NOT IN ('body', 'whole_body')) AND count(*) FILTER (
                WHERE a.source = 'server' AND a.source_name = 'upload' AND a.sql_type = 'jsonb' AND a.is_nullable) = 1
            FROM api.catalog_parameters() AS a WHERE a.route_id = r.route_id), false)
        UNION ALL
        SELECT format('its %s template %s.', t.use, api.template_fault(t.template, t.use))
        FROM (VALUES ('success', r.success_template), ('page', r.page_template), ('unavailable', r.unavailable_template))
            AS t (use, template)
        WHERE api.template_fault(t.template, t.use) IS NOT NULL
    ) AS f (fault)
    ORDER BY r.path, r.method, f.fault;

    -- Two routes that the same request would fit.
    RETURN QUERY
    SELECT format('%s %s and %s differ only in the names of their parameters.', a.method, a.path, b.path)
    FROM api.routes AS a
    JOIN api.routes AS b
        ON b.method = a.method AND b.path > a.path
       AND regexp_replace(b.path, '\{[a-z_0-9]+', '{', 'g') = regexp_replace(a.path, '\{[a-z_0-9]+', '{', 'g');

    -- Streams: what they have besides a route.
    RETURN QUERY
    SELECT format('%s %s: ', r.method, r.path) || f.fault
    FROM api.catalog_streams() AS s
    JOIN api.catalog_routes() AS r ON r.route_id = s.route_id
    CROSS JOIN LATERAL (
        SELECT COALESCE(s.frame, s.state) AS call_name, s.frame IS NOT NULL AS is_frame
    ) AS c
    LEFT JOIN pg_catalog.pg_proc AS p ON p.oid = to_regprocedure(
        c.call_name || CASE WHEN c.is_frame THEN '(core.event_log)' ELSE '()' END)
    CROSS JOIN LATERAL (
        SELECT 'a stream is read with GET.' WHERE r.method <> 'GET'
        UNION ALL
        SELECT format('function %s%s, which makes its %s, does not exist.', c.call_name,
            CASE WHEN c.is_frame THEN '(core.event_log)' ELSE '()' END,
            CASE WHEN c.is_frame THEN 'frames' ELSE 'states' END)
        WHERE p.oid IS NULL
        UNION ALL
        SELECT format('function %s returns %s; what is sent is json.', c.call_name, p.prorettype::regtype)
        WHERE p.oid IS NOT NULL AND (p.prorettype <> 'json'::regtype OR p.proretset OR p.prokind <> 'f')
        UNION ALL
        SELECT format('function %s is VOLATILE; what is sent is made by a STABLE one.', c.call_name)
        WHERE p.provolatile = 'v'
        UNION ALL
        SELECT format('function %s lends its owner''s rights but has no SET search_path.', c.call_name)
        WHERE p.prosecdef AND NOT COALESCE(p.proconfig::text ~ '[{,"]search_path=', false)
        UNION ALL
        SELECT format('role %s may not execute %s.', g.role, c.call_name)
        FROM (VALUES ('member', true), ('pgserver_owner', c.is_frame)) AS g (role, is_used)
        WHERE g.is_used AND p.oid IS NOT NULL
          AND NOT (has_function_privilege(g.role, p.oid, 'EXECUTE')
                   AND has_schema_privilege(g.role, p.pronamespace, 'USAGE'))
        UNION ALL
        SELECT format('PUBLIC may execute %s.', c.call_name)
        WHERE EXISTS (
            SELECT FROM aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) AS a
            WHERE a.grantee = 0 AND p.oid IS NOT NULL)
        UNION ALL
        SELECT format('function %s has no comment.', c.call_name)
        WHERE p.oid IS NOT NULL AND pg_catalog.obj_description(p.oid, 'pg_proc') IS NULL
        UNION ALL
        SELECT format('dialect %s has no stream limit for class %s.', r.dialect, s.stream_class)
        WHERE s.stream_class IS NOT NULL AND NOT EXISTS (
            SELECT FROM api.catalog_stream_limits() AS l
            WHERE l.dialect = r.dialect AND l.stream_class = s.stream_class)
        UNION ALL
        SELECT format('%s carries its credential and is a parameter of %s too.', s.token_param, r.call_name)
        WHERE EXISTS (
            SELECT FROM api.catalog_parameters() AS a
            WHERE a.route_id = s.route_id AND a.source = 'query' AND a.source_name = s.token_param)
        UNION ALL
        SELECT format('its %s template %s.', t.use, api.template_fault(t.template, t.use))
        FROM (VALUES ('heartbeat', s.heartbeat_template), ('stream_error', s.error_template), ('lost', s.lost_template))
            AS t (use, template)
        WHERE api.template_fault(t.template, t.use) IS NOT NULL
    ) AS f (fault)
    ORDER BY r.path, f.fault;

    RETURN QUERY
    SELECT DISTINCT format('Stream class %s of dialect %s: there is no such dialect.', l.stream_class, l.dialect)
    FROM core.stream_limits AS l
    WHERE NOT EXISTS (SELECT FROM api.dialects AS d WHERE d.dialect = l.dialect);

    -- Topics, and the tables whose every write would fail without theirs.
    RETURN QUERY
    SELECT format('Topic %s: no role carries permission %s.', t.topic, t.permission)
    FROM core.topics AS t
    WHERE t.permission <> 'superuser' AND NOT EXISTS (
        SELECT FROM auth.role_permissions AS x WHERE x.permission = t.permission);

    -- The triggers of core.observe(), whose arguments are topic and columns.
    RETURN QUERY
    WITH observers AS (
        SELECT g.tgrelid::regclass AS observed, string_to_array(encode(g.tgargs, 'escape'), '\000') AS arguments
        FROM pg_catalog.pg_trigger AS g
        JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid
        WHERE p.pronamespace = 'core'::regnamespace AND p.proname LIKE 'observe\_%'
    )
    SELECT format('Table %s is observed for topic %s, which is not declared.', o.observed, o.arguments[1])
    FROM observers AS o
    WHERE NOT EXISTS (SELECT FROM core.topics AS t WHERE t.topic = o.arguments[1])
    UNION
    SELECT format('Table %s is observed with column %s, which it does not have: observe it anew.', o.observed, c.name)
    FROM observers AS o
    CROSS JOIN LATERAL unnest(o.arguments[2]::text[]) AS c (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = o.observed AND a.attname = c.name AND NOT a.attisdropped);

    -- Dialects.
    RETURN QUERY
    SELECT format('Dialect %s: ', d.dialect) || f.fault
    FROM api.dialects AS d
    CROSS JOIN LATERAL (
        SELECT format('it says nothing for %s.', c.code)
        FROM api.internal_codes() AS c
        WHERE NOT EXISTS (
            SELECT FROM api.catalog_problems() AS p WHERE p.dialect = d.dialect AND p.code = c.code)
        UNION ALL
        SELECT format('it inherits %s, which does not exist or inherits itself.', d.inherits)
        WHERE d.inherits IS NOT NULL AND NOT EXISTS (
            SELECT FROM api.dialects AS x WHERE x.dialect = d.inherits AND x.inherits IS NULL)
        UNION ALL
        SELECT format('its %s template %s.', t.use, api.template_fault(t.template, t.use))
        FROM (
            VALUES ('success', d.success_template), ('error', d.error_template), ('fault', d.fault_template),
                   ('page', d.page_template)
            UNION ALL
            SELECT 'page_header', h.value FROM jsonb_each_text(d.page_headers) AS h
        ) AS t (use, template)
        WHERE api.template_fault(t.template, t.use) IS NOT NULL
        UNION ALL
        SELECT format('its request id form %s has neither ${uuid} nor ${hex}.', d.request_id_form)
        WHERE d.request_id_form !~ '\$\{(uuid|hex)\}'
        UNION ALL
        SELECT format('setting %s, which opens it, is no boolean setting.', d.auth_setting)
        WHERE d.auth_setting IS NOT NULL AND NOT EXISTS (
            SELECT FROM core.settings AS s WHERE s.name = d.auth_setting AND s.type = 'boolean')
        UNION ALL
        SELECT format('prefix %s belongs to %s too.', x.prefix, o.dialect)
        FROM unnest(d.prefixes) AS x (prefix)
        JOIN api.dialects AS o ON o.dialect > d.dialect AND x.prefix = ANY (o.prefixes)
    ) AS f (fault)
    ORDER BY d.dialect, f.fault;

    RETURN QUERY
    SELECT format('Problem %s of dialect %s: there is no such dialect.', p.code, p.dialect)
    FROM api.problems AS p
    WHERE NOT EXISTS (SELECT FROM api.dialects AS d WHERE d.dialect = p.dialect);

    RETURN QUERY
    SELECT DISTINCT format('Rate class %s of dialect %s: there is no such dialect.', p.rate_class, p.dialect)
    FROM core.rate_policies AS p
    WHERE NOT EXISTS (SELECT FROM api.dialects AS d WHERE d.dialect = p.dialect);

    RETURN QUERY
    SELECT format('Rate class %s of dialect %s: nobody but %s %s has a policy.',
        p.rate_class, p.dialect, min(p.selector_claim), string_agg(p.selector_value, ', ' ORDER BY p.selector_value))
    FROM core.rate_policies AS p
    GROUP BY p.dialect, p.rate_class
    HAVING count(*) FILTER (WHERE p.selector_claim IS NULL) = 0;

    RETURN QUERY
    SELECT f.fault FROM work.job_kind_faults() AS f (fault);

    RETURN QUERY
    SELECT 'No dialect has the prefix /, so a request outside every contract could not be answered.'
    WHERE NOT EXISTS (SELECT FROM api.dialects AS d WHERE '/' = ANY (d.prefixes));
END;
$$;
COMMENT ON FUNCTION api.catalog_faults() IS 'What is wrong with the catalog.';
GRANT EXECUTE ON FUNCTION api.catalog_faults() TO pgserver;
