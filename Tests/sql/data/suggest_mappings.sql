-- What is sure is mapped, what is probable waits for a person, and what a person decides is remembered for the tenant.
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status)
SELECT test.tenant(n), test.person(n, c), 'source-' || c, 'Source', 'salesforce', 'salesforce', 'ACTIVE'
FROM generate_series(1, 2) AS n CROSS JOIN generate_series(1, 3) AS c;
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
SELECT test.tenant(n), test.person(n), 1, '[
    {"relation": "Contact", "key_columns": ["Id"], "columns": [
        {"column": "Id", "type": "text"}, {"column": "FirstName", "type": "text"}, {"column": "Email", "type": "text"},
        {"column": "MainContactNumber", "type": "text"}, {"column": "StrangeThing", "type": "text"}]},
    {"relation": "Deals", "key_columns": ["id"], "columns": [
        {"column": "id", "type": "text"}, {"column": "value", "type": "numeric"}, {"column": "caption", "type": "text"},
        {"column": "win_chance", "type": "text", "sample": ["40%", "70%"]}]},
    {"relation": "key_accounts", "key_columns": ["id"], "columns": [
        {"column": "id", "type": "text"}, {"column": "name", "type": "text"}]},
    {"relation": "Invoices", "key_columns": ["id"], "columns": [
        {"column": "amount", "type": "numeric"}, {"column": "email", "type": "text"}]}]'::jsonb, '\x00'
FROM generate_series(1, 2) AS n;

SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('the answer', data.suggest_mappings(test.person(1)) #- '{relations,0,mapping_id}', jsonb_build_object(
    'connection_id', test.person(1), 'version', 1, 'applied', 2, 'queued', 4, 'relations', '[
        {"relation": "Contact", "entity": "contact", "score": 1, "applied": 2, "queued": 1},
        {"relation": "Deals", "entity": "opportunity", "score": 1, "mapping_id": null, "applied": 0, "queued": 2},
        {"relation": "key_accounts", "entity": "account", "score": 0.75, "mapping_id": null, "applied": 0, "queued": 1}
    ]'::jsonb));
SELECT test.equals('what is mapped', jsonb_object_agg(f.canonical_field, f.vendor_field), '{"email": "Email", "first_name": "FirstName"}')
FROM data.mapping_fields AS f;
SELECT test.equals('its key', array_agg(m.key_column), '{Id}'::text[]) FROM data.mappings AS m;
SELECT test.equals('the queue', jsonb_object_agg(s.entity || '.' || s.canonical_field, s.vendor_field), '{
    "contact.phone": "MainContactNumber", "opportunity.amount": "value", "opportunity.probability": "win_chance",
    "account.name": "name"}')
FROM data.mapping_suggestions AS s WHERE s.status = 'pending';
SELECT test.equals('why a sure one waits', s.failure, 'Without name the relation cannot be mapped.')
FROM data.mapping_suggestions AS s WHERE s.canonical_field = 'amount';
SELECT test.is_true('a doubtful relation is not mapped by itself', s.confidence >= 0.85 AND s.failure IS NULL)
FROM data.mapping_suggestions AS s WHERE s.entity = 'account';

-- Asked again it says the same, and once.
SELECT test.equals('the second time', data.suggest_mappings(test.person(1)) -> 'queued', '4');
SELECT test.equals('suggestions', count(*), 6::bigint) FROM data.mapping_suggestions;
SELECT test.equals('one relation', jsonb_array_length(data.suggest_mappings(test.person(1), 'Deals') -> 'relations'), 1);

-- One that was not preferred is looked at if it is asked for; what waits of a relation that is gone waits no longer.
RESET ROLE;
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
SELECT s.tenant_id, s.connection_id, 2, s.relations || '[
    {"relation": "other_deals", "key_columns": ["id"], "columns": [{"column": "id", "type": "text"}, {"column": "stage", "type": "text"}]}]', '\x01'
FROM data.schema_snapshots AS s WHERE s.tenant_id = test.tenant(1);
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('not preferred', data.suggest_mappings(test.person(1)) ->> 'queued', '4');
SELECT test.equals('asked for', data.suggest_mappings(test.person(1), 'other_deals') ->> 'queued', '1');
RESET ROLE;
DELETE FROM data.schema_snapshots AS s WHERE s.tenant_id = test.tenant(1) AND s.version = 2;
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT data.suggest_mappings(test.person(1)) \g /dev/null
SELECT test.equals('gone', s.status, 'superseded') FROM data.mapping_suggestions AS s WHERE s.canonical_field = 'stage';

-- A person accepts: the relation's mapping is made with what was sure already. The name is learned.
SELECT test.raises($$SELECT data.accept_suggestion(s.suggestion_id, 'no_such_field') FROM data.mapping_suggestions AS s WHERE s.canonical_field = 'amount'$$, 'PT400', 'canonical_field');
SELECT test.raises($$SELECT data.accept_suggestion(s.suggestion_id, coercion => '"explode"') FROM data.mapping_suggestions AS s WHERE s.canonical_field = 'amount'$$, 'PT400', 'coercion');
SELECT test.raises($$SELECT data.accept_suggestion(s.suggestion_id, key_column => 'none') FROM data.mapping_suggestions AS s WHERE s.canonical_field = 'amount'$$, 'PT400', 'key_column');
SELECT test.raises($$SELECT data.accept_suggestion(s.suggestion_id, reason => repeat('x', 501)) FROM data.mapping_suggestions AS s WHERE s.canonical_field = 'amount'$$, 'PT400', 'reason');
SELECT test.equals('accepted but incomplete', jsonb_build_array(a.status, a.mapping_id, a.failure),
    '["accepted", null, "Without name the relation cannot be mapped."]')
FROM (SELECT s.suggestion_id FROM data.mapping_suggestions AS s WHERE s.canonical_field = 'amount') AS s
CROSS JOIN LATERAL data.accept_suggestion(s.suggestion_id) AS a;
SELECT test.is_true('accepted', (data.accept_suggestion(s.suggestion_id)).mapping_id IS NOT NULL)
FROM data.mapping_suggestions AS s WHERE s.entity = 'account';
SELECT test.raises($$SELECT data.accept_suggestion(s.suggestion_id) FROM data.mapping_suggestions AS s WHERE s.entity = 'account'$$, 'PT409', 'suggestion_decided');
SELECT test.raises($$SELECT data.reject_suggestion(s.suggestion_id) FROM data.mapping_suggestions AS s WHERE s.entity = 'account'$$, 'PT409', 'suggestion_decided');
-- Corrected: the phone was none, it is the title.
SELECT test.equals('corrected', jsonb_build_array(a.canonical_field, a.decided_field, a.decided_by), jsonb_build_array('phone', 'title', test.person(1)))
FROM (SELECT s.suggestion_id FROM data.mapping_suggestions AS s WHERE s.canonical_field = 'phone') AS s
CROSS JOIN LATERAL data.accept_suggestion(s.suggestion_id, 'title') AS a;
SELECT test.equals('mapped so', f.vendor_field, 'MainContactNumber') FROM data.mapping_fields AS f WHERE f.canonical_field = 'title';
SELECT test.equals('learned', jsonb_object_agg(t.entity || '.' || t.field || '=' || t.phrase, ARRAY[t.accepted_count, t.rejected_count]), '{
    "opportunity.amount=value": [1, 0], "account.name=name": [1, 0], "contact.title=main contact number": [1, 0],
    "contact.phone=main contact number": [0, 1]}')
FROM data.tenant_synonyms AS t;
-- Not asked about the column again, nor about the field.
SELECT test.equals('the queue afterwards', data.suggest_mappings(test.person(1)) ->> 'queued', '1');
-- A rejection keeps.
SELECT test.equals('rejected', (data.reject_suggestion(s.suggestion_id, 'a guess')).status, 'rejected')
FROM data.mapping_suggestions AS s WHERE s.canonical_field = 'probability' AND s.status = 'pending';
SELECT test.equals('not suggested again', data.suggest_mappings(test.person(1)) ->> 'queued', '0');

-- Another source of the tenant has the same odd names: what was accepted is applied, what was rejected is not asked.
RESET ROLE;
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
SELECT test.tenant(1), test.person(1, 2), 1, '[
    {"relation": "persons", "key_columns": ["id"], "columns": [
        {"column": "id", "type": "text"}, {"column": "email", "type": "text"}, {"column": "main_contact_number", "type": "text"}]},
    {"relation": "deals", "key_columns": ["id"], "columns": [
        {"column": "id", "type": "text"}, {"column": "title", "type": "text"}, {"column": "win_chance", "type": "text", "sample": ["40%"]}]}]'::jsonb, '\x00';
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('as taught', data.suggest_mappings(test.person(1, 2)) -> 'applied', '3');
SELECT test.equals('mapped as taught', f.canonical_field, 'title') FROM data.mapping_fields AS f WHERE f.vendor_field = 'main_contact_number';

-- A file has no key of its own: a column called id whose values differ will do, else the number of the row. Words that
-- stand for no value are left out.
RESET ROLE;
UPDATE data.connections SET connection_type = 'filesource' WHERE tenant_id = test.tenant(1) AND connection_id = test.person(1, 3);
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
SELECT test.tenant(1), test.person(1, 3), 1, '[
    {"relation": "contacts_2024", "key_columns": [], "key_candidates": ["Contact Id", "email"], "columns": [
        {"column": "Contact Id", "type": "integer"}, {"column": "email", "type": "text", "sample": [" a@b.de", "c@d.de"]}]},
    {"relation": "deals", "key_columns": [], "key_candidates": [], "columns": [
        {"column": "id", "type": "integer"}, {"column": "name", "type": "text"},
        {"column": "amount", "type": "numeric", "null_values": ["NA", "-"], "sample": ["17"]}]}]'::jsonb, '\x00';
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('from a file', data.suggest_mappings(test.person(1, 3)) -> 'applied', '3');
SELECT test.equals('keys', jsonb_object_agg(m.source_relation, m.key_column), '{"contacts_2024": "Contact Id", "deals": null}')
FROM data.mappings AS m WHERE m.connection_id = test.person(1, 3);
SELECT test.equals('no values', f.coercion, '[{"enum": {"-": "", "NA": ""}}]'::jsonb)
FROM data.mapping_fields AS f JOIN data.mappings AS m USING (mapping_id)
WHERE m.connection_id = test.person(1, 3) AND f.canonical_field = 'amount';

-- The neighbour learned nothing, and sees nothing.
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.equals('suggestions seen', count(*), 0::bigint) FROM data.mapping_suggestions;
SELECT test.equals('synonyms seen', count(*), 0::bigint) FROM data.tenant_synonyms;
SELECT test.raises(format('SELECT data.suggest_mappings(%L)', test.person(1)), 'PT404', 'not_found');
SELECT test.raises(format('SELECT data.accept_suggestion(%L)', (SELECT gen_random_uuid())), 'PT404', 'not_found');
RESET ROLE;
SELECT set_config('test.suggestion', (SELECT s.suggestion_id::text FROM data.mapping_suggestions AS s WHERE s.tenant_id = test.tenant(1) LIMIT 1), true) \g /dev/null
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.raises(format('SELECT data.reject_suggestion(%L)', current_setting('test.suggestion')), 'PT404', 'not_found');
SELECT test.is_true('its own are as at first', data.suggest_mappings(test.person(2)) ->> 'queued' = '4');
SELECT test.equals('its phone is a phone', s.canonical_field, 'phone') FROM data.mapping_suggestions AS s WHERE s.vendor_field = 'MainContactNumber';

-- What is refused.
SELECT test.raises(format('SELECT data.suggest_mappings(%L)', test.person(2, 3)), 'PT409', 'not_discovered');
SELECT test.raises(format('SELECT data.suggest_mappings(%L, %L)', test.person(2), 'no such'), 'PT400', 'relation');
SELECT test.raises('INSERT INTO data.mapping_suggestions (connection_id) VALUES (gen_random_uuid())', '42501');
SELECT test.become_member(2, permissions => '{}');
SELECT test.raises(format('SELECT data.suggest_mappings(%L)', test.person(2)), 'PT403', 'forbidden');
SELECT test.raises($$SELECT data.accept_suggestion(gen_random_uuid())$$, 'PT403', 'forbidden');
SELECT test.become_anon();
SELECT test.raises($$SELECT data.suggest_mappings(gen_random_uuid())$$, '42501');
RESET ROLE;
UPDATE data.connections SET status = 'DISCONNECTED' WHERE tenant_id = test.tenant(2) AND connection_id = test.person(2);
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.raises(format('SELECT data.suggest_mappings(%L)', test.person(2)), 'PT409', 'disconnected');
