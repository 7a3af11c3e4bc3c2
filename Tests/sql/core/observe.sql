-- What a statement does to an observed table is what its events tell.
RESET ROLE;
SELECT core.declare_topic('testing.item', 'Items.');
CREATE TABLE data.observe_testing (
    tenant_id uuid, shelf integer, item integer, name text, price numeric, secret text, document json,
    CONSTRAINT observe_testing_pkey PRIMARY KEY (tenant_id, shelf, item));
CREATE TABLE data.observe_tenant_testing (tenant_id uuid PRIMARY KEY, color text);
CREATE TABLE data.observe_keyless_testing (tenant_id uuid, name text);
GRANT ALL ON data.observe_testing, data.observe_tenant_testing TO member;

SELECT test.raises($$SELECT core.observe('data.observe_testing', 'testing.nothing')$$, '42704');
SELECT test.raises($$SELECT core.observe('data.observe_keyless_testing', 'testing.item')$$, '22023');
SELECT test.raises($$SELECT core.observe('core.topics', 'testing.item')$$, '22023');
SELECT test.raises($$SELECT core.observe('data.observe_testing', 'testing.item', '{name,prise}')$$, '22023', 'table data.observe_testing has no column prise');
SELECT test.raises($$SELECT core.observe('data.observe_testing', 'testing.item', events => '{truncate}')$$, '22023');
SELECT test.raises($$SELECT core.observe('data.observe_testing', 'testing.item', rows_max => 0)$$, '22023');
SELECT test.raises($$SELECT core.observe('data.observe_testing', 'testing.item', rows_max => 1001)$$, '22023');

-- The events since this was last asked.
CREATE FUNCTION test.told()
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    v_told jsonb;
BEGIN
    SELECT COALESCE(jsonb_agg(jsonb_build_array(
        e.tenant_id, regexp_replace(e.type, '^testing\.item\.', ''), e.subject_kind, e.subject_id, e.payload)
        ORDER BY e.event_id), '[]')
    INTO v_told
    FROM core.events AS e
    WHERE e.topic = 'testing.item'
      AND e.event_id > COALESCE(nullif(current_setting('test.told', true), '')::bigint, 0);
    PERFORM set_config('test.told', max(e.event_id)::text, true) FROM core.events AS e;
    RETURN v_told;
END;
$$;

SELECT core.observe('data.observe_testing', 'testing.item', '{name,price,document}', rows_max => 3);
SELECT core.observe('data.observe_tenant_testing', 'testing.item', subject_kind => 'colors');
SELECT test.become_member(1);
INSERT INTO data.observe_testing VALUES
    (test.tenant(1), 1, 1, 'cup', 2.50, 'hidden', '{"a": 1}'), (test.tenant(1), 1, 2, 'jug', NULL, NULL, NULL);
SELECT test.equals('rows that came', test.told(), jsonb_build_array(
    jsonb_build_array(test.tenant(1), 'created', 'item', '1:1', '{"name": "cup", "price": 2.50, "document": {"a": 1}}'::jsonb),
    jsonb_build_array(test.tenant(1), 'created', 'item', '1:2', '{"name": "jug", "price": null, "document": null}'::jsonb)));
UPDATE data.observe_testing SET price = 3, name = name WHERE item = 1;
SELECT test.equals('a row that changed', test.told(), jsonb_build_array(jsonb_build_array(
    test.tenant(1), 'updated', 'item', '1:1', '{"name": "cup", "price": 3, "document": {"a": 1}, "changed": ["price"]}'::jsonb)));
UPDATE data.observe_testing SET secret = 'still hidden';
UPDATE data.observe_testing SET name = name, price = price;
UPDATE data.observe_testing SET name = 'x' WHERE item = 7;
DELETE FROM data.observe_testing WHERE item = 7;
SELECT test.equals('nothing that is shown changed', test.told(), '[]');
-- Of several rows only those that changed.
UPDATE data.observe_testing SET name = 'jug';
SELECT test.equals('one of two', test.told(), jsonb_build_array(jsonb_build_array(
    test.tenant(1), 'updated', 'item', '1:1', '{"name": "jug", "price": 3, "document": {"a": 1}, "changed": ["name"]}'::jsonb)));
DELETE FROM data.observe_testing WHERE item = 2;
SELECT test.equals('a row that went', test.told(), jsonb_build_array(jsonb_build_array(
    test.tenant(1), 'deleted', 'item', '1:2', '{"name": "jug", "price": null, "document": null}'::jsonb)));
-- A row that is inserted or updated by one statement is told as what happened to it.
INSERT INTO data.observe_testing VALUES (test.tenant(1), 1, 1, 'mug', 3), (test.tenant(1), 1, 3, 'pan', 9)
ON CONFLICT ON CONSTRAINT observe_testing_pkey DO UPDATE SET name = EXCLUDED.name;
SELECT test.equals('an upsert', jsonb_path_query_array(test.told(), '$[*][1]'), '["updated", "created"]');

-- What a larger doing causes says so, until it is over.
SELECT core.cause('restock', '17');
INSERT INTO data.observe_testing VALUES (test.tenant(1), 5, 1, 'cup');
UPDATE data.observe_testing SET name = 'mug', price = 1 WHERE shelf = 5;
INSERT INTO data.observe_testing (tenant_id, shelf, item) SELECT test.tenant(1), 6, n FROM generate_series(1, 4) AS n;
SELECT core.cause();
DELETE FROM data.observe_testing WHERE shelf = 5;
SELECT test.equals('what caused them', jsonb_agg(t -> 4 -> 'caused_by' ORDER BY p), '["restock:17", "restock:17", "restock:17", null]')
FROM jsonb_array_elements(test.told()) WITH ORDINALITY AS t (t, p);
DELETE FROM data.observe_testing WHERE shelf = 6;
SELECT test.told() \g /dev/null

-- A row is written even if its event could not hold it.
INSERT INTO data.observe_testing VALUES (test.tenant(1), 7, 7, repeat('x', 66000));
UPDATE data.observe_testing SET name = repeat('y', 66000) WHERE item = 7;
SELECT test.equals('a row too large', jsonb_path_query_array(test.told(), '$[*][4]'), '[{"is_too_large": true}, {"is_too_large": true}]');

INSERT INTO data.observe_tenant_testing VALUES (test.tenant(1), 'red');
SELECT test.equals('a table about the tenant', test.told(), jsonb_build_array(
    jsonb_build_array(test.tenant(1), 'created', 'colors', test.tenant(1), '{"color": "red"}'::jsonb)));

-- At the limit a row each; beyond it one event for each tenant, with the number of rows.
RESET ROLE;
DELETE FROM data.observe_testing;
SELECT test.told() \g /dev/null
INSERT INTO data.observe_testing (tenant_id, shelf, item, name) SELECT test.tenant(1), 2, n, 'box' FROM generate_series(1, 3) AS n;
SELECT test.equals('at the limit', jsonb_path_query_array(test.told(), '$[*][3]'), '["2:1", "2:2", "2:3"]');
INSERT INTO data.observe_testing (tenant_id, shelf, item, name) SELECT test.tenant(1 + n % 2), 3, n, 'box' FROM generate_series(1, 5) AS n;
SELECT test.equals('beyond it', test.told(), jsonb_build_array(
    jsonb_build_array(test.tenant(1), 'changed', 'item', NULL, '{"operation": "created", "record_count": 2}'::jsonb),
    jsonb_build_array(test.tenant(2), 'changed', 'item', NULL, '{"operation": "created", "record_count": 3}'::jsonb)));
UPDATE data.observe_testing SET name = 'crate', document = '{}' WHERE shelf = 3 AND item < 5 OR shelf = 2;
UPDATE data.observe_testing SET name = 'crate', document = '{}';
UPDATE data.observe_testing SET secret = 'hidden';
SELECT test.equals('what changed, not what was touched', jsonb_path_query_array(test.told(), '$[*][4].record_count'), '[5, 2, 1]');
DELETE FROM data.observe_testing;
SELECT test.equals('all of it', jsonb_path_query_array(test.told(), '$[*][4]'), '[{"operation": "deleted", "record_count": 5}, {"operation": "deleted", "record_count": 3}]');

-- Observed anew, only what is asked for now; at last nothing.
SELECT core.observe('data.observe_testing', 'testing.item', events => '{delete}');
INSERT INTO data.observe_testing VALUES (test.tenant(1), 9, 9, 'last', 1, 'shown', NULL);
DELETE FROM data.observe_testing;
SELECT test.equals('deletions, all columns', test.told(), jsonb_build_array(jsonb_build_array(
    test.tenant(1), 'deleted', 'item', '9:9', '{"name": "last", "price": 1, "secret": "shown", "document": null}'::jsonb)));
SELECT core.observe('data.observe_testing', 'testing.item', events => '{}');
INSERT INTO data.observe_testing VALUES (test.tenant(1), 9, 9, 'silent');
DELETE FROM data.observe_testing;
SELECT test.equals('no more', test.told(), '[]');

-- A deployment does not end with a table one of whose columns or whose topic has gone.
ALTER TABLE data.observe_tenant_testing RENAME color TO hue;
SELECT test.equals('a column that was renamed', array_agg(f), '{"Table data.observe_tenant_testing is observed with column color, which it does not have: observe it anew."}')
FROM api.catalog_faults() AS f;
SELECT core.observe('data.observe_tenant_testing', 'testing.item', subject_kind => 'colors');
DELETE FROM core.topics WHERE topic = 'testing.item';
SELECT test.equals('what the catalog says', array_agg(f), '{"Table data.observe_tenant_testing is observed for topic testing.item, which is not declared."}')
FROM api.catalog_faults() AS f;
