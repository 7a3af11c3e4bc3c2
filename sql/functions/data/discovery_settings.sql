-- Requires: functions/core/declare_setting.sql
-- How many sources there may be, and how they are looked at.
SELECT core.declare_setting('data.connections_max', 'PGSERVER_CONNECTIONS_MAX', 'integer', '200',
    'How many connections a tenant may have.');
SELECT core.declare_setting('data.discovery_hours', 'PGSERVER_DISCOVERY_HOURS', 'integer', '6',
    'How old what is known of a source may get, in hours, before it is looked at again by itself.');
SELECT core.declare_setting('data.discovery_sample_rows', 'PGSERVER_DISCOVERY_SAMPLE_ROWS', 'integer', '10000',
    'How many rows of a file or of pushed records are looked at to tell their columns.');
