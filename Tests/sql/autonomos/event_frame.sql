-- An event of a sync is shown as the stage that it tells, key for key as the contract has it.
SELECT test.equals('a stage', autonomos.event_frame(e)::jsonb, '{
    "id": "evt_1763467200123_42", "ts": "2025-11-18T12:00:00.123456", "tenant": "00000000-0000-4000-8000-000000000010",
    "source_system": "salesforce", "entity": "Account", "stage": "canonicalized",
    "meta": {"record_count": 42, "processing_time_ms": 123}}')
FROM (SELECT ROW(7, test.tenant(1), 42, 'data.sync', 'data.sync.canonicalized', 'sync_run', 'x', '{
    "stage": "canonicalized", "source_system": "salesforce", "entity": "account", "record_count": 42, "processing_time_ms": 123}'::jsonb,
    '2025-11-18 13:00:00.123456+01')::core.event_log AS e) AS s;
SELECT test.equals('the order of its keys', (SELECT string_agg(k, ',') FROM json_object_keys(autonomos.event_frame(e)) AS k),
    'id,ts,tenant,source_system,entity,stage,meta')
FROM (SELECT ROW(1, test.tenant(1), 1, 'data.account', 'data.account.created', 'account', 'x', '{}'::jsonb, now())::core.event_log AS e) AS s;

-- What the contract has no word for gets the nearest it has; what is no stage is not shown.
SELECT test.equals(c.what, autonomos.event_frame(ROW(7, test.tenant(1), 42, c.topic, c.topic || '.x', NULL, NULL, c.payload::jsonb, now())::core.event_log) #> c.path::text[],
    c.wanted::json)
FROM (VALUES
    ('a source by another name', 'data.sync', '{"stage": "ingested", "source_system": "crm", "entity": "contact"}', '{source_system}', '"system"'),
    ('a contact',                'data.contact', '{"source_system": "mongodb"}', '{entity}', '"Contact"'),
    ('a record by itself',       'data.opportunity', '{"source_system": "mongodb"}', '{stage}', '"materialized"'),
    ('its count',                'data.opportunity', '{}', '{meta}', '{"record_count":1,"processing_time_ms":0}'),
    ('many records',             'data.account', '{"operation": "created", "record_count": 500}', '{meta,record_count}', '500')
) AS c (what, topic, payload, path, wanted);
SELECT test.is_true(c.what, autonomos.event_frame(ROW(7, test.tenant(1), 42, c.topic, c.topic || '.x', NULL, NULL, c.payload::jsonb, now())::core.event_log) IS NULL)
FROM (VALUES
    ('the end of a run',        'data.sync',    '{"status": "succeeded", "entity": "account"}'),
    ('a record that a run wrote', 'data.account', '{"caused_by": "sync_run:x", "name": "Acme"}'),
    ('many of them',            'data.account', '{"caused_by": "sync_run:x", "operation": "created", "record_count": 500}')
) AS c (what, topic, payload);

-- The stream is there as the contract states it.
RESET ROLE;
SELECT test.equals('the stream', to_jsonb(s), '{
    "transport": "sse", "heartbeat_ms": 15000, "connected_event": "connected", "event_name": "event",
    "heartbeat_event": "heartbeat", "error_event": "error", "lost_event": "error", "token_param": "token"}')
FROM (
    SELECT s.transport, s.heartbeat_ms, s.connected_event, s.event_name, s.heartbeat_event, s.error_event, s.lost_event, s.token_param
    FROM api.streams AS s JOIN api.routes AS r USING (route_id) WHERE r.path = '/api/v1/events/stream'
) AS s;
