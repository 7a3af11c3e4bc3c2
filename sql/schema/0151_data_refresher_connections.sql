-- Lets the role that sees all tenants find the connections that are to be looked at again.

CREATE POLICY connections_refresher ON data.connections FOR SELECT TO data_refresher USING (true);
GRANT SELECT (tenant_id, connection_id, status, last_discovery_at) ON data.connections TO data_refresher;
