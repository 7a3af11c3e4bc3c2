-- Requires: functions/core/declare_stream_limit.sql
-- How many streams may be open at once. The contract states 10 WebSocket connections for each tenant; of event streams
-- it states nothing, so a user has 20 and a tenant 200.
SELECT core.declare_stream_limit('autonomos', 'websocket', 'tenant_id', 10);
SELECT core.declare_stream_limit('autonomos', 'stream',    'user_id',   20);
SELECT core.declare_stream_limit('autonomos', 'stream',    'tenant_id', 200);
