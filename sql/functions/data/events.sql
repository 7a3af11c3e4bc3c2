-- Requires: functions/core/declare_topic.sql
-- Requires: functions/core/observe.sql
-- What the domain tells. Of a source no event shows how it is reached, and of a record none shows what the source has
-- besides the canonical fields.
SELECT core.declare_topic('data.connection',    'Sources: connected, tested, synchronized, disconnected.');
SELECT core.declare_topic('data.mapping',       'Which relation of a source becomes which entity.');
SELECT core.declare_topic('data.mapping_field', 'Which column of a source fills which field, and how surely.');
SELECT core.declare_topic('data.account',       'Accounts.');
SELECT core.declare_topic('data.contact',       'Contacts.');
SELECT core.declare_topic('data.opportunity',   'Opportunities.');
SELECT core.declare_topic('data.sync',          'Runs that read a source, stage by stage.');

SELECT core.observe('data.connections', 'data.connection',
    '{slug,name,connection_type,source_system,status,health,last_discovery_at,last_sync_status,last_sync_records,last_sync_at}');
SELECT core.observe('data.mappings', 'data.mapping',
    '{connection_id,entity,source_relation,key_column,cursor_column,on_removal,status}');
SELECT core.observe('data.mapping_fields', 'data.mapping_field', '{mapping_id,canonical_field,vendor_field,coercion,confidence}');
SELECT core.observe('data.accounts', 'data.account',
    '{name,type,industry,owner_id,status,source_system,source_connection_id,source_removed_at}');
SELECT core.observe('data.contacts', 'data.contact',
    '{account_id,email,first_name,last_name,phone,title,owner_id,source_system,source_connection_id,source_removed_at}');
SELECT core.observe('data.opportunities', 'data.opportunity',
    '{account_id,name,stage,amount,currency,close_date,owner_id,probability,source_system,source_connection_id,source_removed_at}');
