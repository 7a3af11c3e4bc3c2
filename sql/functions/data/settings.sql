-- Requires: functions/core/declare_setting.sql
-- Where connections may lead. By default only to literal public addresses.
SELECT core.declare_setting('data.allowed_hosts', 'PGSERVER_DATA_ALLOWED_HOSTS', 'text', '',
    'Hosts that connections may reach besides public addresses: host, host:port or host:port/database, separated by commas.');
SELECT core.declare_setting('data.allowed_networks', 'PGSERVER_DATA_ALLOWED_NETWORKS', 'text', '',
    'Networks in CIDR notation that connections may reach besides public addresses, separated by commas.');
