-- Requires: functions/core/declare_setting.sql
-- Where connections may lead. By default only to literal public addresses.
SELECT core.declare_setting('data.allowed_hosts', 'PGSERVER_DATA_ALLOWED_HOSTS', 'text', '',
    'Hosts that connections may reach besides public addresses: host, host:port or host:port/database, separated by commas.');
SELECT core.declare_setting('data.allowed_networks', 'PGSERVER_DATA_ALLOWED_NETWORKS', 'text', '',
    'Networks in CIDR notation that connections may reach besides public addresses, separated by commas.');
SELECT core.declare_setting('data.sync_page_rows', 'PGSERVER_SYNC_PAGE_ROWS', 'integer', '100000',
    'Most rows of a source that one statement of a sync reads, 1 to 1000000. Wide rows are read fewer at a time.');
SELECT core.declare_setting('data.sync_step_ms', 'PGSERVER_SYNC_STEP_MS', 'integer', '2000',
    'After how long a step of a sync commits what it has read and goes on in another transaction.');
