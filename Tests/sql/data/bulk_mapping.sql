-- Five bulk mappings of a tenant run at a time, a hundred wait, and a day later they are forgotten.
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status)
SELECT test.tenant(n), test.person(n), 'source', 'Source', 'salesforce', 'salesforce', 'ACTIVE' FROM generate_series(1, 2) AS n;
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
SELECT test.tenant(n), test.person(n), 1, '[
    {"relation": "Contact", "key_columns": ["Id"], "columns": [{"column": "Id", "type": "text"}, {"column": "Email", "type": "text"}]},
    {"relation": "Account", "key_columns": ["Id"], "columns": [{"column": "Id", "type": "text"}, {"column": "Name", "type": "text"}]}]'::jsonb, '\x00'
FROM generate_series(1, 2) AS n;
CREATE FUNCTION test.become_worker(n integer) RETURNS void LANGUAGE sql AS $$
    SELECT set_config('request.tenant_id', test.tenant(n)::text, true), set_config('request.user_id', '', true),
        set_config('request.claims', '', true), set_config('role', 'worker', true)
$$;
GRANT EXECUTE ON FUNCTION test.become_worker(integer) TO PUBLIC;
-- Does what workers would, and counts the steps.
CREATE FUNCTION test.work_off(n integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_job record;
    v_count integer := 0;
BEGIN
    LOOP
        RESET ROLE;
        DELETE FROM work.jobs AS j USING (
            SELECT w.job_id FROM work.jobs AS w WHERE w.tenant_id = test.tenant(n) AND w.kind = 'data.bulk_mapping' ORDER BY w.job_id LIMIT 1
        ) AS w WHERE j.job_id = w.job_id RETURNING j.arguments INTO v_job;
        EXIT WHEN NOT FOUND;
        PERFORM test.become_worker(n);
        PERFORM data.bulk_mapping(v_job.arguments);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END;
$$;

CREATE FUNCTION test.submit() RETURNS uuid LANGUAGE sql AS $$
    SELECT (data.submit_bulk_mapping(jsonb_build_array(jsonb_build_object('connection_id', test.person(2), 'source_relation', 'Contact')))).bulk_mapping_id
$$;

-- Shapes that are refused, each fault named.
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.raises(format('SELECT data.submit_bulk_mapping(%L)', c.mappings), 'PT400', c.field)
FROM (VALUES
    ('[]',                                                                       '"mappings"'),
    ('{}',                                                                       '"mappings"'),
    ('[7]',                                                                      '"mappings"'),
    ('[{}]',                                                                     'mappings[0].connection_id'),
    ('[{"connection_id": "7"}]',                                                 'mappings[0].connection_id'),
    (format('[{"connection_id": "%s", "fields": 7}]', test.person(1)),           'mappings[0].fields'),
    (format('[{"connection_id": "%s", "fields": []}]', test.person(1)),          'mappings[0].entity'),
    (format('[{"connection_id": "%s", "source_relation": 7}]', test.person(1)),  'mappings[0].source_relation'),
    (format('[{"connection_id": "%s", "keeps_extras": 7}]', test.person(1)),     'mappings[0].keeps_extras'),
    (format('[{"connection_id": "%s", "colour": 7}]', test.person(1)),           'mappings[0].colour')
) AS c (mappings, field);
SELECT test.raises($$SELECT data.submit_bulk_mapping((SELECT jsonb_agg('{}'::jsonb) FROM generate_series(1, 1001)))$$, 'PT400', 'mappings');

-- One job: what can be made is made, what cannot is told, and one does not spoil the other.
SELECT set_config('test.job', (data.submit_bulk_mapping(jsonb_build_array(
    jsonb_build_object('connection_id', test.person(1), 'source_relation', 'Contact'),
    jsonb_build_object('connection_id', test.person(1), 'source_relation', 'Account', 'entity', 'account', 'key_column', 'Id',
        'fields', '[{"canonical_field": "name", "vendor_field": "Name"}]'::jsonb),
    jsonb_build_object('connection_id', test.person(1), 'source_relation', 'Account', 'entity', 'account',
        'fields', '[{"canonical_field": "industry", "vendor_field": "Name"}]'::jsonb),
    jsonb_build_object('connection_id', test.person(1), 'source_relation', 'Account', 'entity', 'opportunity', 'key_column', 'Id',
        'fields', '[{"canonical_field": "colour", "vendor_field": "Name"}]'::jsonb),
    jsonb_build_object('connection_id', test.person(2), 'source_relation', 'Account')))).bulk_mapping_id::text, true) \g /dev/null
SELECT test.equals('steps', test.work_off(1), 6);
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('the job', jsonb_build_array(b.status, b.item_count, b.succeeded_count, b.failed_count, b.finished_at IS NOT NULL), '["partial", 5, 3, 2, true]')
FROM data.bulk_mappings AS b;
SELECT test.equals('each item', jsonb_object_agg(i.item_no, COALESCE(i.result #>> '{error,code}', i.status)),
    '{"1": "succeeded", "2": "succeeded", "3": "succeeded", "4": "invalid", "5": "not_found"}')
FROM data.bulk_mapping_items AS i;
SELECT test.equals('mapped', jsonb_object_agg(m.entity || '.' || f.canonical_field, f.vendor_field),
    '{"contact.email": "Email", "account.name": "Name", "account.industry": "Name"}')
FROM data.mappings AS m JOIN data.mapping_fields AS f USING (mapping_id);
-- A step that comes twice does nothing twice.
SELECT test.become_worker(1);
SELECT test.equals('again', data.step_bulk_mapping(current_setting('test.job')::uuid, 2), 'partial');

-- Places: five are dispatched, the others wait in their order; the hundred-and-first that waits is refused.
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.submit() FROM generate_series(1, 105) \g /dev/null
SELECT test.equals('dispatched', count(*) FILTER (WHERE b.is_dispatched), 5::bigint) FROM data.bulk_mappings AS b;
SELECT test.raises('SELECT test.submit()', 'PT429', 'Max queued jobs per tenant: 100');
RESET ROLE;
SELECT test.equals('work waits', count(*), 5::bigint) FROM work.jobs AS j WHERE j.tenant_id = test.tenant(2) AND j.kind = 'data.bulk_mapping';
-- Whoever ends one gives its place to the next: by cancelling,
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.equals('cancelled', (data.cancel_bulk_mapping(b.bulk_mapping_id)).status, 'cancelled')
FROM (SELECT c.bulk_mapping_id FROM data.bulk_mappings AS c WHERE c.is_dispatched LIMIT 1) AS b;
SELECT test.equals('dispatched', count(*) FILTER (WHERE b.is_dispatched AND b.status = 'queued'), 5::bigint) FROM data.bulk_mappings AS b;
SELECT test.is_true('one more may wait', test.submit() IS NOT NULL);
SELECT test.raises(format('SELECT data.cancel_bulk_mapping(%L)', b.bulk_mapping_id), 'PT409', 'bulk_mapping_finished')
FROM data.bulk_mappings AS b WHERE b.status = 'cancelled';
-- and by finishing. The cancelled one's step, which still comes, makes nothing.
SELECT test.work_off(2) \g /dev/null
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.equals('all ended', jsonb_object_agg(b.status, b.count), '{"succeeded": 105, "cancelled": 1}')
FROM (SELECT status, count(*) FROM data.bulk_mappings GROUP BY status) AS b;
SELECT test.equals('the cancelled one made nothing', i.status, 'queued')
FROM data.bulk_mapping_items AS i JOIN data.bulk_mappings AS b USING (bulk_mapping_id) WHERE b.status = 'cancelled';

-- The neighbour's are out of sight and out of reach.
SELECT test.equals('jobs seen', count(*), 0::bigint) FROM data.bulk_mappings AS b WHERE b.tenant_id = test.tenant(1);
SELECT test.equals('items seen', count(*), 0::bigint) FROM data.bulk_mapping_items AS i WHERE i.tenant_id = test.tenant(1);
SELECT test.raises(format('SELECT data.cancel_bulk_mapping(%L)', current_setting('test.job')), 'PT404', 'not_found');
SELECT test.become_worker(2);
SELECT test.equals('a step of it', data.step_bulk_mapping(current_setting('test.job')::uuid, 1), NULL);
SELECT test.become_member(2, permissions => '{}');
SELECT test.raises('SELECT test.submit()', 'PT403', 'forbidden');
SELECT test.raises('SELECT data.remove_expired_bulk_mappings()', '42501');

-- A day later one is gone for its tenant at once, and from the table with the next sweep, whatever its state.
RESET ROLE;
SELECT test.equals('kept for a day', count(*), 107::bigint) FROM data.bulk_mappings AS b
WHERE b.tenant_id IN (test.tenant(1), test.tenant(2)) AND b.expires_at = b.created_at + interval '24 h';
UPDATE data.bulk_mappings AS b SET expires_at = now() WHERE b.bulk_mapping_id = current_setting('test.job')::uuid OR b.status = 'cancelled';
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.raises(format('SELECT data.cancel_bulk_mapping(%L)', current_setting('test.job')), 'PT404', 'not_found');
RESET ROLE;
SELECT set_config('request.tenant_id', work.system_tenant()::text, true) \g /dev/null
SET LOCAL ROLE worker;
SELECT test.equals('swept', data.sweep_bulk_mappings('{}'), '{"removed": 2}');
SELECT test.equals('swept again', data.sweep_bulk_mappings('{}'), '{"removed": 0}');
RESET ROLE;
SELECT test.equals('left', count(*), 105::bigint) FROM data.bulk_mappings WHERE tenant_id IN (test.tenant(1), test.tenant(2));
SELECT test.equals('items left', count(*), 105::bigint) FROM data.bulk_mapping_items WHERE tenant_id IN (test.tenant(1), test.tenant(2));
